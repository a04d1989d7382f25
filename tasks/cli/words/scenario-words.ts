import { nearest } from "../../contract/nearest.ts";
import { Failure } from "../../contract/problem.ts";
import { isScenario, SCENARIOS, type Scenario } from "../../contract/scenario.ts";

/** The scenarios that end when a phase has been silent for too long. */
export const STALLING: readonly Scenario[] = ["hang", "unreachable"];

/** Tasks that have nothing of a rehearsal's own to show or do. */
export const ALIKE = ["discover", "check", "graph", "doctor", "preflight"];

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

/**
 * Checks that a task has something to rehearse.
 * @throws Failure `usage`.
 */
export function verifyRehearsal(task: string): void {
	if (!ALIKE.includes(task)) return;
	const message = `"${task}" has nothing to rehearse: it starts no agent, and says the same with --rehearse and without`;
	throw new Failure({ kind: "usage", message });
}
