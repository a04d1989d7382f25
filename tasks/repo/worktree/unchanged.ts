import { lstat, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { IssuePlan } from "../../contract/issue.ts";
import { readTip } from "../branch.ts";
import { asInCheckout } from "../checkout-settings.ts";
import { parseStatus, statusOf } from "../commands/status.ts";
import { git } from "../git.ts";
import type { Worktree } from "./worktree.ts";

/** How a worktree and its branch stood at a moment. */
export interface WorktreeSeen {
	readonly tip: string | undefined;
	/** What its HEAD says. */
	readonly head: string;
	/** What it holds beside what is committed, each with what tells that it was written. */
	readonly changed: ReadonlyMap<string, string>;
}

type Of = Pick<IssuePlan, "repository" | "branch">;

/** Looks how a worktree stands; what is ignored is not looked at. */
export async function seeWorktree({ repository, branch }: Of, worktree: Worktree): Promise<WorktreeSeen> {
	const flags = ["--untracked-files=all", "--no-renames", "--ignore-submodules=dirty"];
	const [{ stdout }, tip, head] = await Promise.all([
		git([...(await asInCheckout(repository, "clean")), ...statusOf(...flags)], {
			cwd: repository.root,
			worktree,
			filtered: true,
		}),
		readTip(repository, branch),
		readFile(join(worktree.gitDir, "HEAD"), "utf8").catch(() => ""),
	]);
	const changed = new Map<string, string>();
	for (const { state, path } of parseStatus(stdout)) {
		const stats = await lstat(join(worktree.path, path)).catch(() => undefined);
		changed.set(path, [state, stats?.mode, stats?.size, stats?.mtimeMs, stats?.ino].join(" "));
	}
	return { tip, head: head.trim(), changed };
}

/** What became otherwise in a worktree, a line each; none where nothing did. */
export async function findWritten(issue: Of, worktree: Worktree, before: WorktreeSeen): Promise<string[]> {
	const now = await seeWorktree(issue, worktree);
	const paths = [...new Set([...before.changed.keys(), ...now.changed.keys()])].sort();
	return [
		...(now.head === before.head ? [] : [`HEAD was at ${before.head} and is at ${now.head}`]),
		...(now.tip === before.tip
			? []
			: [`${issue.branch} was at ${before.tip ?? "nothing"} and is at ${now.tip ?? "nothing"}`]),
		...paths
			.filter((path) => before.changed.get(path) !== now.changed.get(path))
			.map((path) => `${path} was ${before.changed.has(path) && !now.changed.has(path) ? "put back" : "written"}`),
	];
}
