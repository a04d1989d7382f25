import { execFileSync } from "node:child_process";
import { join, posix, resolve, win32 } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isName } from "../../tasks/contract/names.ts";
import { LETTER } from "../support/documents.ts";

test.each([
	"A",
	"a",
	"7",
	"007",
	"CIV-12",
	"LOCAL-TBD",
	"M1_v2",
	"v1.2.3",
	"a.b-c_d",
	"x--",
	"x_",
	"con1",
	"connect",
	"x.locks",
])("%s can be a name", (name) => {
	expect(isName(name)).toBe(true);
});

test.each([
	["nothing", ""],
	["a blank", "a b"],
	["a line end", "A-1\n"],
	["a tab", "A\t1"],
	["NUL", "A\0"],
	["a way out of the folder", "../x"],
	["the folder itself", "."],
	["the folder above", ".."],
	["a folder in between", "a/b"],
	["a backslash", "a\\b"],
	["an absolute path", "/etc"],
	["an option", "-x"],
	["a hidden file", ".x"],
	["a dot at its end", "x."],
	["two dots", "a..b"],
	["a lock of git", "x.lock"],
	["a lock of git in capitals", "x.LOCK"],
	["a device", "con"],
	["a device in capitals", "COM1"],
	["a device with an ending", "nul.txt"],
	["@", "@"],
	["an ancestor", "HEAD~1"],
	["another one", "HEAD^"],
	["a reflog", "x@{1}"],
	["a colon", "a:b"],
	["a pattern", "a*"],
	["an underscore in front", "_no-milestone"],
	["é, composed", "caf\u00e9"],
	["é, decomposed", "cafe\u0301"],
	["Greek that looks Latin", "Α-1"],
	["a letter beyond the first plane", "𝒜"],
	["300 characters", "a".repeat(300)],
	["65 characters", "a".repeat(65)],
])("%s can be no name", (_, name) => {
	expect(isName(name)).toBe(false);
});

test("64 characters are not too many", () => {
	expect(isName("a".repeat(64))).toBe(true);
});

test("git takes every name as a part of a branch", () => {
	const likely = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
	const spiteful = fc
		.array(fc.constantFrom("a", "Z", "0", ".", "-", "_", ".lock", "@", "/", "HEAD", "~", "con", "\\", " ", "{"), {
			minLength: 1,
			maxLength: 6,
		})
		.map((parts) => parts.join(""));
	const names = fc.array(fc.oneof(likely, spiteful, fc.string({ unit: LETTER })), { minLength: 100, maxLength: 100 });
	fc.assert(
		fc.property(names, (some) => {
			const accepted = some.filter(isName);
			expect(accepted.length).toBeGreaterThan(10);
			expect(refusedByGit(accepted)).toEqual([]);
		}),
		{ numRuns: 3 },
	);
});

test("git would refuse some of the others", () => {
	const others = ["a..b", "x.lock", "HEAD~1", "x."];
	expect(refusedByGit([...others, "A-1"])).toEqual(others);
});

test("every name is one segment of a path, on any system, and lies in its folder", () => {
	const spiteful = fc
		.array(fc.constantFrom("a", "Z", "0", ".", "..", "-", "_", "/", "\\", ":", "~", "con", "nul", " "), {
			maxLength: 4,
		})
		.map((parts) => parts.join(""));
	const anything = fc.oneof(
		spiteful,
		fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/),
		fc.string({ unit: LETTER }),
	);
	let accepted = 0;
	fc.assert(
		fc.property(anything, (name) => {
			if (!isName(name)) return;
			accepted++;
			const folder = resolve("/repo/logs/orch/M1");
			expect(join(folder, name)).toBe(`${folder}/${name}`);
			for (const system of [posix, win32]) {
				expect(system.basename(name)).toBe(name);
				expect(system.isAbsolute(name)).toBe(false);
			}
			expect(Buffer.from(name).length).toBeLessThanOrEqual(64);
			expect(name).toMatch(/^[\w.-]+$/);
		}),
		{ numRuns: 1_500 },
	);
	expect(accepted).toBeGreaterThan(300);
});

/** Asks git about `refs/heads/issue/<name>` for all of these, with one shell. */
function refusedByGit(names: readonly string[]): string[] {
	const script = 'for name; do git check-ref-format "refs/heads/issue/$name" || printf "%s\\n" "$name"; done';
	const output = execFileSync("sh", ["-c", script, "sh", ...names], { encoding: "utf8" });
	return output.split("\n").slice(0, -1);
}
