import { lstat, readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import { addEntry } from "./backlog/add-entry.ts";
import { isOnlyAnswered, readEntries } from "./backlog/answer-entries.ts";
import { plainQuestion } from "./backlog/answer-text.ts";
import { LARGEST_DOCUMENT } from "./backlog/front-matter.ts";
import { readBody } from "./backlog/markdown-body.ts";
import type { AnswerEntry, AnsweredAttempt } from "./contract/answer.ts";
import { ownIdOf } from "./contract/identity.ts";
import type { IssuePlan } from "./contract/issue.ts";
import { Failure } from "./contract/problem.ts";
import { type AttemptRecord, waitsForAnswer } from "./contract/record.ts";
import { standingOfFile } from "./repo/persons-commit.ts";
import { readLastTurn } from "./store/turns.ts";
import { writeFileAtomic } from "./system/atomic-write.ts";
import { isInside } from "./system/paths.ts";

/** What a person can answer of an issue's last attempt. */
export interface Answerable {
	readonly issue: IssuePlan;
	readonly record: AttemptRecord;
	readonly attempt: AnsweredAttempt;
	/** Everything that it asked, as the document would repeat it. */
	readonly questions: readonly string[];
	/** What the document answers of that and says beyond it. */
	readonly said: Said;
	/** The document as it stands in the checkout. */
	readonly bytes: Buffer;
}

/** What a person has said to one attempt. */
export type Said = Pick<AnswerEntry, "answers" | "remarks">;

/**
 * Looks what of an issue's last attempt a person can answer, in its document in the checkout.
 * @param others ids of issues that have the same document.
 * @throws Failure `nothing-to-answer`, `document-no-file`, `document-shared`.
 */
export async function findAnswerable(issue: IssuePlan, others: readonly string[]): Promise<Answerable> {
	const { docPath: file, id } = issue;
	const record = await readLastTurn(issue.logDir);
	if (!record) throw new Failure({ kind: "nothing-to-answer", issue: id });
	if (others.length > 0 && issue.docLine === undefined)
		throw new Failure({ kind: "document-shared", file, issue: id, others });
	const bytes = await readOwnFile(issue);
	const attempt = { issue: ownIdOf(issue), phase: record.phase, startedAt: record.startedAt };
	const entries = entriesOf(attempt.issue, bytes).filter(({ startedAt }) => startedAt === attempt.startedAt);
	return {
		...{ issue, record, attempt, bytes },
		questions: waitsForAnswer(record) ? record.details.map(plainQuestion).filter(Boolean) : [],
		said: { answers: entries.flatMap((each) => each.answers), remarks: entries.flatMap((each) => each.remarks) },
	};
}

/** What persons have said of an issue in a document: others may have parts of the same. */
function entriesOf(issue: string, bytes: Uint8Array): AnswerEntry[] {
	return readEntries(readBody(bytes)).filter((each) => each.issue === issue);
}

/** The questions that the document does not answer yet. */
export function openOf({ questions, said }: Pick<Answerable, "questions" | "said">): string[] {
	return questions.filter((each) => !said.answers.some(({ question }) => question === each));
}

/** What of this the document does not say yet. */
export function newOf({ answers, remarks }: Said, { said }: Pick<Answerable, "said">): Said {
	return {
		answers: answers.filter(
			(each) => !said.answers.some(({ question, answer }) => question === each.question && answer === each.answer),
		),
		remarks: remarks.filter((each) => !said.remarks.includes(each)),
	};
}

/**
 * The document with what a person has said.
 * @throws Failure `answers-too-long`.
 */
export function withAnswers({ issue, attempt, bytes }: Answerable, said: Said, date: string): Buffer {
	const after = addEntry(bytes, { ...attempt, date, ...said }, issue);
	if (after.length <= LARGEST_DOCUMENT) return after;
	throw new Failure({
		kind: "answers-too-long",
		...{ file: issue.docPath, size: after.length, most: LARGEST_DOCUMENT },
	});
}

/** Writes the document, whole or not at all. Its unfinished form lies in the logs, where the next attempt removes what a kill has left of it. */
export async function writeDocument({ repository, docPath, logDir }: IssuePlan, bytes: Buffer): Promise<void> {
	const path = join(repository.root, docPath);
	const { mode } = await lstat(path);
	await writeFileAtomic(path, bytes, logDir, mode & 0o7777).catch(async (error) => {
		if (error.code !== "EXDEV") throw error;
		await writeFileAtomic(path, bytes, undefined, mode & 0o7777);
	});
}

/**
 * Checks that answers in this checkout are those that a run reads, and, where they are to be committed, that nothing else of the document
 * would be committed with them.
 * @returns whether the document has answers of this issue that are not committed.
 * @throws Failure `base-not-checked-out`, `checkout-under-way`, `document-changed-too`.
 */
export async function verifyPlace({ issue, attempt, bytes }: Answerable, isToCommit: boolean): Promise<boolean> {
	const { repository, base, docPath: file } = issue;
	const { branch, underWay, committed, isStagedApart } = await standingOfFile(repository, file);
	const elsewhere = branch === undefined ? {} : { branch };
	if (branch !== base.name) throw new Failure({ kind: "base-not-checked-out", file, base: base.name, ...elsewhere });
	const text = bytes.toString("utf8");
	const hasAnswers = committed !== undefined && isOnlyAnswered(committed, text);
	const answered = (of: Uint8Array) => entriesOf(attempt.issue, of).length;
	const isPending = hasAnswers && answered(bytes) > answered(Buffer.from(committed));
	if (!isToCommit) return isPending;
	if (underWay) throw new Failure({ kind: "checkout-under-way", underWay });
	const isChanged = committed !== undefined && committed !== text && !hasAnswers;
	const how = committed === undefined ? "untracked" : isStagedApart ? "staged" : isChanged ? "changed" : undefined;
	if (how) throw new Failure({ kind: "document-changed-too", file, how });
	return isPending;
}

/** @throws Failure `document-no-file`, `document-moved-on`. */
async function readOwnFile({ repository, docPath: file, id, docLine }: IssuePlan): Promise<Buffer> {
	const path = join(repository.root, file);
	const stats = await lstat(path).catch(() => undefined);
	const isOwn = stats?.isFile() === true && isInside(await realpath(path), await realpath(repository.root));
	if (!isOwn || !/\.(?:md|markdown)$/i.test(file)) throw new Failure({ kind: "document-no-file", file, issue: id });
	const bytes = await readFile(path);
	if (docLine !== undefined && !isThere(bytes, docLine, id))
		throw new Failure({ kind: "document-moved-on", file, issue: id });
	return bytes;
}

function isThere(bytes: Buffer, docLine: number, id: string): boolean {
	const line = bytes.toString("utf8").split(/\r\n|\r|\n/)[docLine - 1] ?? "";
	return line.includes(id.slice(id.lastIndexOf("/") + 1));
}
