import type { Phase } from "../contract/phase.ts";
import type { PhaseResult } from "../contract/result.ts";
import { noteOf } from "../contract/scenario.ts";
import { answer, devAnswer, fixAnswer, run, shellQuoted } from "./answers.ts";
import type { Prompted, Say } from "./script.ts";

/** What a script says of one turn, as a part of it. */
export type Saying<T = void> = AsyncGenerator<Say, T, string>;

/** How much of a document, or of a list of files, is read; more would only fill the log. */
export const LONGEST_READ = 20_000;

/** The phase that a prompt is for. */
export function phaseOf({ prompt }: Pick<Prompted, "prompt">): Phase {
	const [, phase] = /^# Phase: (\w+)$/m.exec(prompt) ?? [];
	return phase === "review" || phase === "fix" ? phase : "dev";
}

/** Reads the issue document in the worktree, and writes a note about it. */
export async function* writeNote({ issueId, context }: Prompted): Saying {
	const { issueDocPath } = context;
	const document = yield run(`head -c ${LONGEST_READ} -- ${shellQuoted(issueDocPath)}`);
	const title = /^title: *"?(.*?)"?\s*$/m.exec(document)?.[1] ?? "";
	const lines = [`# Rehearsal of ${issueId}: ${title}`, `Written by a script that has read ${issueDocPath}.`];
	yield run(`printf '%s\\n' ${lines.map(shellQuoted).join(" ")} > ${shellQuoted(noteOf(issueId))}`);
}

/** Adds a line to the note. */
export async function* addToNote({ issueId }: Prompted, line: string): Saying {
	yield run(`printf '%s\\n' ${shellQuoted(line)} >> ${shellQuoted(noteOf(issueId))}`);
}

/** Ends a turn of work by whether its note is there, with a sentence on what else was done. */
export async function* concludeWork(prompted: Prompted, done: string): Saying {
	const note = noteOf(prompted.issueId);
	const check = `wc -l ${shellQuoted(note)}`;
	const output = yield run(check);
	// The engine is real, and so is what it says: where nothing could be written, nothing has passed.
	const isThere = output.split("\n").some((line) => line.endsWith(` ${note}`) && Number.parseInt(line, 10) > 0);
	const result = {
		status: isThere ? "pass" : "failed",
		summary: isThere
			? `Rehearsed: ${done} Nothing of what the issue asks for was done.`
			: `${note} could not be written: ${output}`,
		testsRun: [{ command: check, status: isThere ? "pass" : "fail", notes: "" }],
	} satisfies Partial<PhaseResult<"dev">>;
	yield answer(phaseOf(prompted) === "fix" ? fixAnswer(prompted, result) : devAnswer(prompted, result));
}
