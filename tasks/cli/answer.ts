import { join } from "node:path";
import { type Answerable, findAnswerable, newOf, openOf, verifyPlace, withAnswers, writeDocument } from "../answer.ts";
import { answerSubject, commitAnswers } from "../commit-answers.ts";
import { Failure } from "../contract/problem.ts";
import { chosenIssue, type Found } from "./answer-target.ts";
import type { RunRequest } from "./request.ts";
import type { Surroundings } from "./surroundings.ts";
import { type Kept, type Taken, takeAnswers } from "./take-answers.ts";
import { afterLines, changeText, keptLine } from "./words/answer-words.ts";
import type { Decoration } from "./words/doctor-words.ts";

/** What came of it, as data. */
interface Result {
	readonly exitCode: number;
	readonly issue: string;
	readonly file: string;
	readonly phase: string;
	readonly startedAt: string;
	readonly written: boolean;
	readonly commit: string | null;
	readonly answers: Answerable["said"]["answers"];
	readonly remarks: readonly string[];
	/** The questions that nobody has answered yet. */
	readonly open: readonly string[];
}

/**
 * Takes a person's answers to what an issue's last attempt has asked, and what they say beyond, into its document; with `--commit`, into
 * a commit. What was typed and can't get further is kept.
 * @returns the exit code: 1 where nothing was answered.
 */
export async function answer(
	found: Found,
	request: RunRequest,
	around: Surroundings,
	decoration: Decoration,
): Promise<number> {
	const { issue, others } = chosenIssue(found, request);
	const find = () => findAnswerable(issue, others);
	const asked = await find();
	const hasPending = await verifyPlace(asked, request.commit);
	const typed = request.messages !== undefined || request.answersFile !== undefined;
	const kept: Kept = { file: join(issue.logDir, `answer-${asked.record.startedAt.replaceAll(":", "-")}.md`) };
	try {
		const taken = hasPending && request.commit && !typed ? NOTHING : await takeAnswers(asked, kept, request, around);
		if (taken === "shown") return 0;
		const now = await find();
		if (issue.docLine !== undefined && !now.bytes.equals(asked.bytes))
			throw new Failure({ kind: "document-moved-on", file: issue.docPath, issue: issue.id });
		if (now.record.startedAt !== asked.record.startedAt || now.record.phase !== asked.record.phase)
			throw new Failure({ kind: "attempt-since", issue: issue.id });
		return await keep(now, taken, { hasPending, kept, find }, request, around, decoration);
	} catch (error) {
		if (await kept.isWorthIt?.()) around.stderr.write(`${keptLine(issue.id, kept.file, around.say)}\n`);
		throw error;
	}
}

/** What is known on the way to a document. */
interface Way {
	/** It has answers that are not committed. */
	readonly hasPending: boolean;
	readonly kept: Kept;
	readonly find: () => Promise<Answerable>;
}

const NOTHING: Taken = { answers: [], remarks: [] };

async function keep(
	asked: Answerable,
	taken: Taken,
	{ hasPending, kept, find }: Way,
	request: RunRequest,
	{ stdout, stderr, say }: Surroundings,
	decoration: Decoration,
): Promise<number> {
	const { issue, record, bytes } = asked;
	const isDry = request.dryRun || request.options.rehearse !== undefined;
	const said = newOf(taken, asked);
	const isNew = said.answers.length + said.remarks.length > 0;
	const isSaid = taken.answers.length + taken.remarks.length > 0;
	const tell = (...lines: readonly string[]) => request.json || stderr.write(`${lines.join("\n")}\n`);
	const end = (result: Partial<Result>, asNow: Answerable = asked) => {
		const { exitCode = 0 } = result;
		const usual = { issue: issue.id, file: issue.docPath, phase: record.phase, startedAt: record.startedAt };
		const open = openOf(asNow);
		const all: Result = { exitCode, ...usual, written: false, commit: null, ...said, open, ...result };
		if (request.json) stdout.write(`${JSON.stringify(all, undefined, "\t")}\n`);
		return exitCode;
	};
	if (!isNew && !(hasPending && request.commit)) {
		await kept.isDone?.();
		tell(isSaid ? `${issue.docPath} says so already.` : "Nothing was answered, so nothing was written.");
		return end({ exitCode: isSaid ? 0 : 1 });
	}
	const after = isNew ? withAnswers(asked, said, today()) : bytes;
	// Somebody may have gone on with the document, or with the checkout, while they were asked.
	await verifyPlace(asked, request.commit);
	if (isNew && !request.json)
		stdout.write(`${changeText(issue.docPath, bytes.toString("utf8"), after.toString("utf8"), decoration)}\n`);
	if (taken.hasHidden) tell("What nobody can see of it was left out: control characters.");
	if (isDry) {
		tell(request.dryRun ? "Nothing was written (-n)." : "Nothing was written: it is a rehearsal that this answers.");
		return end({});
	}
	if (isNew) await writeDocument(issue, after);
	await kept.isDone?.();
	const commit = request.commit ? await commitAnswers(issue) : undefined;
	const now = await find();
	tell(...afterLines(asked, { commit, open: openOf(now), subject: await answerSubject(issue) }, say));
	return end({ written: isNew, commit: commit ?? null }, now);
}

/** The day in the time zone of whoever answers. */
function today(): string {
	const now = new Date();
	return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((each) => String(each).padStart(2, "0")).join("-");
}
