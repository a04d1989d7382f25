import { expect, test } from "vitest";
import {
	checksAgain,
	checksForOldTests,
	checksToProve,
	checksToWeaken,
	checksToWeakenAgain,
	checksToWeakenUnmixed,
	withOwnNames,
} from "../../tasks/checks/further-trials.ts";
import { exits, notRun, terms, tests, trials } from "./trials.ts";

const CHANGED = terms({ protected: { changed: ["vitest.config.ts"], isMixed: false } });
const REWRITTEN = terms({ testFiles: { added: [], changed: ["a.test.ts"], deleted: [], renamed: [] } });
const names = (checks: readonly { readonly name: string }[]) => checks.map(({ name }) => name);

test("what failed is run again, and not what came to no answer", () => {
	const all = [
		tests({ a: "bad" }),
		exits(0),
		exits(1, { name: "types" }),
		notRun("timed-out", undefined, { name: "slow" }),
	];
	expect(names(checksAgain(all))).toEqual(["tests", "types"]);
});

test("with the base's configuration, all is run that came to an answer, where it has changed", () => {
	const commit = [tests({ a: "bad" }), exits(0), notRun("timed-out", undefined, { name: "slow" })];
	expect(names(checksToWeaken({ commit }, CHANGED))).toEqual(["tests", "lint"]);
	expect(checksToWeaken({ commit }, terms())).toEqual([]);
	const weakened = trials(tests({ a: "ok" }), tests({ a: "ok" }), { weakened: tests({ a: "bad" }) });
	expect(names(checksToWeakenAgain(weakened, CHANGED))).toEqual(["tests"]);
	const fine = trials(tests({ a: "ok" }), tests({ a: "ok" }), { weakened: tests({ a: "ok" }) });
	expect(checksToWeakenAgain(fine, CHANGED)).toEqual([]);
});

test("where it may be for what the work needs that a check fails, it is run with all else of the base's configuration", () => {
	const unmixed = { laid: { put: ["lint.sh"], remove: [] }, written: new Map() };
	const both = terms({ protected: { changed: ["Makefile", "lint.sh"], isMixed: true, unmixed } });
	const untold = trials(exits(0), exits(0), { weakened: exits(2) });
	expect(names(checksToWeakenUnmixed(untold, both))).toEqual(["lint"]);
	expect(names(checksToWeakenUnmixed(trials(exits(0), exits(0), { weakened: notRun("timed-out") }), both))).toEqual([
		"lint",
	]);
	expect(checksToWeakenUnmixed(trials(exits(0), exits(0), { weakened: exits(0) }), both)).toEqual([]);
	expect(checksToWeakenUnmixed(untold, terms({ protected: { changed: ["Makefile"], isMixed: true } }))).toEqual([]);
});

test("old tests are run where tests have changed, by what tells them apart", () => {
	expect(checksForOldTests({ commit: [tests({}), exits(0)] }, terms())).toEqual([]);
	expect(names(checksForOldTests({ commit: [tests({}), exits(0)] }, REWRITTEN))).toEqual(["tests"]);
	expect(names(checksForOldTests({ commit: [exits(0), exits(1, { name: "types" })] }, REWRITTEN))).toEqual(["lint"]);
	const own = tests({ a: "ok" }, 0, { name: "own", isOwn: true });
	expect(names(checksForOldTests({ commit: [exits(0), own] }, REWRITTEN))).toEqual(["own", "lint"]);
});

test("new tests are proved, and changed ones whose old version fails", () => {
	expect(names(checksToProve(trials(tests({}), tests({ a: "ok" })), terms()))).toEqual(["tests"]);
	expect(checksToProve(trials(tests({}), tests({ a: "bad", b: "skip" })), terms())).toEqual([]);
	expect(checksToProve(trials(notRun("timed-out"), tests({ a: "ok" })), terms())).toEqual([]);
	const same = trials(tests({ a: "ok" }), tests({ a: "ok" }), { oldTests: tests({ a: "ok" }) });
	expect(checksToProve(same, REWRITTEN)).toEqual([]);
	const loosened = trials(tests({ a: "ok" }), tests({ a: "ok" }), { oldTests: tests({ a: "bad" }) });
	expect(names(checksToProve(loosened, REWRITTEN))).toEqual(["tests"]);
});

test("of two checks with one name, the second is told apart", () => {
	const checks = ["a", "a", "a (2)", "b"].map((name) => ({ name, run: "x" }));
	expect(names(withOwnNames(checks))).toEqual(["a", "a (2)", "a (2) (2)", "b"]);
});
