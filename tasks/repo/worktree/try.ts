import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Failure, problemOf } from "../../contract/problem.ts";
import { findNearest } from "../../system/paths.ts";
import { withTemporaryFolder } from "../../system/temporary-folder.ts";
import { verifyWritable } from "../../system/writable.ts";
import { git } from "../git.ts";

/** Nobody: what is committed here is gone in a moment. */
const SOMEBODY = { name: "orchfile", email: "orchfile@localhost" };

/**
 * Proves that git can add and remove worktrees where this repository's will lie: it does so there, for a repository that
 * is made for it and gone afterwards. The repository itself is left out of it.
 * @throws Failure `folder-unwritable`, `worktrees-unsupported`, `disk-full`.
 */
export async function tryWorktree(folder: string, signal: AbortSignal): Promise<void> {
	await verifyWritable([folder]);
	const place = await findNearest(folder);
	await withTemporaryFolder(async (temporary) => {
		const cwd = join(temporary, "repository");
		const worktree = join(temporary, "worktree");
		const run = (...args: string[]) => git(args, { cwd, signal, person: SOMEBODY });
		try {
			await mkdir(cwd);
			await run("init", "-q", "--template=", "-b", "main");
			// Without a file: the user's own attributes and ignore rules would have a say in it.
			await run("commit", "-q", "--allow-empty", "--no-gpg-sign", "-m", "start");
			await run("worktree", "add", "-q", "-b", "issue", "--", worktree);
			await run("worktree", "remove", "--", worktree);
		} catch (error) {
			const problem = problemOf(error);
			if (problem?.kind !== "git-failed") throw error;
			throw new Failure({ kind: "worktrees-unsupported", folder, detail: problem.stderr }, { cause: error });
		}
	}, place);
}
