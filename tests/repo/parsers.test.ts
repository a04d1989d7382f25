import { expect, test } from "vitest";
import { splitZ } from "../../tasks/repo/commands/split.ts";
import { parseStatus } from "../../tasks/repo/commands/status.ts";
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

test("what git says in words", () => {
	expect(isRace("fatal: failed to read /r/.git/worktrees/A/commondir: Success")).toBe(true);
	expect(isRace("fatal: not a git repository")).toBe(false);
	expect(isBranchTaken("fatal: a branch named 'issue/A' already exists")).toBe(true);
	expect(isUnwritten("error: unable to write file a.txt")).toBe(true);
	expect(findUnopened("warning: could not open directory 'a\nb/': Permission denied\n")).toEqual(["a\nb"]);
	expect(findUnreadable('error: open("a b.txt"): Permission denied\n')).toBe("a b.txt");
	expect(findUnreadable("fatal: adding files failed")).toBeUndefined();
});
