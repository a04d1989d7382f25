import { TEST_FILES } from "../contract/check.ts";
import type { LaidFiles, PathChange } from "../contract/path-change.ts";
import { matcher } from "./globs.ts";

/** What a branch has done to the files that hold tests. */
export interface TestFileChanges {
	readonly added: readonly string[];
	/** Has other content under its old name. */
	readonly changed: readonly string[];
	/** Gone, or called so that it holds no tests any more. */
	readonly deleted: readonly string[];
	readonly renamed: readonly { readonly path: string; readonly from: string; readonly isChanged: boolean }[];
}

/** Picks the files that hold tests out of what a branch has changed. */
export function testFileChanges(
	changes: readonly PathChange[],
	globs: readonly string[] = TEST_FILES,
): TestFileChanges {
	const isTest = matcher(globs);
	const parts = changes.flatMap((change): PathChange[] => {
		if (change.kind !== "renamed") return isTest(change.path) ? [change] : [];
		const [was, is] = [isTest(change.from), isTest(change.path)];
		if (was && is) return [change];
		return was ? [{ kind: "deleted", path: change.from }] : is ? [{ kind: "added", path: change.path }] : [];
	});
	const paths = (kind: PathChange["kind"]) => parts.filter((each) => each.kind === kind).map(({ path }) => path);
	return {
		added: paths("added"),
		changed: paths("changed"),
		deleted: paths("deleted"),
		renamed: parts.flatMap((each) => (each.kind === "renamed" ? [each] : [])),
	};
}

/** What makes a folder of the base one with the branch's tests. */
export function branchTests({ added, changed, deleted, renamed }: TestFileChanges): LaidFiles {
	return {
		put: [...added, ...changed, ...renamed.map(({ path }) => path)],
		remove: [...deleted, ...renamed.map(({ from }) => from)],
	};
}

/** What makes a folder of the branch one with the tests that the base had; `undefined` where none of them has changed. */
export function baseTests({ changed, deleted, renamed }: TestFileChanges): LaidFiles | undefined {
	const rewritten = renamed.filter(({ isChanged }) => isChanged);
	const put = [...changed, ...deleted, ...rewritten.map(({ from }) => from)];
	return put.length > 0 ? { put, remove: rewritten.map(({ path }) => path) } : undefined;
}
