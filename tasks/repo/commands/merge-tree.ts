import { splitZ } from "./split.ts";

/** Arguments of the `git merge-tree` that {@link parseMergeTree} reads; the two commits come behind them. */
export const MERGE_TREE = ["merge-tree", "--write-tree", "--name-only", "--messages", "-z"];

/** What git has merged, and which paths it could not. */
export interface MergedTree {
	/** `""` where git has merged nothing. */
	readonly tree: string;
	readonly files: readonly { readonly path: string; readonly kinds: string[] }[];
}

/** Reads what the command of {@link MERGE_TREE} has printed: a tree, paths, and behind an empty field messages about them. */
export function parseMergeTree(stdout: string): MergedTree {
	const [tree = "", ...fields] = splitZ(stdout);
	const end = fields.includes("") ? fields.indexOf("") : fields.length;
	const paths = new Set(fields.slice(0, end));
	const told = readMessages(fields.slice(end + 1));
	// Some conflicts leave no path that is not merged.
	const all = paths.size > 0 ? [...paths] : [...told.keys()];
	return { tree, files: all.map((path) => ({ path, kinds: [...(told.get(path) ?? [])] })) };
}

/** The kinds of conflicts by the paths that they are about. A message is a number of paths, these, its kind, and a sentence. */
function readMessages(fields: readonly string[]): Map<string, Set<string>> {
	const told = new Map<string, Set<string>>();
	for (let at = 0; at < fields.length; ) {
		const number = Number(fields[at]);
		if (!Number.isInteger(number)) break;
		const [, kind] = /^CONFLICT \((.+)\)$/.exec(fields[at + 1 + number] ?? "") ?? [];
		for (const path of kind === undefined ? [] : fields.slice(at + 1, at + 1 + number))
			told.set(path, (told.get(path) ?? new Set()).add(kind ?? ""));
		at += number + 3;
	}
	return told;
}
