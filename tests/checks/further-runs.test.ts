import { expect, test } from "vitest";
import {
	checksAgain,
	checksForOldTests,
	checksToProve,
	checksToWeaken,
	checksToWeakenAgain,
	withOwnNames,
} from "../../tasks/checks/further-runs.ts";
import { exits, looks, notRun, terms, tests } from "./looks.ts";

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
	const weakened = looks(tests({ a: "ok" }), tests({ a: "ok" }), { weakened: tests({ a: "bad" }) });
	expect(names(checksToWeakenAgain(weakened, CHANGED))).toEqual(["tests"]);
	const fine = looks(tests({ a: "ok" }), tests({ a: "ok" }), { weakened: tests({ a: "ok" }) });
	expect(checksToWeakenAgain(fine, CHANGED)).toEqual([]);
});

test("old tests are run where tests have changed, by what tells them apart", () => {
	expect(checksForOldTests({ commit: [tests({}), exits(0)] }, terms())).toEqual([]);
	expect(names(checksForOldTests({ commit: [tests({}), exits(0)] }, REWRITTEN))).toEqual(["tests"]);
	expect(names(checksForOldTests({ commit: [exits(0), exits(1, { name: "types" })] }, REWRITTEN))).toEqual(["lint"]);
});

test("new tests are proved, and changed ones whose old version fails", () => {
	expect(names(checksToProve(looks(tests({}), tests({ a: "ok" })), terms()))).toEqual(["tests"]);
	expect(checksToProve(looks(tests({}), tests({ a: "bad", b: "skip" })), terms())).toEqual([]);
	expect(checksToProve(looks(notRun("timed-out"), tests({ a: "ok" })), terms())).toEqual([]);
	const same = looks(tests({ a: "ok" }), tests({ a: "ok" }), { oldTests: tests({ a: "ok" }) });
	expect(checksToProve(same, REWRITTEN)).toEqual([]);
	const loosened = looks(tests({ a: "ok" }), tests({ a: "ok" }), { oldTests: tests({ a: "bad" }) });
	expect(names(checksToProve(loosened, REWRITTEN))).toEqual(["tests"]);
});

test("of two checks with one name, the second is told apart", () => {
	const checks = ["a", "a", "a (2)", "b"].map((name) => ({ name, run: "x" }));
	expect(names(withOwnNames(checks))).toEqual(["a", "a (2)", "a (2) (2)", "b"]);
});
