import { describe, expect, test } from "vitest";
import { parseSettings } from "../../tasks/repo/commands/config-list.ts";
import { type NumstatLog, parseNumstatLog } from "../../tasks/repo/commands/numstat-log.ts";
import { parsePatchIds, parsePatchLog, pathsIn } from "../../tasks/repo/commands/patch-log.ts";
import { parseBlobRefs, parseRefNames, parseTips } from "../../tasks/repo/commands/refs.ts";
import { splitZ } from "../../tasks/repo/commands/split.ts";
import { parseStatus } from "../../tasks/repo/commands/status.ts";
import { parseFiles, parseSubmodules, parseTotalSize } from "../../tasks/repo/commands/tree.ts";
import { findUnopened, findUnreadable, isBranchTaken, isRace, isUnwritten } from "../../tasks/repo/commands/words.ts";
import { parseWorktreeList } from "../../tasks/repo/commands/worktree-list.ts";

/** Fields as git prints them with `-z`. */
const z = (...fields: readonly string[]): string => fields.map((field) => `${field}\0`).join("");

test("parts, each with a NUL at its end", () => {
	expect(splitZ("")).toEqual([]);
	expect(splitZ(z("a b", "line\nfeed", "", " "))).toEqual(["a b", "line\nfeed", "", " "]);
});

test.each([
	["nothing", "", []],
	[
		"untracked and ignored",
		z("?? new.txt", "!! out/"),
		[
			{ state: "??", path: "new.txt" },
			{ state: "!!", path: "out/" },
		],
	],
	[
		"odd names",
		z(" M  lead", "?? line\nfeed", 'A  "quoted"', "?? a -> b"),
		[
			{ state: " M", path: " lead" },
			{ state: "??", path: "line\nfeed" },
			{ state: "A ", path: '"quoted"' },
			{ state: "??", path: "a -> b" },
		],
	],
	[
		"a rename, a copy, and what comes after",
		z("R  to", "?? from", "CM copy", "of", " D gone"),
		[
			{ state: "R ", path: "to", from: "?? from" },
			{ state: "CM", path: "copy", from: "of" },
			{ state: " D", path: "gone" },
		],
	],
])("status: %s", (_, stdout, entries) => {
	expect(parseStatus(stdout)).toEqual(entries);
});

test("worktrees: on a branch, detached, bare, locked with and without a reason, gone", () => {
	const head = "1".repeat(40);
	const entry = (path: string, ...fields: readonly string[]) => `${z(`worktree ${path}`, ...fields)}\0`;
	const listed = parseWorktreeList(
		[
			entry("/r", `HEAD ${head}`, "branch refs/heads/main"),
			entry("/w/a\nb c", `HEAD ${head}`, "detached", "locked"),
			entry(
				"/w/b",
				`HEAD ${head}`,
				"branch refs/heads/issue/B",
				"locked line\nfeed",
				"prunable gitdir file points to nowhere",
			),
			entry("/bare", "bare"),
		].join(""),
	);
	expect(listed).toEqual([
		{ path: "/r", head, branch: "refs/heads/main", locked: undefined, prunable: false },
		{ path: "/w/a\nb c", head, branch: undefined, locked: "", prunable: false },
		{ path: "/w/b", head, branch: "refs/heads/issue/B", locked: "line\nfeed", prunable: true },
		{ path: "/bare", head: "", branch: undefined, locked: undefined, prunable: false },
	]);
	expect(parseWorktreeList("")).toEqual([]);
});

const [A, B, C] = ["a", "b", "c"].map((digit) => digit.repeat(40)) as [string, string, string];

test.each<[string, string, NumstatLog]>([
	["nothing", "", { commits: [], changes: [] }],
	[
		"the first commit, and one without changes",
		`commit ${B} ${A}\0commit ${A} \0\n${z("1\t0\ta.txt")}`,
		{
			commits: [
				{ hash: B, parents: [A] },
				{ hash: A, parents: [] },
			],
			changes: [{ path: "a.txt", added: 1, deleted: 0 }],
		},
	],
	[
		"a merge, which has no changes of its own, between two commits",
		`commit ${C} ${B}\0\n${z("12\t3\ta", "0\t1\tb")}commit ${B} ${A} ${C}\0commit ${A} ${C}\0\n${z("1\t0\ta")}`,
		{
			commits: [
				{ hash: C, parents: [B] },
				{ hash: B, parents: [A, C] },
				{ hash: A, parents: [C] },
			],
			changes: [
				{ path: "a", added: 12, deleted: 3 },
				{ path: "b", added: 0, deleted: 1 },
				{ path: "a", added: 1, deleted: 0 },
			],
		},
	],
	[
		"odd names, a binary file and an empty one",
		`commit ${A} \0\n${z('1\t0\t lead "q"', "-\t-\tbin", "2\t1\tx\ny\tz", "0\t0\tempty", `1\t0\tcommit ${B} `)}`,
		{
			commits: [{ hash: A, parents: [] }],
			changes: [
				{ path: ' lead "q"', added: 1, deleted: 0 },
				{ path: "bin", added: 0, deleted: 0 },
				{ path: "x\ny\tz", added: 2, deleted: 1 },
				{ path: "empty", added: 0, deleted: 0 },
				{ path: `commit ${B} `, added: 1, deleted: 0 },
			],
		},
	],
])("log with lines: %s", (_, stdout, log) => {
	expect(parseNumstatLog(stdout)).toEqual(log);
});

test("trees: files, files that can be run, links, folders and submodules, whatever they are called", () => {
	const stdout = z(
		`100644 blob ${A}\t.gitignore`,
		`100755 blob ${B}\tline\nfeed\ttab`,
		`120000 blob ${C}\tlink`,
		`040000 tree ${C}\tfolder`,
		`160000 commit ${A}\tsub\nmodule`,
		`160000 commit ${A}\t160000 tab\tbed`,
		`100644 blob ${C}\t160000 file`,
	);
	expect(parseFiles(stdout)).toEqual([
		{ blob: A, path: ".gitignore" },
		{ blob: B, path: "line\nfeed\ttab" },
		{ blob: C, path: "160000 file" },
	]);
	expect(parseSubmodules(stdout)).toEqual([
		{ commit: A, path: "sub\nmodule" },
		{ commit: A, path: "160000 tab\tbed" },
	]);
	expect(parseSubmodules(z(`100644 ${A} 0\tfile`, `160000 ${B} 0\tsub\nmodule`))).toEqual([
		{ commit: B, path: "sub\nmodule" },
	]);
	expect(parseFiles("")).toEqual([]);
	expect(parseSubmodules("")).toEqual([]);
});

test("sizes of files, and of submodules, which have none", () => {
	expect(parseTotalSize(z("2", "-", "4294967296", "0"))).toBe(4294967298);
	expect(parseTotalSize("")).toBe(0);
});

test("settings: several for a key, of several lines, without a value, and those of the command itself", () => {
	const stdout = z(
		...["global", "user.name\nA B"],
		...["local", "filter.Odd.name.clean\nsed 's/a/b/'\n\nexit"],
		...["local", "core.bare"],
		...["worktree", "core.hookspath\n"],
		...["command", "core.hookspath\n/dev/null"],
		...["command", "core.hookspath\nof-mine"],
		...["global", "user.name\nC"],
	);
	expect(parseSettings(stdout, ["core.hooksPath=/dev/null"])).toEqual([
		{ scope: "global", key: "user.name", value: "A B" },
		{ scope: "local", key: "filter.Odd.name.clean", value: "sed 's/a/b/'\n\nexit" },
		{ scope: "local", key: "core.bare", value: "true" },
		{ scope: "worktree", key: "core.hookspath", value: "" },
		{ scope: "command", key: "core.hookspath", value: "of-mine" },
		{ scope: "global", key: "user.name", value: "C" },
	]);
	expect(parseSettings("")).toEqual([]);
});

test("branches with odd names", () => {
	expect([...parseTips(`${A} main\n${B} a/ü"{}$\n${A} -x'\n`)]).toEqual([
		["main", A],
		['a/ü"{}$', B],
		["-x'", A],
	]);
	expect(parseTips("").size).toBe(0);
	expect(parseRefNames('a/ü"{}$\nheads/two\n')).toEqual(['a/ü"{}$', "heads/two"]);
	expect(parseRefNames("")).toEqual([]);
});

test("refs with what their blobs hold: lines, nothing, and a NUL, which only spoils what comes after", () => {
	const entry = (...fields: readonly string[]) => `${z(...fields)}\n`;
	const two = entry("refs/orch/lock/A", A, '{"pid":1}\n') + entry('refs/orch/lock/ü"$', B, "");
	const known = [
		{ ref: "refs/orch/lock/A", blob: A, text: '{"pid":1}\n' },
		{ ref: 'refs/orch/lock/ü"$', blob: B, text: "" },
	];
	expect(parseBlobRefs(two)).toEqual(known);
	const spoilt = parseBlobRefs(two + entry("refs/orch/lock/C", C, "x\0y"));
	expect(spoilt.slice(0, 3)).toEqual([...known, { ref: "refs/orch/lock/C", blob: C, text: "x" }]);
	expect(parseBlobRefs("")).toEqual([]);
});

test("what git says in words", () => {
	expect(isRace("fatal: failed to read /r/.git/worktrees/A/commondir: Success")).toBe(true);
	expect(isRace("fatal: not a git repository")).toBe(false);
	expect(isBranchTaken("fatal: a branch named 'issue/A' already exists")).toBe(true);
	expect(isUnwritten("error: unable to write file a.txt")).toBe(true);
	expect(findUnopened("warning: could not open directory 'a\nb/': Permission denied\n")).toEqual(["a\nb"]);
	expect(findUnreadable('error: open("a b.txt"): Permission denied\n')).toBe("a b.txt");
	expect(findUnreadable("fatal: adding files failed")).toBeUndefined();
});

describe("commits with their patches", () => {
	const [first, second] = ["a".repeat(40), "b".repeat(64)];
	const logged = (hash: string, message: string, patch: string) => `\0commit ${hash}\0${message}\0\n${patch}`;
	const patch = (header: string) => `diff --git ${header}\nindex 1..2\n--- x\n+++ y\n@@ -1 +1 @@\n-commit\n+\0commit\n`;

	test("a message may hold anything but a NUL, and a patch even that", () => {
		const message = "A-1: x\n\ncommit it\ndiff --git a/x b/x\n";
		expect(parsePatchLog(`${logged(first, message, patch("a/f b/f"))}${logged(second, "", "\n")}`)).toMatchObject([
			{ hash: first, message, patch: expect.stringContaining("+\0commit") },
			{ hash: second, message: "", patch: "" },
		]);
		expect(parsePatchLog("")).toEqual([]);
	});

	test.each([
		["plain", ["a/f b/f"], ["f"]],
		["blanks, and a name that looks like two", ["a/x b/x b/x b/x", "a/ü b/ü"], ["x b/x", "ü"]],
		["twice the same", ["a/f b/f", "a/f b/f"], ["f"]],
		["quoted: nobody but git can read it back", ["a/f b/f", '"a/q\\"" "b/q\\""'], undefined],
	])("paths: %s", (_, headers, paths) => {
		expect(pathsIn(headers.map((header) => ({ hash: first, message: "", patch: patch(header) })))).toEqual(paths);
	});

	test("ids of patches by the commits they came with", () => {
		expect(parsePatchIds(`1 ${first}\n2 ${second}\n`)).toEqual(
			new Map([
				[first, "1"],
				[second, "2"],
			]),
		);
	});
});
