import { posix } from "node:path";
import { type Check, TEST_FILES } from "../contract/check.ts";
import type { LaidFiles, PathChange } from "../contract/path-change.ts";
import { matcher } from "./globs.ts";
import { namedBy, reachedLines } from "./named-files.ts";
import { packageChanges, withBaseKeys } from "./package-json.ts";
import { MIXED_FILES, PROTECTED_FILES } from "./protected-files.ts";

/** What gives a folder of the branch the base's version of some files. */
export interface BaseVersions {
	readonly laid: LaidFiles;
	/** Files to be written there beside: each `package.json`, which keeps all that has nothing to do with checks. */
	readonly written: ReadonlyMap<string, string>;
}

/** What a branch has changed of what the checks are made of, and what takes it back. */
export interface ProtectedChanges extends BaseVersions {
	/** For people: paths, of `package.json` with the keys. Empty: nothing of it has changed. */
	readonly changed: readonly string[];
	/** True when one of them also says what the work needs, so that a check which fails as a whole with the base's tells nothing. */
	readonly isMixed: boolean;
	/** What takes back the others alone, where there are both. */
	readonly unmixed?: BaseVersions;
}

/** Reads a file as the base or the branch has it; `undefined` where it has none. */
export type ReadVersion = (side: "base" | "branch", path: string) => Promise<string | undefined>;

/**
 * Finds what a branch has changed of what its checks are made of: a test file that has become a link among them, or a folder of tests, since
 * what it says stands elsewhere. `protect`: globs beside those of convention.
 */
export async function protectedChanges(
	changes: readonly PathChange[],
	checks: readonly Check[],
	protect: readonly string[],
	read: ReadVersion,
	tests: readonly string[] = TEST_FILES,
): Promise<ProtectedChanges> {
	const isNamed = namedBy(
		reachedLines(
			checks.map(({ run }) => run),
			await read("base", "package.json"),
		),
	);
	const isProtectedGlob = matcher([...PROTECTED_FILES, ...protect]);
	const isTakenBack = matcher(protect.flatMap((glob) => (glob.startsWith("!") ? [glob.slice(1)] : [])));
	const isTest = matcher(tests);
	const parts = changes.flatMap(apart);
	const relinked = relinkedTests(parts, isTest);
	const isProtected = (path: string) =>
		isProtectedGlob(path) || ((isNamed(path) || relinked.has(path)) && !isTakenBack(path));
	const files = parts.filter(({ path }) => !isPackage(path) && isProtected(path));
	const written = new Map<string, string>();
	const named: string[] = [];
	for (const part of parts.filter(({ path }) => isPackage(path) && !isTakenBack(path))) {
		const { path, kind, isRelinked } = part;
		const [base, branch] = [await read("base", path), await read("branch", path)];
		// Of one that is gone, and of a link, no keys can be told.
		if (kind === "deleted" || isRelinked) files.push(part);
		const keys = kind === "deleted" || isRelinked ? [] : packageChanges(path, base, branch);
		named.push(...keys);
		if (keys.length > 0 && branch !== undefined) written.set(path, withBaseKeys(base, branch));
	}
	const matchesMixed = matcher(MIXED_FILES);
	const others = files.filter(({ path }) => !matchesMixed(path));
	const isMixed = others.length < files.length;
	return {
		changed: [...new Set(files.map(({ path }) => path)), ...named].sort(),
		laid: laidOf(files),
		written,
		isMixed,
		...(isMixed && others.length + written.size > 0 && { unmixed: { laid: laidOf(others), written } }),
	};
}

interface Part {
	readonly kind: "added" | "changed" | "deleted";
	readonly path: string;
	readonly isRelinked?: true;
}

/** A renamed file is one that is gone and one that has come. */
function apart(change: PathChange): Part[] {
	if (change.kind !== "renamed") return [change];
	return [
		{ kind: "deleted", path: change.from },
		{ kind: "added", path: change.path },
	];
}

function laidOf(files: readonly Part[]): LaidFiles {
	return {
		put: files.filter(({ kind }) => kind !== "added").map(({ path }) => path),
		remove: files.filter(({ kind }) => kind === "added").map(({ path }) => path),
	};
}

/** Test files that a branch has made a link, or a file of a link; or whose folder it has, together with that folder. */
function relinkedTests(parts: readonly Part[], isTest: (path: string) => boolean): ReadonlySet<string> {
	const kinds = new Map(parts.map(({ path, kind }) => [path, kind]));
	const found = parts.flatMap(({ path, kind, isRelinked }) => {
		if (!isTest(path)) return [];
		const other = kind === "added" ? "deleted" : "added";
		const folders = kind === "changed" ? [] : above(path).filter((each) => kinds.get(each) === other);
		return isRelinked || folders.length > 0 ? [path, ...folders] : [];
	});
	return new Set(found);
}

/** The folders that lead to a path. */
function above(path: string): string[] {
	return [...path.matchAll(/\//g)].map(({ index }) => path.slice(0, index));
}

function isPackage(path: string): boolean {
	return posix.basename(path) === "package.json";
}
