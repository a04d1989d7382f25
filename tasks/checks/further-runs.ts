import type { Check } from "../contract/check.ts";
import { comparedChecks } from "./compared-check.ts";
import type { Look } from "./look.ts";
import type { Looks, Terms } from "./looks.ts";
import { baseTests } from "./test-files.ts";
import { newTests, rewrittenTests } from "./tests-to-prove.ts";
import { hasFailed, unitsOf } from "./units.ts";
import { weakenedUnits } from "./weakening.ts";

/** Checks that are run a second time: those in which something failed. */
export function checksAgain(looks: readonly Look[]): Check[] {
	return looks.filter(hasFailed).map(({ check }) => check);
}

/** Checks that are run with the base's version of what they are made of: all that came to an answer, where the branch has changed it. */
export function checksToWeaken({ commit }: Pick<Looks, "commit">, { protected: { changed } }: Terms): Check[] {
	return changed.length > 0 ? commit.filter(unitsOf).map(({ check }) => check) : [];
}

/** Of those, the ones that are run a second time: where something seems to be weakened. */
export function checksToWeakenAgain(looks: Looks, terms: Terms): Check[] {
	return picked(looks, new Set(named(looks, terms, (check) => weakenedUnits(check, terms).length > 0)));
}

/** Checks that are run with the old version of tests that the branch has changed: those that tell tests apart, or all that pass. */
export function checksForOldTests({ commit }: Pick<Looks, "commit">, { testFiles }: Terms): Check[] {
	if (!baseTests(testFiles)) return [];
	const answered = commit.filter(unitsOf);
	const reporting = answered.filter(({ tests }) => tests);
	return (reporting.length > 0 ? reporting : answered.filter((look) => !hasFailed(look))).map(({ check }) => check);
}

/** Checks that are run on the base's sources with the branch's tests, once it is known what the old tests say. */
export function checksToProve(looks: Looks, terms: Terms): Check[] {
	const isAsked = named(
		looks,
		terms,
		(check) => newTests(check).some(([, { status }]) => status === "passed") || rewrittenTests(check).length > 0,
	);
	return picked(looks, new Set(isAsked));
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
	looks: Looks,
	terms: Terms,
	isMeant: (check: ReturnType<typeof comparedChecks>[number]) => boolean,
): string[] {
	return comparedChecks(looks, terms)
		.filter(isMeant)
		.map(({ name }) => name);
}

function picked({ commit }: Looks, names: ReadonlySet<string>): Check[] {
	return commit.filter(({ check }) => names.has(check.name)).map(({ check }) => check);
}
