import { readEntries } from "../backlog/answer-entries.ts";
import { readBody } from "../backlog/markdown-body.ts";
import type { AnswerEntry } from "../contract/answer.ts";
import { given } from "../contract/given.ts";
import { ownIdOf } from "../contract/identity.ts";
import type { IssuePlan } from "../contract/issue.ts";
import type { PriorAttempt } from "../contract/orch-context.ts";
import type { TurnName } from "../contract/phase.ts";
import { readCommitted } from "../repo/documents.ts";
import { readLastAttempt, readSummary } from "../store/last-attempt.ts";
import { attemptFiles } from "../store/log-folder.ts";

/** Details that the next attempt is told, and characters of each: logs have the rest. */
const MOST = 20;
const LONGEST = 2_000;

/** How the last attempt at a turn ended, and what a person has answered since, as the next agent is told; nothing before the first. */
export async function tellPrior(issue: IssuePlan, name: TurnName): Promise<PriorAttempt | undefined> {
	const files = attemptFiles(issue.logDir, name);
	const record = await readLastAttempt(files);
	if (!record) return undefined;
	const { phase, outcome, reason, details } = record;
	const summary = (await readSummary(files))?.slice(0, LONGEST);
	const failures = details.slice(0, MOST).map((each) => each.slice(0, LONGEST));
	const answers = (await answersSince(issue, record.startedAt)).slice(-MOST);
	return { phase, outcome, reason, ...given({ summary }), failures, answers };
}

/**
 * What a person has said to this attempt, and to those of other turns that came after it. The base has it: a branch is what an agent has
 * written.
 */
async function answersSince(issue: IssuePlan, startedAt: string): Promise<string[]> {
	const { repository, base, docPath } = issue;
	const texts = await readCommitted(repository, base, [docPath], (file) => file === docPath);
	const entries = readEntries(readBody(Buffer.from(texts.get(docPath) ?? "")));
	return entries
		.filter((each) => each.issue === ownIdOf(issue) && each.startedAt >= startedAt)
		.flatMap(saidIn)
		.map((each) => (each.length > LONGEST ? `${each.slice(0, LONGEST)}… (the rest is in the document)` : each));
}

function saidIn({ answers, remarks }: AnswerEntry): string[] {
	return [...answers.map(({ question, answer }) => `${question}\n\nAnswer: ${answer}`), ...remarks];
}
