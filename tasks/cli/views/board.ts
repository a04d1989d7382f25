import type { Activity } from "../../contract/activity.ts";
import { isVerified } from "../../contract/checks-verdict.ts";
import type { IssuePlan } from "../../contract/issue.ts";
import { problemOf } from "../../contract/problem.ts";
import type { Usage } from "../../contract/record.ts";
import type { IssueOutcomes, RunEvent } from "../../engine/event.ts";
import type { Outcome } from "../../engine/outcome.ts";
import { isPerIssue, type Task } from "../../engine/task.ts";
import { isForSeveral } from "../roles.ts";
import { activityLine, isNote } from "../words/activity-words.ts";
import { oneLine } from "../words/format.ts";
import { outcomeWords, statusOf, stopReason } from "../words/outcome-words.ts";
import { settledWords, turnsOf } from "../words/spent-words.ts";
import { knownValue } from "../words/value-words.ts";
import { guessLeft, WorkTime } from "./expected-end.ts";

/** How something that is listed stands. */
export type Mark = "waits" | "runs" | "done" | "failed" | "deferred" | "blocked" | "stopped" | "cancelled";

/** A task of an issue, or of the whole run. */
export interface TaskRow {
	readonly name: string;
	mark: Mark;
	/** Milliseconds of the clock at which it started. */
	since: number | undefined;
	/** How it ended, or what is known of it so far. */
	words: string;
	/** What it is doing. */
	activity: string;
	/** Until when it waits for the provider's usage limit, in milliseconds since 1970. */
	waitsUntil?: number | undefined;
}

/** An issue of the run. */
export interface IssueRow {
	readonly id: string;
	readonly title: string;
	readonly blockers: readonly string[];
	readonly tasks: readonly TaskRow[];
	mark: Mark;
	/** Milliseconds of the clock at which it started. */
	since: number | undefined;
	/** Counts the issues that have settled, up to this one. */
	settled: number;
	/** How it ended, with time and tokens. */
	words: string;
	/** What counts of it when the end is guessed. */
	readonly work: WorkTime;
	/** The task that was heard of last. */
	latest: TaskRow | undefined;
}

/** Where everything in a run stands, as its events tell. Draws nothing. */
export class Board {
	issues: readonly IssueRow[] = [];
	/** Tasks that run once, before any issue. */
	readonly checks: readonly TaskRow[];
	closing: readonly TaskRow[];
	readonly #forSeveral: ReadonlySet<string>;
	readonly #taskNames: readonly string[];
	readonly #byId = new Map<string, IssueRow>();
	readonly #usages = new Map<string, Usage>();
	readonly #now: () => number;
	readonly #startedAt: number;
	readonly #jobs: number;
	/** Milliseconds that issues took on which agents worked, without those in which they waited for a limit. */
	readonly #taken: number[] = [];
	#settled = 0;

	/** @param now the clock, in milliseconds. @param jobs issues at once. */
	constructor(tasks: readonly Task[], now: () => number, jobs = 1) {
		this.#jobs = jobs;
		this.checks = tasks
			.filter(({ scope }) => scope === "run")
			.map(({ name, summary }) => ({ ...rowOf(name), words: summary }));
		this.closing = tasks.filter(({ scope }) => scope === "closing").map(({ name }) => rowOf(name));
		this.#forSeveral = new Set(tasks.filter(isForSeveral).map(({ name }) => name));
		this.#taskNames = tasks.filter(isPerIssue).map(({ name }) => name);
		this.#now = now;
		this.#startedAt = now();
	}

	/** Milliseconds since the run began. */
	get elapsed(): number {
		return this.#now() - this.#startedAt;
	}

	/** Tokens that the run's agents have used so far. */
	get tokens(): number {
		return [...this.#usages.values()].reduce(
			(sum, { inputTokens, outputTokens }) => sum + inputTokens + outputTokens,
			0,
		);
	}

	/** Milliseconds until the run is through, as a guess; nothing where there is nothing to guess from. */
	get left(): number | undefined {
		const running = this.issues.filter(({ mark }) => mark === "runs");
		const left = this.issues.filter(({ mark }) => mark === "waits").length;
		const guess = guessLeft({
			taken: this.#taken,
			running: running.map(({ work }) => work.at(this.#now())),
			left,
			jobs: this.#jobs,
		});
		// While all that is at work waits for a limit, nothing is done.
		const waits = running.flatMap(({ tasks }) => tasks.flatMap(({ waitsUntil }) => waitsUntil ?? []));
		const isWaiting = running.length > 0 && waits.length === running.length;
		return guess === undefined || !isWaiting ? guess : guess + Math.max(0, Math.min(...waits) - Date.now());
	}

	/** Milliseconds that something has been at work; 0 for what has not begun. */
	since({ since }: { readonly since: number | undefined }): number {
		return since === undefined ? 0 : this.#now() - since;
	}

	/** What an issue that waits is waiting for: the blockers in this run that have not passed, or nothing but its turn. */
	waitsFor({ blockers }: IssueRow): readonly string[] {
		return blockers.filter((id) => (this.#byId.get(id)?.mark ?? "done") !== "done");
	}

	take(event: RunEvent<IssuePlan>): void {
		switch (event.kind) {
			case "issues-known":
				this.issues = event.issues.map((issue) => this.#know(issue));
				if (this.issues.length < 2) this.closing = this.closing.filter(({ name }) => !this.#forSeveral.has(name));
				return;
			case "issue-started": {
				const row = this.#byId.get(event.issue);
				if (row) start(row, this.#now());
				row?.work.go(this.#now());
				return;
			}
			case "issue-settled": {
				const row = this.#byId.get(event.issue);
				if (row) this.#settle(row, event.outcomes);
				return;
			}
			case "task-started": {
				const task = this.#task(event);
				if (task) start(task, this.#now());
				return;
			}
			case "task-settled": {
				const task = this.#task(event);
				if (!task) return;
				task.mark = markOf(event.outcome);
				task.words = outcomeWords(event.outcome)?.words ?? "";
				task.waitsUntil = undefined;
				this.#count(event);
				return;
			}
			case "task-activity": {
				const activity = event.activity as Activity;
				if (isNote(activity)) return;
				const task = this.#task(event);
				if (!task) return;
				// The command that printed it says more.
				if (activity.kind === "output") return;
				if (activity.kind === "usage") {
					this.#usages.set(`${event.issue} ${event.task}`, activity.usage);
					task.words = activityLine(activity);
				} else task.activity = activityLine(activity);
				const row = this.#byId.get(event.issue ?? "");
				const until = activity.kind === "waiting" ? activity.until : undefined;
				if (until) row?.work.wait(this.#now());
				else if (until === null) row?.work.go(this.#now());
				task.waitsUntil = until ? Date.parse(until) : undefined;
				return;
			}
			default:
				return;
		}
	}

	/** What a turn has used in the end is in its record: threads that it gave up are part of it. */
	#count({ issue, task, outcome }: Extract<RunEvent, { readonly kind: "task-settled" }>): void {
		const key = `${issue} ${task}`;
		const [record] = this.#usages.has(key) ? turnsOf(new Map([[task, outcome]])) : [];
		if (record?.usage) this.#usages.set(key, record.usage);
	}

	#know({ id, title, blockers }: IssuePlan): IssueRow {
		const row: IssueRow = {
			id,
			title: oneLine(title, 400),
			blockers,
			tasks: this.#taskNames.map(rowOf),
			mark: "waits",
			since: undefined,
			settled: 0,
			words: "",
			work: new WorkTime(),
			latest: undefined,
		};
		this.#byId.set(id, row);
		return row;
	}

	#task({ issue, task }: { readonly issue?: string; readonly task: string }): TaskRow | undefined {
		if (issue === undefined) return [...this.checks, ...this.closing].find(({ name }) => name === task);
		const row = this.#byId.get(issue);
		const found = row?.tasks.find(({ name }) => name === task);
		if (row && found) row.latest = found;
		return found;
	}

	#settle(row: IssueRow, outcomes: IssueOutcomes): void {
		const { word, good, bad, turns } = statusOf(outcomes);
		row.mark = bad ? markOf(bad) : good ? "done" : "failed";
		row.settled = ++this.#settled;
		if (turns.length > 0) this.#taken.push(row.work.at(this.#now()));
		row.words = settledWords(word, turns);
	}
}

function rowOf(name: string): TaskRow {
	return { name, mark: "waits", since: undefined, words: "", activity: "" };
}

function start(row: { mark: Mark; since: number | undefined; words: string }, now: number): void {
	row.mark = "runs";
	row.since = now;
}

function markOf(outcome: Outcome<unknown>): Mark {
	switch (outcome.status) {
		case "done":
		case "up-to-date":
			return speaksAgainst(outcome) ? "failed" : "done";
		case "failed": {
			const problem = problemOf(outcome.error);
			// What the agent says of its own turn.
			const said = problem?.kind === "attempt" ? problem.record.outcome : "failed";
			return said === "deferred" || said === "blocked" || said === "stopped" ? said : "failed";
		}
		case "blocked":
			return "blocked";
		case "cancelled":
			return stopReason(outcome) ? "stopped" : "cancelled";
		case "not-in-run":
			return "cancelled";
	}
}

/** True for checks that have done what they are for, and found something. */
function speaksAgainst(outcome: Outcome<unknown>): boolean {
	const value = knownValue(outcome);
	return value?.kind === "verified" && value.record !== null && !isVerified(value.record);
}
