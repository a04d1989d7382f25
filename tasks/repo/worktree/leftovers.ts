import { readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { findAdministration } from "./administration.ts";
import { dropHalfMade } from "./half-made.ts";
import { dropHalfRemoved } from "./half-removed.ts";
import type { Address } from "./worktree.ts";

/** Something that a run of ours left half-done when it was killed, and that was put in order. */
export interface Leftover {
	readonly kind: "half-made-worktree" | "half-removed-worktree" | "lock-file";
	readonly path: string;
}

/**
 * Puts in order what a killed run left of an issue in git: a worktree that was just being made, and the files by which
 * git guards what it writes. Only for who holds the issue's lock, and once nothing of the dead run runs any more.
 * @param isBusy tells whether a git, maybe a person's, works on the worktree at this moment; nothing is touched then.
 */
export async function repairLeftovers(
	issue: Address,
	isBusy: (gitDir: string) => Promise<boolean>,
): Promise<Leftover[]> {
	const { repository, branch, worktreePath } = issue;
	const repaired: Leftover[] = [];
	if (await dropHalfMade(issue)) repaired.push({ kind: "half-made-worktree", path: worktreePath });
	if (await dropHalfRemoved(issue)) repaired.push({ kind: "half-removed-worktree", path: worktreePath });
	const gitDir = await findAdministration(repository, worktreePath);
	const ref = join(repository.commonDir, "refs/heads", branch);
	const files = [
		...(gitDir === undefined ? [] : await lockFilesIn(gitDir)),
		...(await lockFilesIn(dirname(ref))).filter((path) => path === `${ref}.lock`),
	];
	if (files.length === 0 || (gitDir !== undefined && (await isBusy(gitDir)))) return repaired;
	for (const path of files) {
		await rm(path, { force: true });
		repaired.push({ kind: "lock-file", path });
	}
	return repaired;
}

async function lockFilesIn(folder: string): Promise<string[]> {
	const names = await readdir(folder).catch(() => []);
	return names.filter((name) => name.endsWith(".lock")).map((name) => join(folder, name));
}
