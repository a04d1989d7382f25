import type { ComparedCheck } from "./compared-check.ts";
import type { Terms } from "./trials.ts";
import { type Unit, WHOLE } from "./units.ts";

/** What failed with the base's version of what the checks are made of, and passed on the base, and does not fail on the commit. */
export function weakenedUnits(
	{ now, was, weakened, unmixed }: ComparedCheck,
	{ protected: { isMixed } }: Terms,
): [string, Unit][] {
	const isOnlyThere = (name: string, { status }: Unit) => {
		const [before, after] = [was?.get(name), now.get(name)];
		return (
			status === "failed" &&
			before?.status === "passed" &&
			!before.isFlaky &&
			after?.status !== "failed" &&
			!after?.isFlaky
		);
	};
	const withAll = [...(weakened ?? [])].filter(
		([name, unit]) => isOnlyThere(name, unit) && !(name === WHOLE && isMixed),
	);
	return [...new Map([...[...(unmixed ?? [])].filter(([name, unit]) => isOnlyThere(name, unit)), ...withAll])];
}

/** True where the run with the base's version of all those files says nothing of a check as a whole: the work may need others. */
export function isUntold({ weakened }: ComparedCheck, { protected: { isMixed } }: Terms): boolean {
	return isMixed && weakened?.get(WHOLE)?.status !== "passed";
}

/**
 * Whether the run with the base's version of those files says all that it could about what passes. What failed on the base, and passes by
 * the branch's version alone, may have been mended by that or silenced.
 */
export function isWeakeningKnown(check: ComparedCheck, terms: Terms): boolean {
	const { now, was, weakened } = check;
	if (!weakened || !was || isUntold(check, terms)) return false;
	return [...now].every(([name, { status }]) => {
		const [before, there] = [was.get(name)?.status, weakened.get(name)?.status];
		if (status !== "passed" || before === undefined || before === "skipped") return true;
		return before === "passed" ? there !== undefined : there !== "failed";
	});
}
