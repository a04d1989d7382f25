import type { BranchProblem } from "../../../contract/problems/branch.ts";
import { listed, shellWord } from "../format.ts";
import { holderWords, type Kinds, type Message, type Say } from "../say.ts";

/** The words for each BranchProblem. */
export const BRANCH: Kinds<BranchProblem, Message, [Say]> = {
	"branch-not-on-base": ({ branch, base, worktree }, say) => ({
		what: `The branch ${branch} exists, and does not contain all of ${base}.`,
		remedy: updateOrPutAside(branch, base, worktree, say),
	}),
	"base-conflicts": ({ branch, base, files, worktree }, say) => ({
		what: `The branch ${branch} and ${base} both changed ${listed(files)}: they can't be merged without you.`,
		remedy: updateOrPutAside(branch, base, worktree, say),
	}),
	"stack-conflicts": ({ branch, blocker, other, files, worktree }, say) => {
		const [into, from] = other === branch ? [branch, blocker] : [blocker, other];
		const { there, git, back } = on(into, worktree, say);
		return {
			what: `${branch} needs ${other === branch ? "what it has" : other} and ${blocker} together, and both changed ${listed(files)}.`,
			remedy: [
				`Merge one into the other: ${there}${git(`merge ${say.revision(from)}`)}`,
				`and once what conflicts is settled: ${git("commit -a")}${back}`,
			].join("\n"),
		};
	},
	"branch-checked-out": ({ branch, path, base }) => ({
		what: `The branch ${branch} is checked out in ${path}.`,
		remedy: `${base === undefined ? "Leave it there" : `Go to ${base} there`}: git -C ${shellWord(path)} switch ${base === undefined ? "--detach" : shellWord(base)}`,
	}),
	"branch-moved": ({ issue, path, branch, was, now }, say) => ({
		what: `${branch} was moved from outside of its worktree, from ${was.slice(0, 10)} to ${now.slice(0, 10)}: a commit of what is in ${path} would take back what has come to it. Nothing was committed; the worktree is kept.`,
		remedy: [
			`Keep what it points to now: ${say.git(`branch found/${now.slice(0, 10)} ${now}`)}`,
			`and put it back: ${say.git(`update-ref ${shellWord(`refs/heads/${branch}`)} ${was} ${now}`)}`,
			`then commit what is in the worktree: ${say.save(issue)}`,
		].join("\n"),
	}),
	"made-for-another": ({ issue, branch, logDir, file, other }, say) => ({
		what: `The branch ${branch} and the logs in ${logDir} are those of ${other}, and not of ${file}: nothing was begun for ${issue}.`,
		remedy: [
			`Give ${file} an id of its own; or put that work aside: ${say.git(`branch -m ${shellWord(branch)} ${shellWord(`old/${branch}`)}`)}`,
			`and its logs: mv ${shellWord(logDir)} ${shellWord(`${logDir}+old`)}`,
		].join("\n"),
	}),
	"branch-gone": ({ issue, branch, was }, say) => ({
		what: `The branch ${branch} is gone, and with it what was to be judged.`,
		remedy: [
			...(was === undefined ? [] : [`Make it again: ${say.git(`branch ${shellWord(branch)} ${was}`)}`]),
			`${was === undefined ? "To begin anew" : "then"}: ${say.goal(issue)}`,
		].join("\n"),
	}),
	"branch-in-the-way": ({ branch, existing }, say) => ({
		what: `The branch ${branch} can't be created: a branch named "${existing}" is in its way.`,
		remedy: `Rename that: ${say.git(`branch -m ${shellWord(existing)} ${shellWord(existing.includes("/") ? existing.replaceAll("/", "-") : `${existing}-old`)}`)}`,
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

function updateOrPutAside(branch: string, base: string, worktree: string | undefined, say: Say): string {
	const { there, git, back } = on(branch, worktree, say);
	return [
		`Bring it up to date: ${there}${git(`rebase ${say.revision(base)}`)}${back}`,
		`and where that stops at a conflict, once it is settled: ${git("rebase --continue")}${back}`,
		// In its worktree, the branch can't go from under what is checked out there.
		...(worktree === undefined
			? [`or put it aside: ${say.git(`branch -m ${shellWord(branch)} ${shellWord(`old/${branch}`)}`)}`]
			: []),
	].join("\n");
}

/**
 * How git works on a branch: where that is checked out, or else in the person's own checkout, which then goes back to what
 * it had, be that a branch or none: what is begun next would start from an issue's branch.
 */
function on(branch: string, worktree: string | undefined, say: Say) {
	if (worktree !== undefined)
		return { there: "", git: (args: string) => `git -C ${shellWord(worktree)} ${args}`, back: "" };
	return { there: `${say.git(`switch ${shellWord(branch)}`)} && `, git: say.git, back: ` && ${say.git("checkout -")}` };
}
