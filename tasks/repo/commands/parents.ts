/** Commits, each with those that it comes from. */
export type Parents = ReadonlyMap<string, readonly string[]>;

/** Arguments of the `git rev-list` that {@link parseParents} reads. */
export const PARENTS = ["rev-list", "--parents"];

/** Reads what the `git rev-list` of {@link PARENTS} has printed. */
export function parseParents(stdout: string): Parents {
	const lines = stdout.split("\n").filter(Boolean);
	return new Map(lines.map((line) => [line.split(" ")[0] ?? "", line.split(" ").slice(1)]));
}

/** These commits and all that they come from, as far as they are among those known. */
export function reach(known: Parents, from: readonly string[]): Set<string> {
	const reached = new Set(from.filter((each) => known.has(each)));
	for (const each of reached) for (const parent of known.get(each) ?? []) if (known.has(parent)) reached.add(parent);
	return reached;
}
