import type { BaseTrial, TestResult, Trial } from "../../tasks/checks/trial.ts";
import type { Terms, Trials } from "../../tasks/checks/trials.ts";
import { baseTrial } from "../../tasks/checks/units.ts";
import type { Check } from "../../tasks/contract/check.ts";
import type { NotRun } from "../../tasks/contract/verify-record.ts";

/** How tests went, by their names: `ok`, `bad` or `skip`. */
export type Went = Readonly<Record<string, "ok" | "bad" | "skip">>;

const STATUS = { ok: "passed", bad: "failed", skip: "skipped" } as const;

/** A trial of a check with a report. Its exit code is 1 where a test failed, unless another is given. */
export function tests(went: Went, exitCode?: number, check: Partial<Check> = {}): Trial {
	const results = Object.entries(went).map(([name, how]): [string, TestResult] => [
		name,
		how === "bad" ? { status: "failed", message: `${name} broke` } : { status: STATUS[how] },
	]);
	const code = exitCode ?? (Object.values(went).includes("bad") ? 1 : 0);
	const name = { name: "tests", run: "npm test", junit: "tests.xml", ...check };
	return {
		check: name,
		end: { kind: "ended", exitCode: code },
		tests: new Map(results),
		durationMs: 5,
		log: "tests.log",
	};
}

/** A trial of a check that is judged by its exit code. */
export function exits(exitCode: number, check: Partial<Check> = {}): Trial {
	const name = { name: "lint", run: "npm run lint", ...check };
	return { check: name, end: { kind: "ended", exitCode }, durationMs: 5, log: "lint.log" };
}

/** A trial of a check that came to no answer. */
export function notRun(reason: NotRun, exitCode?: number, check: Partial<Check> = {}): Trial {
	const end = { kind: "not-run", reason, detail: "why", ...(exitCode !== undefined && { exitCode }) } as const;
	const name = { name: "tests", run: "npm test", junit: "tests.xml", ...check };
	return { check: name, end, durationMs: 5, log: "tests.log" };
}

/** Trials of one check. */
export function trials(
	base: Trial | BaseTrial,
	commit: Trial,
	more: Partial<Record<keyof Trials, Trial>> = {},
): Trials {
	const others = Object.entries(more).map(([key, trial]) => [key, [trial]]);
	const first = "flickering" in base ? base : baseTrial(base);
	return { base: [first], commit: [commit], ...Object.fromEntries(others) };
}

/** Terms of a branch that has changed neither tests nor checks. */
export function terms(more: Partial<Terms> = {}): Terms {
	const testFiles = { added: [], changed: [], deleted: [], renamed: [] };
	return {
		mayVanish: false,
		requireProof: false,
		protected: { changed: [], isMixed: false },
		testFiles,
		...more,
	};
}
