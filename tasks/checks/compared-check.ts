import { bothTrials } from "./both-trials.ts";
import { aligned } from "./same-tests.ts";
import type { Trial } from "./trial.ts";
import type { Terms, Trials } from "./trials.ts";
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
	readonly unmixed: Units | undefined;
}

/** Brings together what has been said of each check. */
export function comparedChecks(trials: Trials, { testFiles }: Terms): ComparedCheck[] {
	return trials.commit.flatMap((trial) => {
		const first = unitsOf(trial);
		if (!first) return [];
		const of = <T extends Trial>(all: readonly T[] | undefined) =>
			all?.find(({ check }) => check.name === trial.check.name);
		const now = bothTrials(first, aligned(unitsOf(of(trials.again)), first));
		const twice = (trials: readonly Trial[] | undefined, again: readonly Trial[] | undefined) => {
			const units = aligned(unitsOf(of(trials)), now);
			return units && bothTrials(units, aligned(unitsOf(of(again)), units));
		};
		const proof = of(trials.proof);
		return [
			{
				name: trial.check.name,
				isOwn: trial.check.isOwn ?? false,
				hasReport: trial.tests !== undefined,
				now,
				was: aligned(baseUnits(of(trials.base)), now, testFiles.renamed),
				proof: proof && isBroken(proof) ? "all-fail" : aligned(unitsOf(proof), now),
				oldTests: aligned(unitsOf(of(trials.oldTests)), now, testFiles.renamed),
				weakened: twice(trials.weakened, trials.weakenedAgain),
				unmixed: twice(trials.unmixed, trials.unmixedAgain),
			},
		];
	});
}

/** Where tests are compiled, those that name what the base lacks leave no report behind at all. */
function isBroken({ end }: Trial): boolean {
	return end.kind === "not-run" && end.reason === "no-report" && end.exitCode !== 0;
}
