import type { IssuePlan } from "../../contract/issue.ts";
import type { AttemptRecord, GitChange } from "../../contract/record.ts";
import type { RunReport } from "../../engine/execute.ts";
import { printable, shellWord } from "./format.ts";
import type { Say } from "./say.ts";
import { turnsOf } from "./spent-words.ts";

/** What agents did to git beside their branches in this run, a paragraph an issue. */
export function gitChangeParagraphs(report: RunReport<IssuePlan>, say: Say): string[] {
	return report.issues.flatMap(({ id }) => {
		const outcomes = report.outcomes.get(id) ?? new Map();
		return turnsOf(outcomes).flatMap((record) => gitChangeLines(record, say).join("\n") || []);
	});
}

/** What an agent did to git beside its branch, with what to type, a line each. */
export function gitChangeLines({ issueId, worktreePath, gitChanges = [] }: AttemptRecord, say: Say): string[] {
	if (gitChanges.length === 0) return [];
	const lines = gitChanges.flatMap((change) => WORDS[change.what](change, worktreePath, say));
	return [
		`${issueId}  While its agent was at work, git was changed beside its branch:`,
		...lines.map((line) => `  ${printable(line)}`),
	];
}

type Words = (change: GitChange, worktree: string, say: Say) => string[];

const WORDS: Readonly<Record<GitChange["what"], Words>> = {
	stash: ({ after = "" }, _, say) => [
		`Work was put into a stash, which is on no branch. To have it on one: ${onBranch(after, say)}`,
		`  To have it in the files of a checkout: ${say.git(`stash apply ${after}`)}`,
	],
	dropped: ({ name, before = "" }, _, say) => [
		`Commits that were on ${short(name)} before are not any more. To have them on a branch: ${onBranch(before, say)}`,
	],
	restored: ({ name }, _, say) => [
		`${short(name)} was deleted, and made again as it was. To see it: ${say.git(`log --oneline ${shellWord(name)}`)}`,
	],
	made: ({ name }, _, say) => [`${short(name)} was made. To see it: ${say.git(`log --oneline ${shellWord(name)}`)}`],
	moved: ({ name, before = "", after = "" }, _, say) => [
		`${short(name)} was moved. To put it back: ${say.git(`update-ref ${shellWord(name)} ${before} ${after}`)}`,
	],
	deleted: ({ name, before = "" }, _, say) => [
		`${short(name)} was deleted. To have it again, where it is not made again: ${say.git(`update-ref ${shellWord(name)} ${before} ""`)}`,
	],
	head: ({ before = "", after = "" }, _, say) => {
		const back = before.startsWith("refs/")
			? say.git(`symbolic-ref HEAD ${shellWord(before)}`)
			: say.git(`update-ref --no-deref HEAD ${shellWord(before)}`);
		return [`HEAD of the checkout went from ${before} to ${after}. To put it back: ${back}`];
	},
	worktree: ({ name }, _, say) => [`A worktree was added: ${name}. To see all: ${say.git("worktree list")}`],
	"under-way": ({ name }, worktree) => [
		`A ${name} was left under way. To see how far it got: git -C ${shellWord(worktree)} status`,
	],
};

function onBranch(commit: string, say: Say): string {
	return say.git(`branch found/${commit.slice(0, 10)} ${commit}`);
}

function short(name: string): string {
	if (name.startsWith("refs/heads/")) return `The branch ${name.slice("refs/heads/".length)}`;
	if (name.startsWith("refs/tags/")) return `The tag ${name.slice("refs/tags/".length)}`;
	return name;
}
