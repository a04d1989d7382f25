import { answer, fixAnswer, reviewAnswer, run } from "../../tasks/rehearsal/answers.ts";
import type { Prompted, Script } from "./scripted-model.ts";
import { devResult } from "./scripts.ts";

/** Scripts of an issue's turns, by their names. */
export type Turns = Readonly<Record<string, Script>>;

/** Answers each turn by its own script; of the same phase by the number of the cycle. One that has none is not to be asked for. */
export function byTurn(turns: Turns, seen: Prompted[] = []): Script {
	return (prompted) => {
		seen.push(prompted);
		const script = turns[turnOf(prompted)];
		if (!script) throw new Error(`${turnOf(prompted)} was not to be asked for`);
		return script(prompted);
	};
}

/** The turn that a prompt is for. */
export function turnOf({ prompt, context }: Prompted): string {
	const phase = /^# Phase: (\w+)$/m.exec(prompt)?.[1] ?? "";
	return phase === "dev" ? phase : `${phase}-${context.reviewCycle}`;
}

/** Something that a review has found. */
export const FOUND = {
	severity: "high",
	title: "No test",
	details: "Nothing covers it.",
	evidence: "A.txt:1",
} as const;

/** A review that passes the work. */
export const passes: Script = async function* (prompted) {
	yield answer(reviewAnswer(prompted, { summary: "Does what the issue asks for." }));
};

/** A review that asks for a test. */
export const wantsChanges: Script = async function* (prompted) {
	const asked = { issues: [FOUND], requiredActions: ["Add a test."], followups: ["Tidy the names."] };
	yield answer(reviewAnswer(prompted, { status: "changes_required", summary: "A test is missing.", ...asked }));
};

/** A review that a person has to decide something for. */
export const blocks: Script = async function* (prompted) {
	const asked = { requiredActions: ["A person decides which format is meant."] };
	yield answer(reviewAnswer(prompted, { status: "blocked", summary: "It can't be judged.", ...asked }));
};

/** A fix that has a command run, where there is one. */
export function fixes(summary: string, command?: string): Script {
	return async function* (prompted) {
		if (command !== undefined) yield run(command);
		yield answer(fixAnswer(prompted, { summary }));
	};
}

/** Work that is done by a command. */
export function works(command: string): Script {
	return async function* (prompted) {
		yield run(command);
		yield answer(devResult(prompted));
	};
}

/** One script after the other, each time it is asked; the last ever after. */
export function inTurn(...scripts: readonly [Script, ...Script[]]): Script {
	let asked = 0;
	return (prompted) => (scripts[Math.min(asked++, scripts.length - 1)] as Script)(prompted);
}
