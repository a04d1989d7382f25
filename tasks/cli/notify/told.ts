import type { IssuePlan } from "../../contract/issue.ts";
import { problemOf } from "../../contract/problem.ts";
import { waitsForAnswer } from "../../contract/record.ts";
import type { RunReport } from "../../engine/execute.ts";
import { type IssueStatus, statusOf } from "../words/outcome-words.ts";

/** What a command is told of. `questions`: the run has ended, and all that is left has a question, or waits for what has one. */
export type NotifyEvent = "end" | "questions" | "waiting";

/** What an issue of a run came to, for a person who is not there. */
export type Came = "done" | "failed" | "question" | "blocked" | "left";

/** One issue of a run, and what it came to. */
export interface ToldIssue {
	readonly id: string;
	readonly title: string;
	/** As the closing table has it. */
	readonly status: string;
	readonly came: Came;
}

/** What a command is told: on its standard input as JSON, and most of it in its environment. */
export interface Told {
	readonly event: NotifyEvent;
	/** All of it in one sentence. */
	readonly message: string;
	/** The words that were typed: the task or goal, and what stands for its issues. */
	readonly task: string;
	readonly target: string;
	/** Absent while the run goes on. */
	readonly exitCode?: number;
	/** Why the run started nothing more before it was through. */
	readonly stopped?: string;
	/** When the usage limit is over, in ISO 8601. */
	readonly until?: string;
	readonly issues?: readonly ToldIssue[];
	/** Absolute path of the page of the night. */
	readonly page?: string;
	/** The command to type next. */
	readonly next?: string;
}

/** What became of each issue of a run. */
export function toldIssues(report: RunReport<IssuePlan>): ToldIssue[] {
	return report.issues.map(({ id, title }) => {
		const status = statusOf(report.outcomes.get(id) ?? new Map());
		return { id, title, status: status.word, came: cameTo(status) };
	});
}

function cameTo({ good, bad }: IssueStatus): Came {
	if (good) return "done";
	if (bad?.status === "blocked") return "blocked";
	const problem = (bad?.status === "failed" || bad?.status === "cancelled") && bad.error && problemOf(bad.error);
	const record = problem && problem.kind === "attempt" ? problem.record : undefined;
	if (record && waitsForAnswer(record)) return "question";
	// What a limit has stopped says nothing of the work.
	return bad?.status === "cancelled" || record?.outcome === "stopped" ? "left" : "failed";
}

/** True where nothing can go on without a person's answer: all that is not done has a question, or waits for what has one. */
export function isUpToAnswers(report: RunReport<IssuePlan>, issues: readonly ToldIssue[]): boolean {
	const asking = new Set(issues.filter(({ came }) => came === "question").map(({ id }) => id));
	if (asking.size === 0 || report.stop) return false;
	return issues.every(({ id, came }) => {
		if (came !== "blocked") return came === "done" || came === "question";
		const { bad } = statusOf(report.outcomes.get(id) ?? new Map());
		return bad?.status === "blocked" && bad.by.issue !== undefined && asking.has(bad.by.issue);
	});
}

/** How many issues came to each. */
export function countsOf(issues: readonly ToldIssue[]): Readonly<Record<Came, number>> {
	const counts = { done: 0, failed: 0, question: 0, blocked: 0, left: 0 };
	for (const { came } of issues) counts[came]++;
	return counts;
}

/** The environment that a command has beside the user's own; what there is nothing to say of is empty. */
export function variablesOf(told: Told): Readonly<Record<string, string>> {
	const { event, message, task, target, exitCode, stopped, until, issues, page, next } = told;
	const counts = issues && countsOf(issues);
	const texts = {
		EVENT: event,
		MESSAGE: message,
		TASK: task,
		TARGET: target,
		EXIT_CODE: exitCode,
		STOPPED: stopped,
		LIMIT_UNTIL: until,
		ISSUES: issues?.length,
		DONE: counts?.done,
		FAILED: counts?.failed,
		QUESTIONS: counts?.question,
		BLOCKED: counts?.blocked,
		LEFT: counts?.left,
		PAGE: page,
		NEXT: next,
	};
	// No variable can hold a NUL, and none should be longer than systems take.
	return Object.fromEntries(
		Object.entries(texts).map(([name, text = ""]) => [
			`ORCH_${name}`,
			String(text).replaceAll("\0", "").slice(0, LONGEST),
		]),
	);
}

/** Characters of a variable. */
const LONGEST = 10_000;
