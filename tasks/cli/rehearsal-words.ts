import { join, relative } from "node:path";
import type { IssuePlan } from "../contract/issue.ts";
import { nearest } from "../contract/nearest.ts";
import { Failure } from "../contract/problem.ts";
import { isScenario, SCENARIOS, type Scenario } from "../contract/scenario.ts";
import type { RunReport } from "../engine/execute.ts";
import { gitCommand, shellWord } from "./format.ts";
import { recordOf } from "./outcome-words.ts";
import type { Say } from "./say.ts";

/** What the agents do in each scenario. */
const ROLES: Readonly<Record<Scenario, string>> = {
	pass: "writes a note and passes",
	prose: "answers in prose instead of JSON",
	defer: "defers to a person",
	fail: "says that it failed",
	hang: "stops saying anything",
	quota: "has used up its quota",
	unreachable: "can't be reached any more",
};

/** The scenarios that end when a phase has been silent for too long. */
export const STALLING: readonly Scenario[] = ["hang", "unreachable"];

/** Tasks that have nothing of a rehearsal's own to show or do. */
const ALIKE = ["discover", "check", "graph", "doctor", "preflight"];

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
 * Checks that there is something to rehearse.
 * @throws Failure `usage`.
 */
export function verifyRehearsal(task: string | undefined): void {
	if (task === undefined)
		throw new Failure({
			kind: "usage",
			message: "--rehearse goes with a task or goal and its target: dev M1 --rehearse",
		});
	if (ALIKE.includes(task)) {
		const message = `"${task}" has nothing to rehearse: it starts no agent, and says the same with --rehearse and without`;
		throw new Failure({ kind: "usage", message });
	}
}

/** What stands above everything else that a rehearsal prints. */
export function rehearsalOpening(scenario: Scenario, startsAgents: boolean): string {
	const own = "Branches rehearsal/<ID>, logs in logs/rehearsal.";
	if (!startsAgents) return `Of rehearsals only, not of the work. ${own}`;
	return `Rehearsal: Codex is real, its model is a script that ${ROLES[scenario]}. It needs no account and no network, and costs nothing.\n${own}`;
}

/** Where a rehearsal can be looked at, and how it goes away. */
export function rehearsalClosing(report: RunReport<IssuePlan>, forReal: string, cwd: string, say: Say): string[] {
	const shown = report.issues.find(
		(issue) => (recordOf(report.outcomes.get(issue.id) ?? new Map())?.saved?.commits ?? 0) > 0,
	);
	const look = shown
		? [
				`To look at a result: ${gitCommand(shown.repository.root, cwd)} show ${shown.branch}`,
				`What its agent said and did: ${shellWord(relative(cwd, join(shown.logDir, "dev.jsonl")))}`,
			]
		: [];
	return [
		"That was a rehearsal; nothing of what the issues ask for was done.",
		...look,
		`To remove all rehearsals: ${say("clean --yes")}`,
		`To do it for real: ${forReal}`,
	];
}

/** A command that is suggested in a rehearsal stays in it. */
export function sayInRehearsal(say: Say): Say {
	const stay = (words: string) => {
		const isAlike = words.startsWith("-") || ALIKE.includes(words.split(" ")[0] ?? "");
		return say(isAlike || words.includes("--rehearse") ? words : `${words} --rehearse`);
	};
	return Object.assign(stay, { git: say.git });
}
