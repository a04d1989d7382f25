import type { IssuePlan } from "../contract/issue.ts";
import {
	type Closing,
	closingSubject,
	commitClosings,
	findClosing,
	findWritten,
	usualWord,
	verifyClosing,
	writeClosings,
} from "../done.ts";
import { mapSome } from "../system/map-some.ts";
import type { RunRequest } from "./request.ts";
import type { Shown } from "./shown.ts";
import type { Surroundings } from "./surroundings.ts";
import { byHandLines, lineChange, nextLine } from "./words/closing-lines.ts";
import type { Decoration } from "./words/doctor-words.ts";

const READERS = 8;

/**
 * Shows what would say, in the documents of issues whose work the base has, that they are done; with `--write` it is written, with
 * `--commit` committed as well.
 * @returns the exit code: 1 where a document has to be changed by hand.
 */
export async function closeMerged(
	{ standings, backlog }: Shown,
	request: RunRequest,
	{ stdout, stderr, say }: Surroundings,
	decoration: Decoration,
): Promise<number> {
	const { layout, rehearse } = request.options;
	const merged = standings.filter(({ survey }) => survey.isMerged).map(({ issue }) => issue);
	const word = usualWord(backlog?.issues ?? [], layout);
	const context = { options: request.options, signal: new AbortController().signal, report: () => {} };
	const written = request.write && backlog ? await findWritten(backlog, context) : [];
	const found = [...written, ...(await mapSome(merged, READERS, (issue) => findClosing(issue, word, layout)))];
	const closings = found.filter(({ after }) => after !== undefined);
	const byHand = found.filter(({ after }) => after === undefined).map(({ issue }) => issue);
	const isWritten = request.write && !request.dryRun && rehearse === undefined && closings.length > 0;
	if (isWritten) for (const each of closings) await verifyClosing(each, request.commit);
	if (!request.json) for (const each of closings) stdout.write(`${lineChange(each, decoration)}\n`);
	if (isWritten) await writeClosings(closings);
	const issues = closings.map(({ issue }) => issue);
	const subject = await closingSubject(issues);
	const next = (commit?: string) => nextLine(issues, { isWritten, commit, subject }, request.options.target, say);
	const commit = isWritten && request.commit ? await commitOrTell(issues, next, stderr) : undefined;
	const exitCode = byHand.length > 0 ? 1 : 0;
	if (request.json) {
		const rows = found.map((each) => asJson(each, isWritten));
		stdout.write(`${JSON.stringify({ exitCode, issues: rows, commit: commit ?? null }, undefined, "\t")}\n`);
		return exitCode;
	}
	if (found.length === 0) stderr.write("There is no open document of an issue whose work the base has.\n");
	for (const line of byHandLines(byHand)) stderr.write(`${line}\n`);
	if (issues.length > 0) stderr.write(`${next(commit)}\n`);
	return exitCode;
}

/** What git, or a hook, refuses is written all the same, and not looked for again: it says what is left to type. */
async function commitOrTell(
	issues: readonly IssuePlan[],
	next: () => string,
	stderr: Surroundings["stderr"],
): Promise<string> {
	try {
		return await commitClosings(issues);
	} catch (error) {
		stderr.write(`It is written. ${next()}\n`);
		throw error;
	}
}

function asJson({ issue, after }: Closing, isWritten: boolean) {
	const byHand = after === undefined;
	return { id: issue.id, file: issue.docPath, byHand, written: isWritten && !byHand };
}
