import { nearest } from "./names.ts";
import { Failure } from "./problem.ts";

/** What the agents of a rehearsal can be made to do: the work, or what goes wrong in a night. */
export const SCENARIOS = [
	"pass",
	"weak-tests",
	"cheats",
	"stubborn",
	"prose",
	"defer",
	"fail",
	"hang",
	"quota",
	"unreachable",
] as const;

/** What the agents of a rehearsal do. */
export type Scenario = (typeof SCENARIOS)[number];

/** True for the name of a scenario. */
export function isScenario(name: string): name is Scenario {
	return SCENARIOS.some((each) => each === name);
}

/** The file that the agent of a rehearsal writes in the top folder of its worktree. */
export function noteOf(issueId: string): string {
	return `rehearsal-${issueId}.md`;
}

/** A file of tests or of sources that the agent of a rehearsal writes, called as others in its folder are. */
export function rehearsedFile(issueId: string, { before = "", after = "" }): string {
	const separator = /[_.]/.exec(before + after)?.[0] === "_" ? "_" : "-";
	return `${before}rehearsal${separator}${separator === "_" ? issueId.replace(/\W+/g, "_") : issueId}${after}`;
}

/** True for a path of which it can be told that the agent of a rehearsal has made the file. */
export function isRehearsed(issueId: string, path: string): boolean {
	const plain = (text: string) => text.replace(/[^A-Za-z0-9]+/g, "-");
	const [, rest] = plain(path.slice(path.lastIndexOf("/") + 1)).split(`rehearsal-${plain(issueId)}-`, 2);
	return rest !== undefined && /^(?:(?:test|spec)-)?[a-z]{1,4}$/.test(rest);
}

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
