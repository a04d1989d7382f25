import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeDocument } from "./answer.ts";
import type { Backlog } from "./backlog/backlog.ts";
import { readDocument } from "./backlog/document.ts";
import { selectIssues } from "./backlog/target.ts";
import { withState } from "./backlog/with-state.ts";
import { given } from "./contract/given.ts";
import { ownIdOf } from "./contract/identity.ts";
import type { Issue, IssuePlan } from "./contract/issue.ts";
import { type Layout, nameOfField } from "./contract/layout.ts";
import type { RunOptions } from "./contract/options.ts";
import { Failure } from "./contract/problem.ts";
import { isClosed, isDone, isOpen } from "./contract/state.ts";
import type { RunContext } from "./engine/task.ts";
import { typesSubjects } from "./init.ts";
import { planIssues } from "./plan.ts";
import { findLocalChanges, readCommitted } from "./repo/documents.ts";
import { commitFiles, standingOfFile } from "./repo/persons-commit.ts";
import { survey } from "./status.ts";
import { told } from "./told.ts";

/** The document of an issue whose work the base has, and what it is to become. */
export interface Closing {
	readonly issue: IssuePlan;
	readonly before: Buffer;
	/** Nothing where no line of its front matter can say it. */
	readonly after: Buffer | undefined;
}

/** The word for what is done that most documents here have; `done` where none has one. */
export function usualWord(issues: readonly Issue[], { states }: Layout): string {
	const times = new Map<string, number>();
	for (const each of issues) if (isDone(each, states)) times.set(each.state, (times.get(each.state) ?? 0) + 1);
	return [...times].sort(([, one], [, other]) => other - one)[0]?.[0] ?? "done";
}

/** What the document of an issue in the checkout becomes once it says that it is done. */
export async function findClosing(issue: IssuePlan, word: string, layout: Layout): Promise<Closing> {
	const before = await readFile(join(issue.repository.root, issue.docPath));
	const after = issue.docLine === undefined ? withState(before, nameOfField(layout, "state"), word) : undefined;
	return { issue, before, after: after && isSaid(after, issue, layout) ? after : undefined };
}

/**
 * Documents that say in this checkout alone that their issue is done, where the base has its work: what was killed before its commit, or
 * refused it, has written them.
 */
export async function findWritten(backlog: Backlog, context: RunContext<RunOptions>): Promise<Closing[]> {
	const { repository, issues } = backlog;
	const { layout } = context.options;
	const changed = new Set(await findLocalChanges(repository));
	const said = selectIssues(backlog, context.options).filter(
		(each) => changed.has(each.docPath) && each.docLine === undefined && isDone(each, layout.states),
	);
	if (said.length === 0) return [];
	const files = said.map(({ docPath }) => docPath);
	const texts = await readCommitted(repository, HEAD, files, (file) => files.includes(file));
	const written = new Map<string, { readonly before: Buffer; readonly after: Buffer; readonly state: string }>();
	for (const { id, docPath, state } of said) {
		const before = Buffer.from(texts.get(docPath) ?? "");
		const after = await readFile(join(repository.root, docPath));
		const reading = readDocument(docPath, before, layout);
		const wasOpen = reading.kind === "issue" && isOpen(reading.issue, layout.states);
		if (wasOpen && withState(before, nameOfField(layout, "state"), state)?.equals(after))
			written.set(id, { before, after, state: reading.issue.state });
	}
	const before = issues.map((each) => ({ ...each, ...given({ state: written.get(each.id)?.state }) }));
	const all = written.size === 0 ? [] : await planIssues({ backlog: { ...backlog, issues: before } }, context);
	const plan = all.filter(({ id }) => written.has(id));
	const surveyed = await survey({ plan }, context);
	const merged = new Set(surveyed.issues.flatMap(({ issue, isMerged }) => (isMerged ? [issue] : [])));
	return plan.flatMap((issue) => {
		const bytes = written.get(issue.id);
		return bytes && merged.has(issue.id) ? [{ issue, before: bytes.before, after: bytes.after }] : [];
	});
}

/** What is checked out, as git calls it. */
const HEAD = { name: "HEAD", commit: "HEAD" };

/** Whether a document is still that of this issue, and says that it is closed. */
function isSaid(bytes: Buffer, issue: IssuePlan, layout: Layout): boolean {
	const reading = readDocument(issue.docPath, bytes, layout);
	if (reading.kind !== "issue") return false;
	const { id, title } = reading.issue;
	return id === ownIdOf(issue) && title === issue.title && isClosed(reading.issue, layout.states);
}

/**
 * Checks that the documents of the checkout are those that a run reads, and, where they are to be committed, that nothing else of them
 * would be committed too.
 * @throws Failure `base-not-checked-out`, `checkout-under-way`, `document-changed-too`.
 */
export async function verifyClosing({ issue, before }: Closing, isToCommit: boolean): Promise<void> {
	const { repository, base, docPath: file } = issue;
	const { branch, underWay, committed, isStagedApart } = await standingOfFile(repository, file);
	const elsewhere = branch === undefined ? {} : { branch };
	if (branch !== base.name) throw new Failure({ kind: "base-not-checked-out", file, base: base.name, ...elsewhere });
	if (!isToCommit) return;
	if (underWay) throw new Failure({ kind: "checkout-under-way", underWay });
	const isChanged = committed !== before.toString();
	const how = committed === undefined ? "untracked" : isStagedApart ? "staged" : isChanged ? "changed" : undefined;
	if (how) throw new Failure({ kind: "document-changed-too", file, how });
}

/** Writes each document, whole or not at all. */
export async function writeClosings(closings: readonly Closing[]): Promise<void> {
	for (const { issue, after } of closings) if (after) await writeDocument(issue, after);
}

/** The first line of a commit that closes issues, in the form that is usual in the repository. */
export async function closingSubject(issues: readonly IssuePlan[]): Promise<string> {
	const [first] = issues;
	const names = issues.length > 3 ? `${issues.length} issues` : issues.map(({ id }) => id).join(", ");
	return first && (await typesSubjects(first.repository.root)) ? `docs: close ${names}` : `Close ${names}`;
}

/**
 * Commits the documents of these issues, and nothing else, with the repository's hooks.
 * @returns the commit.
 * @throws Failure for what git, or a hook, refuses.
 */
export async function commitClosings(issues: readonly IssuePlan[]): Promise<string> {
	const files = [...new Set(issues.map(({ docPath }) => docPath))];
	const subject = await closingSubject(issues);
	const [first] = issues;
	if (!first) throw new Error("there is nothing to commit");
	return told(async () => commitFiles(first.repository, files, `${subject}\n`))();
}
