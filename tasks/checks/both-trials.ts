import { type Unit, type Units, WHOLE } from "./units.ts";

/** What a check said in two runs, of which the second is absent where it came to no answer. */
export function bothTrials(first: Units, second: Units | undefined): Units {
	if (!second) return first;
	const names = new Set([...first.keys(), ...second.keys()]);
	const units = new Map([...names].map((name) => [name, both(first.get(name), second.get(name))]));
	const isExplained = [...units.values()].some(({ status }) => status === "failed");
	const hasFailedTwice = [first, second].every((run) => [...run.values()].some(({ status }) => status === "failed"));
	// It failed by itself one time, and the other time too: what failed then did not come again.
	if (units.get(WHOLE)?.isFlaky && hasFailedTwice && !isExplained) units.set(WHOLE, { status: "failed" });
	return units;
}

/** What failed and was not there, or was skipped, the other time has failed. */
function both(one: Unit | undefined, other: Unit | undefined): Unit {
	const units = [one, other].filter((unit) => unit !== undefined);
	const failure = units.find(({ status }) => status === "failed");
	const pass = units.find(({ status }) => status === "passed");
	if (failure) return pass ? { ...failure, status: "passed", isFlaky: true } : failure;
	const flaky = units.find(({ isFlaky }) => isFlaky);
	return flaky ?? pass ?? { status: "skipped" };
}
