import { join, relative } from "node:path";
import type { IssuePlan } from "../../contract/issue.ts";
import type { Scenario } from "../../contract/scenario.ts";
import type { RunReport } from "../../engine/execute.ts";
import { gitCommand, shellWord } from "./format.ts";
import { recordOf } from "./outcome-words.ts";
import type { Say } from "./say.ts";

/** What the agents do in each scenario. */
const ROLES: Readonly<Record<Scenario, string>> = {
	pass: "writes a note and passes",
	"weak-tests": "adds a test that asserts nothing",
	cheats: "breaks a check, empties what would say so, and deletes a test",
	stubborn: "never does what its review asks for",
	prose: "answers in prose instead of JSON",
	defer: "defers to a person",
	fail: "says that it failed",
	hang: "stops saying anything",
	quota: "has used up its quota",
	unreachable: "can't be reached any more",
};

/** What a run does that is rehearsed: it only looks, has agents work, or has their work judged too. */
type Doing = "looks" | "works" | "judges";

/** What stands above everything else that a rehearsal prints. */
export function rehearsalOpening(scenario: Scenario, doing: Doing): string {
	const own = "Branches rehearsal/<ID>, logs in logs/rehearsal.";
	if (doing === "looks") return `Of rehearsals only, not of the work. ${own}`;
	const some =
		scenario === "pass" && doing === "judges"
			? "; of every five issues, one breaks a check, and one is sent back by its review"
			: "";
	return `Rehearsal: Codex is real, its model is a script that ${ROLES[scenario]}${some}. It needs no account and no network, and costs nothing.\n${own}`;
}

/** Where a rehearsal can be looked at, and how it goes away. */
export function rehearsalClosing(report: RunReport<IssuePlan>, forReal: string, cwd: string, say: Say): string[] {
	const recordOfIssue = ({ id }: IssuePlan) => recordOf(report.outcomes.get(id) ?? new Map());
	const shown = report.issues.find((issue) => (recordOfIssue(issue)?.saved?.commits ?? 0) > 0);
	const look = shown
		? [
				`To look at a result: ${gitCommand(shown.repository.root, cwd)} show ${say.revision(shown.branch)}`,
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

/**
 * A command that is suggested in a rehearsal stays in it.
 * @param isAlike true for the first word of a command that says the same in a rehearsal and without.
 */
export function sayInRehearsal(say: Say, isAlike: (word: string) => boolean): Say {
	const stay = (command: string, words: string) => {
		const [first = ""] = words.split(" ");
		return first.startsWith("-") || isAlike(first) || words.includes("--rehearse") ? command : `${command} --rehearse`;
	};
	const at = (task: string): Say => sayInRehearsal(say.at(task), isAlike);
	return Object.assign((words: string) => stay(say(words), words), {
		at,
		git: say.git,
		revision: say.revision,
		goal: say.goal,
		save: (issue: string) => stay(say.save(issue), ""),
	});
}
