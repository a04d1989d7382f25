import type { Base, RepositoryPaths } from "../contract/issue.ts";
import { git } from "./git.ts";

/** Commits that are looked at, the latest first: each costs as much as to look at a branch. */
const MOST = 8;

/**
 * The commits that somebody has made on top of one, as far as a branch or a reflog (git-reflog(1)) still knows them, without those of
 * the base. That of a branch goes with it; those of the checkouts' `HEAD` stay.
 */
export async function findGoneOn({ root }: RepositoryPaths, base: Base, head: string): Promise<string[]> {
	const args = ["rev-list", `--max-count=${MOST}`, "--all", "--reflog", `--ancestry-path=${head}`, "--not"];
	const found = await git([...args, base.commit, head], { cwd: root, expect: [128] });
	return found.stdout.split("\n").filter(Boolean);
}
