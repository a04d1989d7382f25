import { splitZ } from "./split.ts";

/** Commits, and what each changes in which file. */
export interface NumstatLog {
	/** The latest first; `parents` are their full hashes. */
	readonly commits: readonly { readonly hash: string; readonly parents: readonly string[] }[];
	/** Lines of each file a commit changes; a binary file has none. A file is there once for each commit that changes it. */
	readonly changes: readonly { readonly path: string; readonly added: number; readonly deleted: number }[];
}

/** Arguments of the `git log` that {@link parseNumstatLog} reads. Merges have no changes of their own. */
export function numstatLog(...revisions: readonly string[]): string[] {
	const flags = ["--diff-merges=off", "--no-ext-diff", "--no-renames", "--ignore-submodules=all"];
	return ["log", ...flags, "--numstat", "-z", "--format=commit %H %P", ...revisions];
}

/** Arguments with which git reads what each commit changes, and fetches what a partial clone lacks of it. */
export function readingChanges(...revisionsAndPaths: readonly string[]): string[] {
	return ["log", "--shortstat", "--oneline", "--no-renames", ...revisionsAndPaths];
}

/** As {@link readingChanges}, of all that lies between two commits as one change. */
export function readingBetween(...range: readonly string[]): string[] {
	return ["diff", "--shortstat", "--no-renames", ...range];
}

/** Reads what the `git log` of {@link numstatLog} has printed. */
export function parseNumstatLog(stdout: string): NumstatLog {
	// A line feed stands between a commit and its first file.
	const fields = splitZ(`${stdout}\0`).map((field) => field.trimStart());
	const commits = fields
		.filter((field) => field.startsWith("commit "))
		.map((field) => {
			const [, hash = "", ...parents] = field.trim().split(" ");
			return { hash, parents };
		});
	const changes = fields.flatMap((field) => {
		const [, added, deleted, path] = /^(\d+|-)\t(\d+|-)\t([\s\S]*)$/.exec(field) ?? [];
		// Binary files have `-` for their lines.
		return path === undefined ? [] : [{ path, added: Number(added) || 0, deleted: Number(deleted) || 0 }];
	});
	return { commits, changes };
}
