import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { RepositoryPaths } from "../contract/issue.ts";
import { exists } from "../system/paths.ts";
import { parseTips, refTips } from "./commands/refs.ts";
import { git } from "./git.ts";
import { settledAnswers } from "./settled-answers.ts";

/** The commit a branch points to, or nothing when there is no such branch. As a rule git keeps it in a file: that takes no process. */
export async function branchTip({ root, commonDir }: RepositoryPaths, branch: string): Promise<string | undefined> {
	const file = await readFile(join(commonDir, "refs/heads", branch), "utf8").catch(() => "");
	const [tip] = /^[0-9a-f]{40,64}(?=\n$)/.exec(file) ?? [];
	if (tip !== undefined) return tip;
	const found = await git(["rev-parse", "--verify", "-q", `refs/heads/${branch}^{commit}`], {
		cwd: root,
		expect: [1, 128],
	});
	return found.exitCode === 0 ? found.stdout.trim() : undefined;
}

const ancestry = settledAnswers<boolean>();

/** True when `commit` is an ancestor of `tip`, or `tip` itself; false when either does not exist. */
export async function contains(repository: RepositoryPaths, tip: string, commit: string): Promise<boolean> {
	if (tip === commit) return true;
	return ancestry(repository, [commit, tip], async () => {
		const args = ["merge-base", "--is-ancestor", commit, tip];
		const { exitCode } = await git(args, { cwd: repository.root, expect: [1, 128] });
		return { answer: exitCode === 0, isWhole: exitCode !== 128 };
	});
}

/**
 * True when a shallow clone lacks what two commits come from: whether one holds what the other does, and what is new on it, can't
 * be told then.
 */
export async function isHistoryCut({ root, commonDir }: RepositoryPaths, one: string, other: string): Promise<boolean> {
	if (!(await exists(join(commonDir, "shallow")))) return false;
	// A commit that is not there at all may be among what was cut off.
	return (await git(["merge-base", one, other], { cwd: root, expect: [1, 128] })).exitCode !== 0;
}

/** The tips of all branches whose names start with `prefix`, by name. */
export async function branchTips(repository: RepositoryPaths, prefix: string): Promise<Map<string, string>> {
	return parseTips((await git(refTips(`refs/heads/${prefix}`), { cwd: repository.root })).stdout);
}

/** How many commits `tip` holds that `base` does not. */
export async function countAhead(repository: RepositoryPaths, tip: string, base: string): Promise<number> {
	const { stdout } = await git(["rev-list", "--count", `${base}..${tip}`], { cwd: repository.root });
	return Number(stdout);
}

/** The same for several tips, by one git for all of them. */
export async function countAheadOfAll(
	{ root }: RepositoryPaths,
	tips: readonly string[],
	base: string,
): Promise<Map<string, number>> {
	const some = [...new Set(tips)].filter((tip) => tip !== base);
	if (some.length === 0) return new Map();
	const { PARENTS, parseParents, reach } = await import("./commands/parents.ts");
	const input = [...some, `^${base}`].map((each) => `${each}\n`).join("");
	const parents = parseParents((await git([...PARENTS, "--stdin"], { cwd: root, input })).stdout);
	return new Map(tips.map((tip) => [tip, reach(parents, [tip]).size]));
}

/** Deletes a branch that still points to `tip`. */
export async function deleteBranch({ root }: RepositoryPaths, branch: string, tip: string): Promise<void> {
	await git(["update-ref", "-d", `refs/heads/${branch}`, tip], { cwd: root });
}
