import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { UnderWay } from "../contract/problems/work.ts";
import { exists } from "../system/paths.ts";

/** Files and folders in a worktree's git directory by which git knows that something is under way in it, and where the branch stands. */
const MARKS: readonly (readonly [mark: string, what: UnderWay["what"], branch?: string])[] = [
	["rebase-merge", "rebase", "rebase-merge/head-name"],
	["rebase-apply/applying", "am"],
	["rebase-apply", "rebase", "rebase-apply/head-name"],
	["MERGE_HEAD", "merge"],
	["CHERRY_PICK_HEAD", "cherry-pick"],
	["REVERT_HEAD", "revert"],
	["sequencer", "cherry-pick"],
	["BISECT_LOG", "bisect", "BISECT_START"],
];

/** What a person, or an agent, has begun in a worktree and not ended. */
export async function findUnderWay(gitDir: string): Promise<UnderWay | undefined> {
	for (const [mark, what, file] of MARKS) {
		if (!(await exists(join(gitDir, mark)))) continue;
		const name = file && (await readFile(join(gitDir, file), "utf8").catch(() => "")).trim();
		return name ? { what, branch: name.replace(/^refs\/heads\//, "") } : { what };
	}
	return undefined;
}
