import { posix } from "node:path";
import { type Check, TEST_FILES } from "../contract/check.ts";
import type { LaidFiles, PathChange } from "../contract/path-change.ts";
import { matcher } from "./globs.ts";
import { namedBy, reachedLines } from "./named-files.ts";
import { packageChanges, withBaseKeys } from "./package-json.ts";
import { MIXED_FILES, PROTECTED_FILES } from "./protected-files.ts";

/** What a branch has changed of what the checks are made of. */
export interface ProtectedChanges {
	/** For people: paths, of `package.json` with the keys. Empty: nothing of it has changed. */
	readonly changed: readonly string[];
	/** What gives a folder of the branch the base's version of them. */
	readonly laid: LaidFiles;
	/** Files to be written there beside: each `package.json`, which keeps all that has nothing to do with checks. */
	readonly written: ReadonlyMap<string, string>;
	/** True when one of them also says what the work needs, so that a check which fails as a whole with the base's tells nothing. */
	readonly isMixed: boolean;
}

/** Reads a file as the base or the branch has it; `undefined` where it has none. */
export type ReadVersion = (side: "base" | "branch", path: string) => Promise<string | undefined>;

/**
 * Finds what a branch has changed of what its checks are made of: a test file that has become a link among them, since what it says stands
 * elsewhere. `protect`: globs beside those of convention.
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
	const isTest = matcher(tests);
	const isProtected = ({ path, isRelinked }: Part) =>
		isProtectedGlob(path) || isNamed(path) || (isRelinked === true && isTest(path));
	const parts = changes.flatMap(apart);
	const files = parts.filter((part) => !isPackage(part.path) && isProtected(part));
	const written = new Map<string, string>();
	const named: string[] = [];
	for (const { path } of parts.filter((each) => isPackage(each.path) && each.kind !== "deleted")) {
		const [base, branch] = [await read("base", path), await read("branch", path)];
		const keys = packageChanges(path, base, branch);
		named.push(...keys);
		if (keys.length > 0 && branch !== undefined) written.set(path, withBaseKeys(base, branch));
	}
	const gone = parts.filter(({ path, kind }) => isPackage(path) && kind === "deleted");
	const isMixed = matcher(MIXED_FILES);
	return {
		changed: [...new Set([...files, ...gone].map(({ path }) => path)), ...named].sort(),
		laid: {
			put: [...files, ...gone].filter(({ kind }) => kind !== "added").map(({ path }) => path),
			remove: files.filter(({ kind }) => kind === "added").map(({ path }) => path),
		},
		written,
		isMixed: files.some(({ path }) => isMixed(path)),
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

function isPackage(path: string): boolean {
	return posix.basename(path) === "package.json";
}
