import { posix } from "node:path";
import { readItems } from "../read-items.ts";
import { readLayout } from "../read-layout.ts";
import type { Family } from "./family.ts";
import { hasAt, type Seen } from "./seen.ts";

/** What explains a folder, or is copied for a new document. */
const NO_ISSUE =
	/^(?:readme|index|overview|contributing|changelog|agents|claude|_?template|_?example)(?:[-_.][^/]*)?\.md$/i;

/** True for the name of a document that explains others. */
export function isBeside(file: string): boolean {
	return NO_ISSUE.test(posix.basename(file));
}

/** True for a document that is of its family, and may lack something: what has only a heading may be anything. */
export function isOf({ has }: Family, document: Seen): boolean {
	if (isBeside(document.file)) return false;
	const [first = [], ...others] = has.map((each) => [each].flat());
	const isThere = (sources: readonly string[]) => sources.some((each) => hasAt(each, document));
	return has.length === 0 || isThere(first) || (document.frontMatter !== undefined && others.some(isThere));
}

/** True for a document that has all of what its family has. */
export function fits({ items, has }: Family, folder: string, document: Seen): boolean {
	if (!items) return has.every((each) => [each].flat().some((source) => hasAt(source, document)));
	const settings = { ...items, files: `${folder}/${items.files}` };
	const { issues, problems } = readItems(document.file, document.bytes, settings, readLayout());
	return issues.length > problems.length;
}
