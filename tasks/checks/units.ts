import type { BaseLook, Look, TestResult } from "./look.ts";

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
export function unitsOf(look: Look | undefined): Units | undefined {
	if (look?.end.kind !== "ended") return undefined;
	const tests = [...(look.tests ?? [])].map(([name, { status, message, flickered }]): readonly [string, Unit] => [
		name,
		{ status, ...(message !== undefined && { message }), ...(flickered && { isFlaky: true }) },
	]);
	const isExplained = tests.some(([, { status }]) => status === "failed");
	const status = look.end.exitCode === 0 || isExplained ? "passed" : "failed";
	return new Map([[WHOLE, { status }], ...tests]);
}

/** True for a check in which something failed, itself or a test. One without an answer has not failed. */
export function hasFailed(look: Look): boolean {
	return [...(unitsOf(look)?.values() ?? [])].some(({ status }) => status === "failed");
}

/** A look at the base, of one or two runs. */
export function baseLook(first: Look, second?: Look): BaseLook {
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
export function baseUnits(look: BaseLook | undefined): Units | undefined {
	const units = look && unitsOf(look);
	if (!units) return undefined;
	const flickers = (name: string) => look.flickering.has(name === WHOLE ? look.check.name : name);
	const known = [...units].map(([name, unit]): readonly [string, Unit] => [
		name,
		flickers(name) ? { ...unit, isFlaky: true } : unit,
	]);
	return new Map(known);
}
