import { splitZ } from "./split.ts";

/** A file in a tree, with the blob that has its content. */
export interface TreeFile {
	readonly blob: string;
	readonly path: string;
}

/** Arguments of the `git ls-tree` that {@link parseFiles} and {@link parseSubmodules} read. */
export function lsTree(...args: readonly string[]): string[] {
	return ["ls-tree", "-z", "--full-tree", ...args];
}

/** Reads the files from what the `git ls-tree` of {@link lsTree} has printed: no link, which git does not follow for these. */
export function parseFiles(stdout: string): TreeFile[] {
	return splitZ(stdout).flatMap((entry) => {
		const [, blob, path] = /^100\d+ blob ([0-9a-f]+)\t([\s\S]*)$/.exec(entry) ?? [];
		return blob && path ? [{ blob, path }] : [];
	});
}

/** Arguments with which git reads every file of a commit, and fetches in one go what a partial clone lacks of them. */
export function readingAll(commit: string): string[] {
	// The tree without a file.
	const isLong = commit.length === 64;
	const empty = isLong
		? "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"
		: "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
	return ["diff", "--shortstat", empty, commit];
}

/** A submodule in a tree or an index, with the commit that it is at there. */
export interface Gitlink {
	readonly commit: string;
	readonly path: string;
}

/** Reads the submodules from what the `git ls-tree` of {@link lsTree}, or `git ls-files -s -z`, has printed. */
export function parseSubmodules(stdout: string): Gitlink[] {
	return splitZ(stdout).flatMap((entry) => {
		const [, commit, path] = /^160000 (?:commit )?([0-9a-f]+)(?: \d)?\t([\s\S]*)$/.exec(entry) ?? [];
		return commit && path ? [{ commit, path }] : [];
	});
}

/** Arguments of the `git ls-tree` that {@link parseTotalSize} reads. */
export function lsTreeSizes(commit: string): string[] {
	return ["ls-tree", "-r", "-z", "--format=%(objectsize)", commit];
}

/** Adds up what the `git ls-tree` of {@link lsTreeSizes} has printed, in bytes. */
export function parseTotalSize(stdout: string): number {
	// A submodule has a size of `-`: it is not checked out.
	return splitZ(stdout).reduce((sum, size) => sum + (Number.parseInt(size, 10) || 0), 0);
}

/** Reads files and links from what the `git ls-tree` of {@link lsTree} has printed. */
export function parseBlobs(stdout: string): TreeFile[] {
	return splitZ(stdout).flatMap((entry) => {
		const [, blob, path] = /^1[02]0\d+ blob ([0-9a-f]+)\t([\s\S]*)$/.exec(entry) ?? [];
		return blob && path ? [{ blob, path }] : [];
	});
}

/**
 * Reads what a sparse checkout leaves out from what `git ls-files -z -t` has printed, where `S` marks it. A file that the index does not
 * have is taken to be left out as all else of its folder is.
 */
export function parseSkipped(stdout: string): { isLeftOut(path: string): boolean } {
	const skipped = new Map<string, boolean>();
	for (const entry of splitZ(stdout)) {
		const path = entry.slice(2);
		const isSkipped = entry.startsWith("S ");
		skipped.set(path, isSkipped);
		for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) {
			const folder = path.slice(0, at + 1);
			skipped.set(folder, isSkipped && skipped.get(folder) !== false);
		}
	}
	const isLeftOut = (path: string): boolean => {
		const known = skipped.get(path);
		if (known !== undefined) return known;
		const at = path.lastIndexOf("/", path.length - 2);
		return at > 0 && isLeftOut(path.slice(0, at + 1));
	};
	return { isLeftOut };
}
