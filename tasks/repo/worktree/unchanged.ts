import { lstat, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { IssuePlan } from "../../contract/issue.ts";
import { branchTip } from "../branch.ts";
import { asInCheckout } from "../checkout-settings.ts";
import { splitZ } from "../commands/split.ts";
import { parseStatus, statusOf } from "../commands/status.ts";
import { git } from "../git.ts";
import type { Worktree } from "./worktree.ts";

/** How a worktree and its branch stood at a moment. */
export interface WorktreeSeen {
	readonly tip: string | undefined;
	/** What its HEAD says. */
	readonly head: string;
	/** What it holds beside what is committed: what git says of each, and what tells that it was written. */
	readonly changed: ReadonlyMap<string, { readonly state: string; readonly stat: string }>;
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
		branchTip(repository, branch),
		readFile(join(worktree.gitDir, "HEAD"), "utf8").catch(() => ""),
	]);
	const changed = new Map<string, { state: string; stat: string }>();
	for (const { state, path } of parseStatus(stdout)) changed.set(path, { state, stat: await statOf(worktree, path) });
	return { tip, head: head.trim(), changed };
}

async function statOf(worktree: Worktree, path: string): Promise<string> {
	const stats = await lstat(join(worktree.path, path)).catch(() => undefined);
	return [stats?.mode, stats?.size, stats?.mtimeMs, stats?.ino].join(" ");
}

/** What became otherwise meanwhile, a line each. */
export interface SeenSince {
	/** Of HEAD and the branch. */
	readonly moved: readonly string[];
	/** Of files. */
	readonly written: readonly string[];
}

/** What became otherwise in a worktree. Of a branch that was moved, files that are as they were are not told, though git does now. */
export async function seeSince(issue: Of, worktree: Worktree, before: WorktreeSeen): Promise<SeenSince> {
	const now = await seeWorktree(issue, worktree);
	const paths = [...new Set([...before.changed.keys(), ...now.changed.keys()])].sort();
	const moved = [
		...(now.head === before.head ? [] : [`HEAD was at ${before.head} and is at ${now.head}`]),
		...(now.tip === before.tip
			? []
			: [`${issue.branch} was at ${before.tip ?? "nothing"} and is at ${now.tip ?? "nothing"}`]),
	];
	const otherwise = paths.filter((path) => {
		const [was, is] = [before.changed.get(path), now.changed.get(path)];
		return was?.state !== is?.state || was?.stat !== is?.stat;
	});
	const isWritten = moved.length > 0 && otherwise.length > 0 ? await writtenSince(issue, worktree, before) : () => true;
	const written: string[] = [];
	for (const path of otherwise) {
		if (!(await isWritten(path))) continue;
		written.push(`${path} was ${before.changed.has(path) && !now.changed.has(path) ? "put back" : "written"}`);
	}
	return { moved, written };
}

/** Tells of a path whether it was written, where git compares with another commit by now. */
async function writtenSince({ repository }: Of, worktree: Worktree, { tip, changed }: WorktreeSeen) {
	const ask = async (...args: readonly string[]) => {
		const options = { cwd: repository.root, worktree, filtered: true };
		return splitZ((await git([...(await asInCheckout(repository, "clean")), ...args], options)).stdout);
	};
	const flags = ["--name-only", "-z", "--no-renames", "--no-ext-diff", "--ignore-submodules=dirty"];
	const [diff, others] = await Promise.all([
		tip === undefined ? [] : ask("diff", ...flags, tip, "--"),
		ask("ls-files", "-z", "--others", "--exclude-standard"),
	]);
	const other = new Set([...diff, ...others]);
	return async (path: string): Promise<boolean> => {
		const was = changed.get(path);
		return was ? was.stat !== (await statOf(worktree, path)) : other.has(path);
	};
}
