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

/** Reads the paths of submodules from what the `git ls-tree` of {@link lsTree} has printed. */
export function parseSubmodules(stdout: string): string[] {
	return splitZ(stdout).flatMap((entry) => (entry.startsWith("160000 ") ? [entry.slice(entry.indexOf("\t") + 1)] : []));
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
