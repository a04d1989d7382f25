import { expect, test } from "vitest";
import { matcher } from "../../tasks/checks/globs.ts";
import { packageChanges, withBaseKeys } from "../../tasks/checks/package-json.ts";
import { protectedChanges } from "../../tasks/checks/protected.ts";
import { MIXED_FILES, PROTECTED_FILES } from "../../tasks/checks/protected-files.ts";
import type { PathChange } from "../../tasks/contract/path-change.ts";

const isProtected = matcher(PROTECTED_FILES);

test.each([
	"vitest.config.ts",
	"packages/a/vite.config.mts",
	"vitest.workspace.json",
	"jest.config.js",
	"jest.setup.ts",
	"src/setupTests.ts",
	"tests/global-setup.ts",
	"playwright.config.ts",
	".mocharc.cjs",
	".nycrc",
	"eslint.config.mjs",
	".eslintrc.json",
	".eslintrc",
	".eslintignore",
	".prettierrc",
	"tsconfig.json",
	"packages/a/tsconfig.build.json",
	"biome.json",
	".npmrc",
	".yarnrc.yml",
	".husky/pre-commit",
	"babel.config.json",
	"conftest.py",
	"tests/deep/conftest.py",
	"sitecustomize.py",
	"tox.ini",
	"pytest.ini",
	"mypy.ini",
	".coveragerc",
	"setup.cfg",
	"pyproject.toml",
	"ruff.toml",
	".ruff.toml",
	".flake8",
	".golangci.yml",
	".cargo/config.toml",
	".config/nextest.toml",
	"clippy.toml",
	"rustfmt.toml",
	"Cargo.toml",
	"crates/a/build.rs",
	"pom.xml",
	"build.gradle.kts",
	"gradle/wrapper/gradle-wrapper.properties",
	"config/checkstyle/checkstyle.xml",
	"src/test/resources/junit-platform.properties",
	"gradlew",
	".rspec",
	"spec/spec_helper.rb",
	".rubocop.yml",
	"Rakefile",
	"phpunit.xml.dist",
	"phpstan.neon",
	"tests/Pest.php",
	"CMakeLists.txt",
	"cmake/Tests.cmake",
	".clang-tidy",
	"meson.build",
	"Makefile",
	"GNUmakefile",
	"rules.mk",
	"justfile",
	".justfile",
	"Taskfile.yml",
	".github/workflows/ci.yml",
	".gitlab-ci.yml",
	".circleci/config.yml",
	"Jenkinsfile",
	"azure-pipelines.yml",
	".pre-commit-config.yaml",
	".woodpecker.yml",
	".woodpecker/test.yml",
	"orchfile.ts",
	".gitattributes",
	"src/Tests/Tests.csproj",
	"Directory.Build.props",
	".runsettings",
	"Package.swift",
	"analysis_options.yaml",
	"mix.exs",
	"build.sbt",
	"stack.yaml",
	"spec/support/jasmine.json",
	"tslint.json",
	"pnpm-workspace.yaml",
	".testcaferc.js",
	".shellcheckrc",
	".markdownlint.json",
	"cspell.config.yaml",
])("%s is something that checks are made of", (path) => {
	expect(isProtected(path)).toBe(true);
});

test.each([
	"src/config.ts",
	"src/app.config/reader.ts",
	"src/index.ts",
	"README.md",
	"tests/a.test.ts",
	"src/vite.ts",
	"package.json",
	"package-lock.json",
	"docs/build.md",
	"src/webpack/plugin.ts",
	"src/makefile.ts",
	"lib/task.rb",
	"main.go",
	"build/index.html",
	"src/eslint.ts",
	"data/pom.json",
	"src/jasmine.ts",
	"src/props.ts",
	"docs/sbt.md",
])("%s is not", (path) => {
	expect(isProtected(path)).toBe(false);
});

test("what also says what work needs is protected too", () => {
	const isMixed = matcher(MIXED_FILES);
	for (const path of [
		"Cargo.toml",
		"pyproject.toml",
		"a/pom.xml",
		"build.gradle",
		"CMakeLists.txt",
		"Makefile",
		"a/b.csproj",
		"mix.exs",
	])
		expect([isMixed(path), isProtected(path)], path).toEqual([true, true]);
	expect(isMixed("vitest.config.ts")).toBe(false);
});

/** What is found where the base's and the branch's files are these. */
function found(
	changes: readonly PathChange[],
	run: string,
	files: Readonly<Record<string, readonly [base: string | undefined, branch: string | undefined]>> = {},
	protect: readonly string[] = [],
) {
	const read = async (side: "base" | "branch", path: string) => files[path]?.[side === "base" ? 0 : 1];
	return protectedChanges(changes, [{ name: "tests", run }], protect, read);
}

test("nothing of it has changed", async () => {
	const result = await found([{ kind: "changed", path: "src/a.ts" }], "npm test");
	expect(result).toEqual({ changed: [], laid: { put: [], remove: [] }, written: new Map(), isMixed: false });
});

test("changed and deleted files come back, and added ones go", async () => {
	const changes: PathChange[] = [
		{ kind: "changed", path: "vitest.config.ts" },
		{ kind: "added", path: "jest.config.js" },
		{ kind: "deleted", path: ".eslintrc.json" },
		{ kind: "renamed", from: ".prettierrc", path: ".prettierrc.json", isChanged: false },
		{ kind: "renamed", from: "tox.ini", path: "old/notes.txt", isChanged: true },
		{ kind: "added", path: "src/a.ts" },
	];
	expect(await found(changes, "npm test")).toMatchObject({
		changed: [".eslintrc.json", ".prettierrc", ".prettierrc.json", "jest.config.js", "tox.ini", "vitest.config.ts"],
		laid: {
			put: ["vitest.config.ts", ".eslintrc.json", ".prettierrc", "tox.ini"],
			remove: ["jest.config.js", ".prettierrc.json"],
		},
		isMixed: false,
	});
});

test("what a line names is protected: a script, in a folder that it goes to; not the tests that it names", async () => {
	const paths = ["ci/check.sh", "web/run.mjs", "conf/rules.yml", "tests/a.test.ts", "tests/run.sh", "other.sh"];
	const changes = paths.map((path): PathChange => ({ kind: "changed", path }));
	const run = "A=1 sh ./ci/check.sh --rules=conf/rules.yml && tests/run.sh 'tests/a.test.ts' && cd web && node run.mjs";
	expect((await found(changes, run)).changed).toEqual(["ci/check.sh", "conf/rules.yml", "tests/run.sh", "web/run.mjs"]);
});

test.each([
	["grep -q good data", []],
	["npx eslint -c conf/rules src/index.js", ["conf/rules"]],
	["gcc main.c util.c && ./bin/main", ["bin/main"]],
	["sh ci/check.sh data", ["ci/check.sh"]],
	["node --require ./ci/setup.cjs ci/check.mjs src/index.js", ["ci/check.mjs", "ci/setup.cjs"]],
	["timeout 60 /bin/bash -c 'python3 -W error ci/check.py main.c'", ["ci/check.py"]],
	['! test "$(cat data)" = good && NODE_OPTIONS=--import=./ci/setup.cjs npm run lint', ["ci/setup.cjs"]],
	["shellcheck ci/check.sh < data; cat rules.yml", ["rules.yml"]],
])("what %s makes its check of is protected, and not what it judges", async (run, expected) => {
	const paths = ["check.mjs", "check.py", "check.sh", "setup.cjs"].map((name) => `ci/${name}`);
	const others = ["bin/main", "conf/rules", "data", "main.c", "rules.yml", "src/index.js", "util.c"];
	const changes = [...paths, ...others].map((path): PathChange => ({ kind: "changed", path }));
	expect((await found(changes, run)).changed).toEqual([...expected].sort());
});

test("what the scripts name that a line calls is protected too, those of the base", async () => {
	const scripts = {
		pretest: "node ci/pre.js",
		test: "npm run unit -- --all",
		unit: "sh ci/unit.sh",
		start: "node src/server.js",
	};
	const base = JSON.stringify({ scripts });
	const changes = ["ci/pre.js", "ci/unit.sh", "src/server.js"].map((path): PathChange => ({ kind: "changed", path }));
	const files = { "package.json": [base, base] } as const;
	for (const run of ["npm test", "npm t", "yarn test"])
		expect((await found(changes, run, files)).changed, run).toEqual(["ci/pre.js", "ci/unit.sh"]);
});

test("globs of the orchfile's own protect as well, and take back", async () => {
	const changes = ["rules/a.yml", "rules/notes.md", "vitest.config.ts"].map(
		(path): PathChange => ({ kind: "changed", path }),
	);
	const { changed } = await found(changes, "npm test", {}, ["rules/", "!**/*.md", "!vitest.config.ts"]);
	expect(changed).toEqual(["rules/a.yml"]);
});

test("what a line names is taken back too, a package.json as well", async () => {
	const paths = ["src/main.js", "ci/check.sh", "web/package.json"];
	const changes = paths.map((path): PathChange => ({ kind: "changed", path }));
	const files = { "web/package.json": ["{}", '{"scripts":{"test":"true"}}'] } as const;
	const run = "node src/main.js --check && sh ci/check.sh";
	const { changed, laid } = await found(changes, run, files, ["!src/", "!**/package.json"]);
	expect([changed, laid.put]).toEqual([["ci/check.sh"], ["ci/check.sh"]]);
});

test("tests that have become a link, by themselves or with their folder, and a link that has become tests", async () => {
	const changes: PathChange[] = [
		{ kind: "changed", path: "tests/a.test.js", isRelinked: true },
		{ kind: "renamed", from: "test/deep/b.js", path: "src/deep/b.js", isChanged: true },
		{ kind: "added", path: "test" },
		{ kind: "deleted", path: "spec/c" },
		{ kind: "added", path: "spec/c/c.spec.js" },
		{ kind: "added", path: "src/d" },
		{ kind: "deleted", path: "src/d/d.js" },
	];
	expect(await found(changes, "npm test")).toMatchObject({
		changed: ["spec/c", "spec/c/c.spec.js", "test", "test/deep/b.js", "tests/a.test.js"],
		laid: {
			put: ["tests/a.test.js", "test/deep/b.js", "spec/c"],
			remove: ["test", "spec/c/c.spec.js"],
		},
	});
});

test("what also says what the work needs is told from what does not", async () => {
	const changes = ["Makefile", "lint.sh"].map((path): PathChange => ({ kind: "changed", path }));
	const unmixed = { laid: { put: ["lint.sh"], remove: [] }, written: new Map() };
	expect(await found(changes, "sh lint.sh")).toMatchObject({ laid: { put: ["Makefile", "lint.sh"] }, unmixed });
	for (const one of changes) expect(await found([one], "sh lint.sh")).not.toHaveProperty("unmixed");
});

test("of a package.json, only what checks are made of is", async () => {
	const base = JSON.stringify({
		name: "a",
		scripts: { test: "vitest", lint: "biome" },
		jest: { bail: true },
		dependencies: {},
	});
	const branch = JSON.stringify({
		scripts: { test: "true", pretest: "rm -r tests" },
		name: "b",
		dependencies: { left: "1" },
		mocha: {},
		jest: { bail: true },
	});
	const changes: PathChange[] = [{ kind: "changed", path: "web/package.json" }];
	const result = await found(changes, "npm test", { "web/package.json": [base, branch] });
	expect(result.changed).toEqual([
		"web/package.json: mocha",
		"web/package.json: scripts.lint",
		"web/package.json: scripts.pretest",
		"web/package.json: scripts.test",
	]);
	expect(result.laid).toEqual({ put: [], remove: [] });
	expect(JSON.parse(result.written.get("web/package.json") ?? "")).toEqual({
		name: "b",
		dependencies: { left: "1" },
		scripts: { test: "vitest", lint: "biome" },
		jest: { bail: true },
	});
	const onlyOthers = await found(changes, "npm test", {
		"web/package.json": [base, base.replace('"a"', '"b"')],
	});
	expect(onlyOthers).toMatchObject({ changed: [], written: new Map() });
});

test("a package.json that is new, gone or broken", async () => {
	expect(packageChanges("package.json", undefined, '{"scripts":{"test":"x"}}')).toEqual(["package.json: scripts.test"]);
	expect(packageChanges("package.json", "{}", "{")).toEqual(["package.json"]);
	expect(packageChanges("package.json", '{"scripts":{"a":"b"}}', '{"scripts":7}')).toEqual(["package.json: scripts"]);
	expect(JSON.parse(withBaseKeys(undefined, '{"name":"a","scripts":{"test":"x"}}'))).toEqual({ name: "a" });
	expect(withBaseKeys('{"name":"a"}', "{")).toBe('{"name":"a"}');
	expect(JSON.parse(withBaseKeys('\ufeff{"jest":{}}', '{"__proto__":{"a":1},"name":"b"}'))).toMatchObject({
		name: "b",
		jest: {},
	});
	const gone = await found([{ kind: "deleted", path: "package.json" }], "npm test", {
		"package.json": ["{}", undefined],
	});
	expect(gone).toMatchObject({ changed: ["package.json"], laid: { put: ["package.json"] }, written: new Map() });
	const relinked = await found([{ kind: "changed", path: "package.json", isRelinked: true }], "npm test", {
		"package.json": ['{"scripts":{"test":"x"}}', undefined],
	});
	expect(relinked).toEqual(gone);
	const members = await found([{ kind: "changed", path: "package.json" }], "npm test", {
		"package.json": ['{"workspaces":["a","b"]}', '{"workspaces":["a"]}'],
	});
	expect(members.changed).toEqual(["package.json: workspaces"]);
});
