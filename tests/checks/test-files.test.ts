import { expect, test } from "vitest";
import { matcher } from "../../tasks/checks/globs.ts";
import { baseTests, branchTests, testFileChanges } from "../../tasks/checks/test-files.ts";
import { TEST_FILES } from "../../tasks/contract/check.ts";
import type { PathChange } from "../../tasks/contract/path-change.ts";

const CHANGES: readonly PathChange[] = [
	{ kind: "added", path: "tests/new.test.ts" },
	{ kind: "changed", path: "src/a.spec.js" },
	{ kind: "deleted", path: "pkg/cart_test.go" },
	{ kind: "renamed", from: "test/one.js", path: "test/two.js", isChanged: false },
	{ kind: "renamed", from: "tests/three.ts", path: "tests/four.ts", isChanged: true },
	{ kind: "renamed", from: "src/b.test.ts", path: "src/b.ts.off", isChanged: false },
	{ kind: "renamed", from: "scripts/c.ts", path: "tests/c.ts", isChanged: false },
	{ kind: "changed", path: "src/a.ts" },
];

test("files that hold tests, by convention", () => {
	const isTest = matcher(TEST_FILES);
	const tests = [
		"a.test.ts",
		"b/c.spec.tsx",
		"tests/x/y.rb",
		"test/z",
		"src/__tests__/q.js",
		"cart_test.go",
		"app/test_cart.py",
	];
	expect(tests.filter((path) => !isTest(path))).toEqual([]);
	expect(["src/testing.ts", "contest/a.ts", "src/tests.ts", "latest.js"].filter(isTest)).toEqual([]);
});

test("what a branch did to them: one that is called otherwise and holds no tests any more is gone", () => {
	expect(testFileChanges(CHANGES)).toEqual({
		added: ["tests/new.test.ts", "tests/c.ts"],
		changed: ["src/a.spec.js"],
		deleted: ["pkg/cart_test.go", "src/b.test.ts"],
		renamed: [
			{ kind: "renamed", from: "test/one.js", path: "test/two.js", isChanged: false },
			{ kind: "renamed", from: "tests/three.ts", path: "tests/four.ts", isChanged: true },
		],
	});
	expect(testFileChanges(CHANGES, ["scripts/**"])).toMatchObject({ added: [], deleted: ["scripts/c.ts"] });
});

test("what is laid over the base's sources, and over the branch", () => {
	expect(branchTests(testFileChanges(CHANGES))).toEqual({
		put: ["tests/new.test.ts", "tests/c.ts", "src/a.spec.js", "test/two.js", "tests/four.ts"],
		remove: ["pkg/cart_test.go", "src/b.test.ts", "test/one.js", "tests/three.ts"],
	});
	expect(baseTests(testFileChanges(CHANGES))).toEqual({
		put: ["src/a.spec.js", "pkg/cart_test.go", "src/b.test.ts", "tests/three.ts"],
		remove: ["tests/four.ts"],
	});
	expect(baseTests(testFileChanges([{ kind: "added", path: "a.test.ts" }]))).toBeUndefined();
});
