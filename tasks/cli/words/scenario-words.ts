import { nearest } from "../../contract/nearest.ts";
import { Failure } from "../../contract/problem.ts";
import { isScenario, SCENARIOS, type Scenario } from "../../contract/scenario.ts";

/** The scenarios that end when a phase has been silent for too long. */
export const STALLING: readonly Scenario[] = ["hang", "unreachable"];

/** The scenarios in one line, for `--help`. */
export const scenarioList = SCENARIOS.join(", ");

/**
 * Reads the name of a scenario.
 * @throws Failure `usage`, which names those there are.
 */
export function readScenario(name: string): Scenario {
	if (isScenario(name)) return name;
	const message = `There is no scenario "${name}" to rehearse, only ${scenarioList}.`;
	throw new Failure({ kind: "usage", message, nearest: nearest(name, SCENARIOS) });
}
