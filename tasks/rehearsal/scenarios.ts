import { noteOf, type Scenario } from "../contract/scenario.ts";
import { answer, devAnswer, run, shellQuoted } from "./answers.ts";
import type { Prompted, Say, Script } from "./script.ts";

/** How much of an issue document is read; more would only fill the log. */
const LONGEST_DOCUMENT = 20_000;

/** What the model says in each scenario. All of them work first, so that there is something to keep. */
export const SCRIPTS: Readonly<Record<Scenario, Script>> = {
	async *pass(prompted) {
		const { issueId } = prompted;
		const note = noteOf(issueId);
		const check = `wc -l ${shellQuoted(note)}`;
		yield* work(prompted);
		const output = yield run(check);
		// The engine is real, and so is what it says: where nothing could be written, nothing has passed.
		const isThere = output.split("\n").some((line) => line.endsWith(` ${note}`) && Number.parseInt(line, 10) > 0);
		const testsRun = [{ command: check, status: isThere ? "pass" : "fail", notes: "" } as const];
		const summary = isThere
			? `Rehearsed: read the issue, wrote ${note}. Nothing of what the issue asks for was done.`
			: `${note} could not be written: ${output}`;
		yield answer(devAnswer(prompted, { status: isThere ? "pass" : "failed", summary, testsRun }));
	},
	async *prose(prompted) {
		yield* work(prompted);
		yield { kind: "answer", text: "All done! The issue is implemented and everything works." };
	},
	async *defer(prompted) {
		yield* work(prompted);
		const openQuestions = ["Which of the two formats is meant, and who decides it?"];
		yield answer(devAnswer(prompted, { status: "deferred", summary: "A person has to decide first.", openQuestions }));
	},
	async *fail(prompted) {
		yield* work(prompted);
		const testsRun = [{ command: "npm test", status: "fail", notes: "1 of 3 fails" } as const];
		yield answer(devAnswer(prompted, { status: "failed", summary: "The tests can't be made to pass.", testsRun }));
	},
	async *hang(prompted) {
		yield* work(prompted);
		yield { kind: "silent" };
	},
	async *quota(prompted) {
		yield* work(prompted);
		yield { kind: "failed", code: "insufficient_quota", message: "All of it is used." };
	},
	async *unreachable(prompted) {
		yield* work(prompted);
		yield { kind: "gone" };
	},
};

/** Reads the issue document in the worktree, and writes a note about it. */
async function* work({ issueId, context }: Prompted): AsyncGenerator<Say, void, string> {
	const { issueDocPath } = context;
	const document = yield run(`head -c ${LONGEST_DOCUMENT} -- ${shellQuoted(issueDocPath)}`);
	const title = /^title: *"?(.*?)"?\s*$/m.exec(document)?.[1] ?? "";
	const lines = [`# Rehearsal of ${issueId}: ${title}`, `Written by a script that has read ${issueDocPath}.`];
	yield run(`printf '%s\\n' ${lines.map(shellQuoted).join(" ")} > ${shellQuoted(noteOf(issueId))}`);
}
