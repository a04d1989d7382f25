import type { RepositoryProblem } from "../../../contract/problems/repository.ts";
import { didYouMean } from "../did-you-mean.ts";
import { listed, oneLine, plural, shellWord } from "../format.ts";
import type { Kinds, Message, Say } from "../say.ts";
import { endings, underWayWords } from "./work.ts";

/** The words for each RepositoryProblem. */
export const REPOSITORY: Kinds<RepositoryProblem, Message, [Say]> = {
	"not-a-repository": ({ path, detail }) => ({
		what: detail ? `git can't use the repository at ${path}: ${detail}` : `${path} is not in a git repository.`,
		remedy: detail ? undefined : "Go to one, or name one with -C DIR.",
	}),
	"repository-not-yours": ({ path, safe }) => ({
		what: `The repository at ${path} belongs to another user, and git does not run what such a one may have put there.`,
		remedy: `If you trust it: git config --global --add safe.directory ${shellWord(safe)}`,
	}),
	"repository-too-new": ({ path, detail }) => ({
		what: `The repository at ${path} asks for a git that knows more than this one: ${oneLine(detail)}.`,
		remedy: "Update git, or work with the one that made the repository.",
	}),
	"repository-broken": ({ path, wrong, detail }, say) => ({
		what: `git takes ${path}/.git for no repository: ${oneLine(detail)}.`,
		remedy:
			wrong === "head"
				? `Have it made anew on a branch that there is: mv ${shellWord(`${path}/.git/HEAD`)} ${shellWord(`${path}/.git/HEAD.broken`)} && ${say.git("init -b main")}`
				: `Where the repository is now, type: git worktree repair ${shellWord(path)}`,
	}),
	"bare-by-setting": ({ path }) => ({
		what: `git takes the repository at ${path} for a bare one, although files are checked out there: its core.bare is true.`,
		remedy: `Correct that: git -C ${shellWord(path)} config core.bare false`,
	}),
	"bare-repository": ({ path, worktrees }) => {
		const [first, ...more] = worktrees;
		const what = `${path} is a bare repository: there are no documents to read in it.`;
		if (first === undefined) return { what, remedy: `Work in a clone: git clone ${shellWord(path)}` };
		return more.length === 0
			? { what, remedy: `Go to its worktree: cd ${shellWord(first)}` }
			: {
					what: `${what} Its worktrees: ${listed(worktrees)}.`,
					remedy: `Go to one of its worktrees: cd ${shellWord(first)}`,
				};
	},
	"main-checkout-unknown": ({ path, gitFolder }) => ({
		what: `${path} is a linked worktree of ${gitFolder}, and git has no note of where the main checkout is, which keeps the records for all of them.`,
		remedy: `Tell it once, with the whole path for DIR: git --git-dir=${shellWord(gitFolder)} config core.worktree DIR`,
	}),
	"no-commits": ({ path }, say) => ({
		what: `The repository ${path} has no commit yet, so there is nothing a branch could start from.`,
		remedy: `Make one: ${say.git("add -A")} && ${say.git("commit")}`,
	}),
	"detached-head": ({ commit, underWay }, say) => ({
		what: `HEAD is detached at ${commit.slice(0, 12)}, so there is no branch to start from${underWay ? `: ${underWayWords(underWay)}` : ""}.`,
		remedy: underWay
			? [
					...endings(underWay, say.git("").trim()),
					`or name a branch: --base ${shellWord(underWay.branch ?? "BRANCH")}`,
				].join("\n")
			: `Name one with --base BRANCH, or check one out: ${say.git("switch BRANCH")}`,
	}),
	"unknown-base": ({ name, nearest }, say) => ({
		what: `There is no branch or commit "${name}" to start from.`,
		remedy: didYouMean(nearest) ?? `To see the branches: ${say.git("branch --all")}`,
	}),
	"base-of-issue": ({ branch, isPutTogether, start }, say) => ({
		what: `${branch} is checked out, ${isPutTogether ? "on which issues are put together: others would start with their work" : "which is the branch of an issue: the others would start with its work"}.`,
		remedy: [
			start === undefined
				? "Name the branch that they are to start from: --base BRANCH"
				: `Go to the branch that they are to start from: ${say.git(`switch ${shellWord(start)}`)}`,
			`or say that it is this one: --base ${shellWord(branch)}`,
		].join("\n"),
	}),
	"objects-missing": ({ base, count, broughtBy }, say) => ({
		what: `This clone is partial: ${count === null ? "folders" : plural(count, "file")} of ${base} ${count === 1 ? "is" : "are"} not in it, so no worktree can be filled. A run fetches nothing.`,
		remedy: `Fetch them: ${say.git(broughtBy.join(" "))}`,
	}),
	"history-cut": ({ branch, base }, say) => ({
		what: `This clone is shallow: what ${branch} and ${base} have in common is not in it, so nobody can tell what is new on the branch.`,
		remedy: `Fetch the history: ${say.git("fetch --unshallow")}`,
	}),
	"no-identity": () => ({
		what: "git does not know who makes the commits.",
		remedy:
			'Tell it: git config --global user.name "Your Name"\n          git config --global user.email you@example.com',
	}),
	"relative-filter": ({ key, command, scope }, say) => ({
		what: `git's setting ${key} would run a file that agents can write, outside of their sandbox: ${command}`,
		remedy:
			scope === "command"
				? "It comes from the variables GIT_CONFIG_COUNT or GIT_CONFIG_PARAMETERS: take it out there."
				: `Name a file outside of the repository by its absolute path, or take it out: ${say.git(`config --${scope} --unset-all ${shellWord(key)}`)}`,
	}),
	"repository-gone": ({ path, issue, next, worktree }, say) => ({
		what: `The repository is not in ${path} any more: it was moved or deleted during the run.${worktree === undefined ? "" : ` What was done for ${issue} is in ${worktree} and not committed; it is kept.`}`,
		remedy: `Move it back, or go to where it is now, and there type: ${next === "save" ? say.save(issue) : say.goal(issue)}`,
	}),
	"repository-tampered": ({ files }) => ({
		what: `Files that decide what git runs were changed after an agent with access to them had started: ${listed(files)}. git was not run again, nothing was committed, and the worktrees are kept.`,
		remedy: `Before you type any other command, look at what they say now: cat ${shellWord(files[0] ?? "")}`,
	}),
};
