import fc from "fast-check";
import { expect, test } from "vitest";
import { compare } from "../../tasks/checks/compare.ts";
import type { Terms, Trials } from "../../tasks/checks/trials.ts";
import { baseTrial } from "../../tasks/checks/units.ts";
import { countOf } from "../../tasks/contract/checks-verdict.ts";
import type { VerifyRecord } from "../../tasks/contract/verify-record.ts";
import { verifyRecord } from "../support/documents.ts";
import { terms, tests, trials, type Went } from "./trials.ts";

const went = fc.dictionary(fc.constantFrom("a", "b", "c", "d", "e 1", "e 2"), fc.constantFrom("ok", "bad", "skip"), {
	maxKeys: 6,
}) as fc.Arbitrary<Went>;
const trial = fc
	.tuple(went, fc.option(fc.constantFrom(0, 1, 139), { nil: undefined }))
	.map(([all, code]) => tests(all, code));
const some = fc.option(trial, { nil: undefined });

const verdicts = fc
	.record({
		base: fc.tuple(trial, some).map(([first, second]) => baseTrial(first, second)),
		commit: trial,
		more: fc.record({ again: some, weakened: some, weakenedAgain: some, unmixed: some, proof: some, oldTests: some }),
		requireProof: fc.boolean(),
		mayVanish: fc.boolean(),
	})
	.map(({ base, commit, more, ...settings }) => {
		const ran = Object.fromEntries(Object.entries(more).filter(([, value]) => value !== undefined));
		const changed = more.weakened ? ["vitest.config.ts"] : [];
		const all: Trials = trials(base, commit, ran);
		return { all, verdict: compare(all, terms({ ...settings, protected: { changed, isMixed: false } })) };
	});

test("no test is told of in two ways that contradict each other, nor twice in one", () => {
	fc.assert(
		fc.property(verdicts, ({ verdict }) => {
			const names = (list: readonly { readonly test?: string }[]) => list.map((each) => each.test ?? "*");
			const { newFailures, vanished, preExisting, fixed, flaky, weakened, unproved } = verdict;
			const apart = [newFailures, vanished, preExisting, fixed, flaky].flatMap(names);
			expect(new Set(apart).size).toBe(apart.length);
			for (const list of [weakened, unproved].map(names)) expect(new Set(list).size).toBe(list.length);
			const failing = new Set([newFailures, preExisting, flaky].flatMap(names));
			expect([weakened, unproved].flatMap(names).filter((name) => failing.has(name))).toEqual([]);
			expect(names(unproved).filter((name) => names(vanished).includes(name) || names(fixed).includes(name))).toEqual(
				[],
			);
			expect(verdict.proved).toBeLessThanOrEqual(verdict.newTests);
		}),
		{ numRuns: 2_000 },
	);
});

test("what failed and passed on the base is never passed over: it is a failure, or it passed another time", () => {
	fc.assert(
		fc.property(verdicts, ({ all, verdict }) => {
			const told = new Set([...verdict.newFailures, ...verdict.preExisting, ...verdict.flaky].map(({ test }) => test));
			const failed = [...(all.commit[0]?.tests ?? [])].filter(([, { status }]) => status === "failed");
			expect(failed.map(([name]) => name).filter((name) => !told.has(name))).toEqual([]);
			const isRed = all.commit[0]?.end.kind === "ended" && all.commit[0].end.exitCode !== 0;
			if (isRed || failed.length > 0) expect(told.size).toBeGreaterThan(0);
		}),
		{ numRuns: 2_000 },
	);
});

test("ten thousand tests are compared in a moment, also where all of them have other names", () => {
	const named = (word: string, how: "ok" | "bad" = "ok") =>
		tests(Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`${word} ${at}`, how])));
	const renamed = Array.from({ length: 500 }, (_, at) => ({ from: `a${at}.ts`, path: `b${at}.ts`, isChanged: false }));
	const testFiles = { added: [], changed: [], deleted: [], renamed };
	const more = { again: named("c"), proof: named("d"), oldTests: named("a"), weakened: named("b") };
	const all = trials(named("a"), named("b"), more);
	const broken = trials(named("a"), named("b", "bad"), { ...more, again: named("b", "bad") });
	const before = performance.now();
	expect(countOf(verdict(all, { testFiles }), "vanished")).toBe(10_000);
	expect(countOf(verdict(broken, { testFiles }), "newFailures")).toBe(10_000);
	expect(performance.now() - before).toBeLessThan(5_000);
});

test("more tests than a call can have arguments are compared", () => {
	const named = (word: string) =>
		new Map(Array.from({ length: 130_000 }, (_, at) => [`${word} ${at}`, { status: "passed" }] as const));
	const all = trials({ ...tests({}), tests: named("a") }, { ...tests({}), tests: named("b") });
	const record = verdict(all);
	expect(countOf(record, "vanished")).toBe(130_000);
	// And what is kept of them is little.
	expect(JSON.stringify(record).length).toBeLessThan(100_000);
});

function verdict(all: Trials, more: Partial<Terms> = {}): VerifyRecord {
	return { ...verifyRecord(), ...compare(all, terms(more)) };
}
