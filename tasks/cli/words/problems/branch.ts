import type { BranchProblem } from "../../../contract/problems/branch.ts";
import { listed, shellWord } from "../format.ts";
import { holderWords, type Kinds, type Message, type Say } from "../say.ts";

/** The words for each BranchProblem. */
export const BRANCH: Kinds<BranchProblem, Message, [Say]> = {
	"branch-not-on-base": ({ branch, base }, say) => ({
		what: `The branch ${branch} exists, and does not contain all of ${base}.`,
		remedy: updateOrPutAside(branch, base, say),
	}),
	"base-conflicts": ({ branch, base, files }, say) => ({
		what: `The branch ${branch} and ${base} both changed ${listed(files)}: they can't be merged without you.`,
		remedy: updateOrPutAside(branch, base, say),
	}),
	"stack-conflicts": ({ branch, blocker, merged, files }, say) => ({
		what: `${branch} needs ${[...merged, blocker].join(" and ")} together, and both changed ${listed(files)}.`,
		remedy: `Merge one into the other: ${say.git(`switch ${shellWord(blocker)}`)} && ${say.git(`merge ${shellWord(merged[0] ?? branch)}`)}`,
	}),
	"branch-checked-out": ({ branch, path }) => ({
		what: `The branch ${branch} is checked out in ${path}.`,
		remedy: `Leave it there: git -C ${shellWord(path)} switch --detach`,
	}),
	"branch-in-the-way": ({ branch, existing }, say) => ({
		what: `The branch ${branch} can't be created: a branch named "${existing}" is in its way.`,
		remedy: `Rename that: ${say.git(`branch -m ${shellWord(existing)} ${shellWord(`${existing}-old`)}`)}`,
	}),
	"issue-locked": ({ issue, holder, isUncertain, ref, blob }, say) => ({
		what: holder
			? `${issue} is being worked on by another run: ${holderWords(holder)}.`
			: `${issue} is locked by ${ref}, which was not written by this program.`,
		remedy: isUncertain
			? `Whether that run still runs can't be seen from here. If it does not: ${say.git(`update-ref -d ${ref} ${blob}`)}`
			: `Wait for it, or stop it: kill ${holder?.pid}`,
	}),
};

function updateOrPutAside(branch: string, base: string, say: Say): string {
	const rebase = `${say.git(`rebase ${shellWord(base)} ${shellWord(branch)}`)} && ${say.git(`switch ${shellWord(base)}`)}`;
	return `Bring it up to date: ${rebase}\n     or put it aside: ${say.git(`branch -m ${shellWord(branch)} ${shellWord(`old/${branch}`)}`)}`;
}
