import type { RepositoryPaths } from "../contract/issue.ts";
import { problemOf } from "../contract/problem.ts";
import { DIFF_TREE, type Pair, pairs, parseDiffs, type RawChange } from "./commands/diff-tree.ts";
import { readingBetween } from "./commands/numstat-log.ts";
import { git } from "./git.ts";

/** Bytes of all patches together, and of one pair's where that is not enough. */
const MOST = { together: 32_000_000, alone: 8_000_000 };

/**
 * What differs between each two commits, by one git for all of them as a rule.
 * @returns nothing for those that git does not have any more.
 */
export async function findDifferences(
	repository: RepositoryPaths,
	all: readonly Pair[],
	signal: AbortSignal,
): Promise<(readonly RawChange[] | undefined)[]> {
	// What is printed is told apart by the second commit alone.
	const first = new Map(all.map((pair) => [pair.to, pair]));
	const together = first.size === 0 ? undefined : await compare(repository, [...first.values()], MOST.together, signal);
	const found: (readonly RawChange[] | undefined)[] = [];
	for (const pair of all) {
		if (together && first.get(pair.to)?.from === pair.from) found.push(together.get(pair.to) ?? []);
		else found.push((await compare(repository, [pair], MOST.alone, signal, true))?.get(pair.to));
	}
	return found;
}

/** @returns nothing where a commit is gone, or the output is not whole. */
async function compare(
	{ root }: RepositoryPaths,
	all: readonly Pair[],
	most: number,
	signal: AbortSignal,
	isAlone = false,
): Promise<Map<string, RawChange[]> | undefined> {
	const [{ from, to } = { from: "", to: "" }] = all;
	const options = { cwd: root, signal, input: pairs(all), most, broughtBy: readingBetween(from, to) };
	const answer = await git(DIFF_TREE, { ...options, expect: [128] }).catch((error: unknown) => {
		if (problemOf(error)?.kind !== "objects-unfetched") throw error;
		return undefined;
	});
	if (answer?.exitCode !== 0 || (answer.isCut && !isAlone)) return undefined;
	const { stdout } = answer;
	const found = parseDiffs(stdout);
	return isAlone && !found.has(to) ? new Map([[to, []]]) : found;
}
