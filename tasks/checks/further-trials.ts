import type { Check } from "../contract/check.ts";
import { comparedChecks } from "./compared-check.ts";
import { baseTests } from "./test-files.ts";
import { newTests, rewrittenTests } from "./tests-to-prove.ts";
import type { Trial } from "./trial.ts";
import type { Terms, Trials } from "./trials.ts";
import { hasFailed, unitsOf } from "./units.ts";
import { isUntold, weakenedUnits } from "./weakening.ts";

/** Checks that are run a second time: those in which something failed. */
export function checksAgain(trials: readonly Trial[]): Check[] {
	return trials.filter(hasFailed).map(({ check }) => check);
}

/** Checks that are run with the base's version of what they are made of: all that came to an answer, where the branch has changed it. */
export function checksToWeaken({ commit }: Pick<Trials, "commit">, { protected: { changed } }: Terms): Check[] {
	return changed.length > 0 ? commit.filter(unitsOf).map(({ check }) => check) : [];
}

/**
 * Of those, the ones that are run with the base's version of what says nothing of the work's needs: where it may be for these needs that
 * they fail with all of it.
 */
export function checksToWeakenUnmixed(trials: Trials, terms: Terms): Check[] {
	if (!terms.protected.unmixed || !trials.weakened) return [];
	return picked(trials, new Set(named(trials, terms, (check) => isUntold(check, terms))));
}

/** Of those, the ones that are run a second time: where something seems to be weakened. */
export function checksToWeakenAgain(trials: Trials, terms: Terms): Check[] {
	return picked(trials, new Set(named(trials, terms, (check) => weakenedUnits(check, terms).length > 0)));
}

/** Checks that are run with the old version of tests that the branch has changed: those that tell tests apart, or all that pass. */
export function checksForOldTests({ commit }: Pick<Trials, "commit">, { testFiles }: Terms): Check[] {
	if (!baseTests(testFiles)) return [];
	const answered = commit.filter(unitsOf);
	const reporting = answered.filter(({ tests }) => tests);
	// What an issue's own tell of are not the repository's.
	const isTold = reporting.some(({ check }) => !check.isOwn);
	const others = isTold ? [] : answered.filter((trial) => !trial.tests && !hasFailed(trial));
	return [...reporting, ...others].map(({ check }) => check);
}

/** Checks that are run on the base's sources with the branch's tests, once it is known what the old tests say. */
export function checksToProve(trials: Trials, terms: Terms): Check[] {
	const isAsked = named(
		trials,
		terms,
		(check) => newTests(check).some(([, { status }]) => status === "passed") || rewrittenTests(check).length > 0,
	);
	return picked(trials, new Set(isAsked));
}

/** Checks of which no two have one name: what is a second one's is `name (2)`. */
export function withOwnNames(checks: readonly Check[]): Check[] {
	const taken = new Set<string>();
	return checks.map((check) => {
		let name = check.name;
		for (let number = 2; taken.has(name); number += 1) name = `${check.name} (${number})`;
		taken.add(name);
		return name === check.name ? check : { ...check, name };
	});
}

function named(
	trials: Trials,
	terms: Terms,
	isMeant: (check: ReturnType<typeof comparedChecks>[number]) => boolean,
): string[] {
	return comparedChecks(trials, terms)
		.filter(isMeant)
		.map(({ name }) => name);
}

function picked({ commit }: Trials, names: ReadonlySet<string>): Check[] {
	return commit.filter(({ check }) => names.has(check.name)).map(({ check }) => check);
}
