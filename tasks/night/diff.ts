import type { Diff, FileDiff } from "../contract/report.ts";
import type { RawChange } from "../repo/commands/diff-tree.ts";
import { type HunkLimits, readHunks } from "../repo/commands/hunks.ts";
import { kindOfFile } from "./file-kind.ts";
import type { Limits } from "./limits.ts";

const CHANGES: Readonly<Record<string, FileDiff["change"]>> = {
	A: "added",
	C: "copied",
	D: "deleted",
	R: "renamed",
	T: "type-changed",
};

/** Kinds whose lines somebody wants to read, before those that only programs do. */
const ORDER: readonly FileDiff["kind"][] = ["text", "submodule", "binary", "generated", "lock"];

/** What differs between two commits, as far as it is shown. @param marked paths that git's attributes call generated. */
export function diffOf(
	{ from, to }: { readonly from: string; readonly to: string },
	changes: readonly RawChange[],
	marked: ReadonlySet<string>,
	limits: Limits,
): Diff {
	const files = changes
		.map((change) => ({ change, kind: kindOf(change, marked.has(change.path)) }))
		.sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
	let left = limits.patches;
	return {
		from,
		to,
		files: files.slice(0, limits.files).map(({ change, kind }) => {
			const { file, spent } = fileOf(change, kind, {
				lines: Math.min(limits.lines, Math.floor(left / limits.perLine)),
				characters: left,
				width: limits.width,
			});
			left = Math.max(0, left - spent.characters - spent.lines * limits.perLine);
			return file;
		}),
		insertions: changes.reduce((sum, each) => sum + each.insertions, 0),
		deletions: changes.reduce((sum, each) => sum + each.deletions, 0),
		moreFiles: Math.max(0, files.length - limits.files),
	};
}

function kindOf({ path, oldMode, newMode, isBinary, patches }: RawChange, isMarked: boolean): FileDiff["kind"] {
	return kindOfFile(path, { modes: [oldMode, newMode], isBinary, isMarked }, patches.join(""));
}

function fileOf(change: RawChange, kind: FileDiff["kind"], limits: HunkLimits) {
	const { path, oldPath, status, oldMode, newMode, insertions, deletions, patches } = change;
	const isThere = oldMode !== "000000" && newMode !== "000000";
	const read = readHunks(kind === "binary" ? "" : patches.join(""), limits);
	const isUnread = !change.isBinary && patches.length === 0;
	const file: FileDiff = {
		path,
		...(oldPath === undefined ? {} : { oldPath }),
		change: CHANGES[status] ?? "modified",
		...(isThere && oldMode !== newMode ? { oldMode, newMode } : {}),
		kind,
		insertions,
		deletions,
		hunks: read.hunks,
		moreLines: read.left + (isUnread ? insertions + deletions : 0),
	};
	return { file, spent: read };
}
