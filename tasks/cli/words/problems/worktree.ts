import { dirname } from "node:path";
import type { WorktreeProblem } from "../../../contract/problems/worktree.ts";
import { unreachable } from "../../../engine/outcome.ts";
import { shellWord } from "../format.ts";
import type { Kinds, Message, Say } from "../say.ts";

/** The words for each WorktreeProblem. */
export const WORKTREE: Kinds<WorktreeProblem, Message, [Say]> = {
	"worktree-in-the-way": ({ path }) => ({
		what: `${path} exists and is no worktree of this repository.`,
		remedy: `Move it away: mv ${shellWord(path)} ${shellWord(`${path}.old`)}`,
	}),
	"worktree-elsewhere": ({ issue, path, expected }, say) => ({
		what: `The worktree of ${issue} is in ${path}; since the repository was moved it belongs in ${expected}.`,
		// `git worktree move` goes to no other disk.
		remedy: `Move it: mkdir -p ${shellWord(dirname(expected))} && mv ${shellWord(path)} ${shellWord(expected)} && ${say.git(`worktree repair ${shellWord(expected)}`)}`,
	}),
	"worktree-tampered": (problem, say) => ({
		what: `The worktree ${problem.path} is not as it was made: ${problem.detail}. Nothing was committed; it is kept.`,
		remedy: [`Look at it: ls -la ${shellWord(problem.path)}`, ...mendings(problem, say)].join("\n"),
	}),
	"worktree-locked": ({ path, reason }, say) => ({
		what: `The worktree ${path} is locked${reason ? ` (${reason})` : ""}. It is kept.`,
		remedy: `Unlock it: ${say.git(`worktree unlock ${shellWord(path)}`)}`,
	}),
	"worktree-not-removed": ({ path, detail }) => ({
		what: `git did not remove the worktree ${path}: ${detail}`,
		remedy: `Look at it: git -C ${shellWord(path)} status`,
	}),
	"submodule-missing": ({ submodule, commit, checkout }) => ({
		what: `The submodule ${submodule} is to be at ${commit.slice(0, 12)}, and your clone of it does not have that commit. Nothing is fetched by itself, and an agent would see an empty folder.`,
		remedy: `Get it: git -C ${shellWord(checkout)} fetch origin ${commit}`,
	}),
	"worktrees-unsupported": ({ folder, detail }) => ({
		what: `git can't work with worktrees where they would lie, in ${folder}: ${detail}`,
		remedy: "Move the repository to another disk.",
	}),
};

/** What has git know a folder again that was a worktree, with its files as they are. */
export function makeKnown(say: Say, branch: string, found: string, path: string): string {
	const aside = `${path}-found`;
	const from = found === path ? aside : found;
	return [
		...(found === path ? [`mv ${shellWord(path)} ${shellWord(aside)}`] : []),
		say.git(`worktree add -q --no-checkout ${shellWord(path)} ${shellWord(branch)}`),
		`mv -f ${shellWord(`${path}/.git`)} ${shellWord(`${from}/.git`)}`,
		`rm -r ${shellWord(path)}`,
		`mv ${shellWord(from)} ${shellWord(path)}`,
	].join(" && ");
}

/** How a worktree is made usable again with everything that is in it. */
function mendings(
	{ wrong, path, gitDir, branch, issue }: Extract<WorktreeProblem, { readonly kind: "worktree-tampered" }>,
	say: Say,
): string[] {
	const persist = `then commit what is in it: ${say.save(issue)}`;
	switch (wrong) {
		case "pointer-replaced":
			return [
				`Put what stands there aside: mv ${shellWord(`${path}/.git`)} ${shellWord(`${path}.git-found`)}`,
				`and have the pointer made anew: ${say.git("worktree repair")}`,
				persist,
			];
		case "pointer-missing":
			return [`Have the pointer made anew: ${say.git("worktree repair")}`, persist];
		case "administration":
			return [`Have it known again: ${say.git(`worktree repair ${shellWord(path)}`)}`, persist];
		case "administration-missing":
			return [`Have git know it again: ${makeKnown(say, branch, path, path)}`, persist];
		case "head": {
			const back = `git --git-dir=${shellWord(gitDir)} symbolic-ref HEAD refs/heads/${branch}`;
			return [`Put it back on its branch, with its files as they are: ${back}`, persist];
		}
		default:
			return unreachable(wrong);
	}
}
