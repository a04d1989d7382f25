import { bothRuns } from "./both-runs.ts";
import type { Look } from "./look.ts";
import type { Looks, Terms } from "./looks.ts";
import { aligned } from "./same-tests.ts";
import { baseUnits, type Units, unitsOf } from "./units.ts";

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
