import type { Look } from "./look.ts";
import type { Looks, Terms } from "./looks.ts";
import { aligned } from "./same-tests.ts";
import { baseUnits, bothRuns, type Unit, type Units, unitsOf, WHOLE } from "./units.ts";

/** One check that came to an answer on the commit, with what it said elsewhere under the names that its tests have there. */
export interface ComparedCheck {
	readonly name: string;
	readonly isOwn: boolean;
	readonly hasReport: boolean;
	readonly now: Units;
	/** On the base; absent where there is no answer of it. */
	readonly was: Units | undefined;
	readonly proof: Units | "all-fail" | undefined;
	readonly oldTests: Units | undefined;
	readonly weakened: Units | undefined;
}

/** Brings together what has been said of each check. */
export function comparedChecks(looks: Looks, { testFiles }: Terms): ComparedCheck[] {
	return looks.commit.flatMap((look) => {
		const first = unitsOf(look);
		if (!first) return [];
		const of = <T extends Look>(all: readonly T[] | undefined) =>
			all?.find(({ check }) => check.name === look.check.name);
		const now = bothRuns(first, aligned(unitsOf(of(looks.again)), first));
		const weakened = aligned(unitsOf(of(looks.weakened)), now);
		const proof = of(looks.proof);
		return [
			{
				name: look.check.name,
				isOwn: look.check.isOwn ?? false,
				hasReport: look.tests !== undefined,
				now,
				was: aligned(baseUnits(of(looks.base)), now, testFiles.renamed),
				proof: proof && isBroken(proof) ? "all-fail" : aligned(unitsOf(proof), now),
				oldTests: aligned(unitsOf(of(looks.oldTests)), now, testFiles.renamed),
				weakened: weakened && bothRuns(weakened, aligned(unitsOf(of(looks.weakenedAgain)), weakened)),
			},
		];
	});
}

/** Where tests are compiled, those that name what the base lacks leave no report behind at all. */
function isBroken({ end }: Look): boolean {
	return end.kind === "not-run" && end.reason === "no-report" && end.exitCode !== 0;
}

/** Tests that the base does not have, and that are not skipped; none where it can't be told what it has. */
export function newTests({ now, was, isOwn, hasReport }: ComparedCheck): [string, Unit][] {
	const before = was ?? (isOwn ? new Map<string, Unit>() : undefined);
	if (!before || !hasReport) return [];
	return [...now].filter(([name, { status }]) => name !== WHOLE && !before.has(name) && status !== "skipped");
}

/** Tests that pass on both, and whose old version fails on the commit: their new one asks for something else, or for nothing. */
export function rewrittenTests({ now, was, oldTests, hasReport }: ComparedCheck): string[] {
	const isPass = (unit: Unit | undefined) => unit?.status === "passed" && !unit.isFlaky;
	return [...(oldTests ?? [])]
		.filter(([name, { status }]) => status === "failed" && isPass(now.get(name)) && isPass(was?.get(name)))
		.map(([name]) => name)
		.filter((name) => name !== WHOLE || !hasReport);
}

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
