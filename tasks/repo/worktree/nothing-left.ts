import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { IssuePlan } from "../../contract/issue.ts";
import { Failure } from "../../contract/problem.ts";
import type { AttemptRecord } from "../../contract/record.ts";
import { contains } from "../branch.ts";
import { git } from "../git.ts";
import { headsOf } from "./branch-kept.ts";
import type { Worktree } from "./worktree.ts";

/**
 * Checks that an attempt which has left nothing to commit has not left it where nobody looks: in a stash, in commits that
 * are on another branch or on none, or in a worktree before this one.
 * @throws Failure `work-set-aside`, `work-gone`.
 */
export async function verifyNothingLeft(
	{ id, repository, branch }: Pick<IssuePlan, "id" | "repository" | "branch">,
	{ path, gitDir }: Worktree,
	record: AttemptRecord,
	tip: string,
): Promise<void> {
	// git writes it when it adds a worktree, and never again.
	const made = (await stat(join(gitDir, "commondir")).catch(() => undefined))?.mtimeMs ?? 0;
	if (record.outcome === "pass" && made > Date.parse(record.startedAt))
		throw new Failure({ kind: "work-gone", issue: id, branch, path, isTaken: true });
	const since = Math.floor(Date.parse(record.startedAt) / 1000);
	const stashed = (await git(["stash", "list", "--format=%ct %H %gs"], { cwd: repository.root })).stdout
		.split("\n")
		.flatMap((line) => {
			const [, time = "", commit = "", subject = ""] = /^(\d+) ([0-9a-f]+) (.*)$/.exec(line) ?? [];
			const isOwn = [`WIP on ${branch}: `, `On ${branch}: `].some((words) => subject.startsWith(words));
			return isOwn && Number(time) >= since ? [commit] : [];
		});
	const aside = await findAside(repository, await headsOf(gitDir), since, tip);
	if (stashed.length + aside.length > 0)
		throw new Failure({ kind: "work-set-aside", issue: id, path, stashed, commits: aside });
}

/** The last of the commits that HEAD was at and that were made since then, in seconds, and are no part of the branch. */
async function findAside(
	repository: IssuePlan["repository"],
	heads: readonly string[],
	since: number,
	tip: string,
): Promise<string[]> {
	const args = ["log", "--no-walk=unsorted", "--ignore-missing", "--format=%ct %H"];
	const { stdout } = await git([...args, ...new Set([...heads].reverse())], { cwd: repository.root });
	const aside: string[] = [];
	for (const line of stdout.split("\n").filter(Boolean)) {
		const [time, commit = ""] = line.split(" ");
		if (Number(time) < since) continue;
		const holding = await Promise.all([tip, ...aside].map((each) => contains(repository, each, commit)));
		if (!holding.includes(true)) aside.push(commit);
	}
	return aside;
}
