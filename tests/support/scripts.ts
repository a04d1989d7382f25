import { answer, devAnswer, reviewAnswer, run, shellQuoted } from "../../tasks/rehearsal/answers.ts";
import type { Prompted, Say, Script } from "./scripted-model.ts";

type Turn = ReturnType<Script>;
type Changes = Readonly<Record<string, unknown>>;

/** Writes `<issueId>.txt` into the worktree and passes. */
export async function* editAndPass(prompted: Prompted): Turn {
	yield edit(prompted);
	yield answer(devResult(prompted));
}

/** Passes without having touched anything. */
export async function* passWithoutChange(prompted: Prompted): Turn {
	yield answer(devResult(prompted));
}

/** Runs the given commands one after the other and passes; `summary` is the last one's output. */
export function runAndPass(...commands: readonly string[]): Script {
	return async function* (prompted) {
		let summary = "";
		for (const command of commands) summary = yield run(command);
		yield answer(devResult(prompted, { summary }));
	};
}

/** Edits, then answers in prose instead of JSON. */
export async function* answerProse(prompted: Prompted): Turn {
	yield edit(prompted);
	yield { kind: "answer", text: "All done. The tests pass." };
}

/** Edits, then answers in a JSON code fence. */
export async function* answerFenced(prompted: Prompted): Turn {
	yield edit(prompted);
	yield { kind: "answer", text: `\`\`\`json\n${JSON.stringify(devResult(prompted), null, 2)}\n\`\`\`` };
}

/** Edits, then passes with a key that no schema knows: `note`. */
export async function* answerExtraKey(prompted: Prompted): Turn {
	yield edit(prompted);
	yield answer(devResult(prompted, { note: "not in the schema" }));
}

/** Edits, then passes in the name of the issue `OTHER-1`. */
export async function* answerOtherIssue(prompted: Prompted): Turn {
	yield edit(prompted);
	yield answer(devResult(prompted, { issueId: "OTHER-1" }));
}

/** Edits, then defers to a human with one open question. */
export async function* answerDeferred(prompted: Prompted): Turn {
	yield edit(prompted);
	const openQuestions = ["Which of the two formats is meant?"];
	yield answer(devResult(prompted, { status: "deferred", summary: "Needs a decision.", openQuestions }));
}

/** Edits, then reports that it failed, with one failed test. */
export async function* answerFailed(prompted: Prompted): Turn {
	yield edit(prompted);
	const testsRun = [{ command: "npm test", status: "fail", notes: "1 of 3 fails" }];
	yield answer(devResult(prompted, { status: "failed", summary: "The tests do not pass.", testsRun }));
}

/** Edits, then the turn fails with this text, as a 400 that Codex does not repeat. */
export function failTurn(message: string): Script {
	return async function* (prompted) {
		yield edit(prompted);
		yield { kind: "http", status: 400, body: { error: { message } } };
	};
}

/** Edits, has a command exit with 3, and passes all the same. */
export async function* runFailingCommand(prompted: Prompted): Turn {
	yield edit(prompted);
	yield run("echo about to fail; exit 3");
	yield answer(devResult(prompted));
}

/** Tries to write to this absolute path, then edits and passes; `summary` holds the attempt's output. */
export function writeOutside(path: string): Script {
	return async function* (prompted) {
		const summary = yield run(`echo escaped > ${shellQuoted(path)}`);
		yield edit(prompted);
		yield answer(devResult(prompted, { summary }));
	};
}

/** Edits, then says nothing until the client goes away. */
export async function* hang(prompted: Prompted): Turn {
	yield edit(prompted);
	yield { kind: "silent" };
}

/** Edits, then ends the turn without any message. */
export async function* sayNothing(prompted: Prompted): Turn {
	yield edit(prompted);
	yield { kind: "nothing" };
}

/** Edits, runs `env` and passes; `summary` holds what the agent's shell has in its environment. */
export async function* printEnvironment(prompted: Prompted): Turn {
	yield edit(prompted);
	const summary = yield run("env");
	yield answer(devResult(prompted, { summary }));
}

/** Reviews the work and passes it. */
export async function* reviewPass(prompted: Prompted): Turn {
	yield answer(reviewResult(prompted));
}

/** Reviews the work and asks for one change. */
export async function* reviewChangesRequired(prompted: Prompted): Turn {
	const issue = { severity: "high", title: "No test", details: "Nothing covers it.", evidence: "tests/ is unchanged" };
	const findings = { issues: [issue], requiredActions: ["Add a test."], followups: ["Tidy the names."] };
	yield answer(reviewResult(prompted, { status: "changes_required", summary: "A test is missing.", ...findings }));
}

/** Adds a line to `<issueId>.txt` and passes the fix. */
export async function* fixPass(prompted: Prompted): Turn {
	yield run(`echo fixed >> ${shellQuoted(`${prompted.issueId}.txt`)}`);
	yield answer(devResult(prompted, { phase: "fix", summary: "Did what the review asked for." }));
}

/** A valid `pass` of the dev phase for what was asked, with these fields changed. */
export function devResult(prompted: Prompted, changes: Changes = {}): Changes {
	const testsRun = [{ command: "npm test", status: "pass", notes: "" } as const];
	return { ...devAnswer(prompted, { summary: `Wrote ${prompted.issueId}.txt.`, testsRun }), ...changes };
}

/** A valid `pass` of the review phase for what was asked, with these fields changed. */
export function reviewResult(prompted: Prompted, changes: Changes = {}): Changes {
	return { ...reviewAnswer(prompted, { summary: "Does what the issue asks for." }), ...changes };
}

/** Holds something until a test lets it go. */
export interface Gate {
	/** Resolves when the first one waits here. */
	readonly reached: Promise<void>;
	/** Lets go whoever waits, and whoever comes later. */
	release(): void;
	/** Says that it was reached, and resolves once released. */
	wait(): Promise<void>;
}

/** A closed gate. */
export function gate(): Gate {
	const reached = signal();
	const released = signal();
	return {
		reached: reached.fired,
		release: released.fire,
		wait() {
			reached.fire();
			return released.fired;
		},
	};
}

/** Holds the agent before its first step, and thus while it runs, until the gate is released. */
export function gated(script: Script, gate: Gate): Script {
	return async function* (prompted) {
		await gate.wait();
		yield* script(prompted);
	};
}

/** Edits, then is held with its work done: what a run shows of the command stays until the gate is released. Then passes. */
export function heldAfterEdit(gate: Gate): Script {
	return async function* (prompted) {
		yield edit(prompted);
		await gate.wait();
		yield answer(devResult(prompted));
	};
}

function signal(): { readonly fired: Promise<void>; fire(): void } {
	let fire = () => {};
	const fired = new Promise<void>((resolve) => {
		fire = resolve;
	});
	return { fired, fire: () => fire() };
}

function edit({ issueId }: Prompted): Say {
	return run(`echo ${shellQuoted(`written for ${issueId}`)} > ${shellQuoted(`${issueId}.txt`)}`);
}
