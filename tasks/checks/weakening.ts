import type { ComparedCheck } from "./compared-check.ts";
import type { Terms } from "./trials.ts";
import { type Unit, WHOLE } from "./units.ts";

/** What failed with the base's version of what the checks are made of, and passed on the base, and does not fail on the commit. */
export function weakenedUnits(
	{ now, was, weakened }: ComparedCheck,
	{ protected: { isMixed } }: Terms,
): [string, Unit][] {
	return [...(weakened ?? [])].filter(([name, { status }]) => {
		const [before, after] = [was?.get(name), now.get(name)];
		const isOnlyThere = before?.status === "passed" && !before.isFlaky && after?.status !== "failed" && !after?.isFlaky;
		return status === "failed" && isOnlyThere && !(name === WHOLE && isMixed);
	});
}

/** Whether the run with the base's version of those files says all that it could about what passes. */
export function isWeakeningKnown({ now, was, weakened }: ComparedCheck, { protected: { isMixed } }: Terms): boolean {
	if (!weakened || !was || (isMixed && weakened.get(WHOLE)?.status === "failed")) return false;
	return [...now].every(
		([name, { status }]) => status !== "passed" || was.get(name)?.status !== "passed" || weakened.has(name),
	);
}
