import type { BaseTrial, TestResult, Trial } from "./trial.ts";

/** What is judged: a test by its name, or a check as a whole. */
export interface Unit {
	readonly status: TestResult["status"];
	readonly message?: string;
	/** It passed once and failed once. */
	readonly isFlaky?: true;
}

/** What a check says, by the names of its tests; {@link WHOLE} for itself. */
export type Units = ReadonlyMap<string, Unit>;

/** The name under which a check as a whole stands among its tests. No test has it. */
export const WHOLE = "";

/**
 * What a check said; nothing for one without an answer. Exit code and report must agree: one that fails without a test that fails
 * has failed as a whole.
 */
export function unitsOf(trial: Trial | undefined): Units | undefined {
	if (trial?.end.kind !== "ended") return undefined;
	const tests = [...(trial.tests ?? [])].map(([name, { status, message, flickered }]): readonly [string, Unit] => [
		name,
		{ status, ...(message !== undefined && { message }), ...(flickered && { isFlaky: true }) },
	]);
	const isExplained = tests.some(([, { status }]) => status === "failed");
	const status = trial.end.exitCode === 0 || isExplained ? "passed" : "failed";
	return new Map([[WHOLE, { status }], ...tests]);
}

/** True for a check in which something failed, itself or a test. One without an answer has not failed. */
export function hasFailed(trial: Trial): boolean {
	return [...(unitsOf(trial)?.values() ?? [])].some(({ status }) => status === "failed");
}

/** What two trials on the base come to, or one. */
export function baseTrial(first: Trial, second?: Trial): BaseTrial {
	const [one, other] = [unitsOf(first), unitsOf(second)];
	const names = new Set([...(one?.keys() ?? []), ...(other?.keys() ?? [])]);
	const flickering = [...names].filter((name) => {
		const [before, after] = [one?.get(name), other?.get(name)];
		if (before?.isFlaky || after?.isFlaky) return true;
		// Without a second answer nothing is known to flicker.
		return one && other && (before?.status === "failed") !== (after?.status === "failed");
	});
	return { ...first, flickering: new Set(flickering.map((name) => (name === WHOLE ? first.check.name : name))) };
}

/** What a check said on the base, with what flickered there. */
export function baseUnits(trial: BaseTrial | undefined): Units | undefined {
	const units = trial && unitsOf(trial);
	if (!units) return undefined;
	const flickers = (name: string) => trial.flickering.has(name === WHOLE ? trial.check.name : name);
	const known = [...units].map(([name, unit]): readonly [string, Unit] => [
		name,
		flickers(name) ? { ...unit, isFlaky: true } : unit,
	]);
	return new Map(known);
}
