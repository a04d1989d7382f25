import { cut, pad, widthOf } from "../words/columns.ts";
import { count, duration, plural } from "../words/format.ts";
import { timeOfDay, waitingWords } from "../words/waiting-words.ts";
import type { Board, IssueRow, Mark, TaskRow } from "./board.ts";

/** What a frame has to fit into, and how it is drawn. */
export interface FrameSettings {
	/** The terminal's size; the last column and the last row are left free. */
	readonly columns: number;
	readonly rows: number;
	/** The longest that an issue at work is told: `tasks` with a row each, `activity` with one for what it is doing. */
	readonly detail: Exclude<Detail, "none">;
	/** The sign of how something stands. */
	readonly sign: (mark: Mark) => string;
	/** The sign in front of what a task is doing. */
	readonly pointer: string;
}

type Detail = "tasks" | "activity" | "none";
const DETAILS: readonly Detail[] = ["tasks", "activity", "none"];

/** Rows from which on the footer stands apart. */
const ROOMY = 10;

/**
 * The list of a run in lines, never more than there is room for: where not every issue has, those that run and those that went
 * wrong have one, then those that come next, and the rest is counted.
 */
export function frame(board: Board, settings: FrameSettings): string[] {
	const { columns, rows } = settings;
	const lines = board.issues.length === 0 ? checks(board, settings) : list(board, settings, Math.max(1, rows - 1));
	return lines.slice(-Math.max(1, rows - 1)).map(({ before, sign, text }) => {
		const room = columns - 1 - widthOf(before) - 2;
		return sign === "" ? cut(before + text, columns - 1) : `${before}${sign} ${cut(text, room)}`;
	});
}

/** A line, whose sign is coloured and takes one column. */
interface Line {
	readonly before: string;
	readonly sign: string;
	readonly text: string;
}

function checks(board: Board, { sign }: FrameSettings): Line[] {
	return board.checks
		.filter(({ mark }) => mark === "runs")
		.map((row) => ({ before: "", sign: sign("runs"), text: join(row.name, time(board, row), row.words) }));
}

function list(board: Board, settings: FrameSettings, height: number): Line[] {
	const apart = height >= ROOMY ? 1 : 0;
	const room = height - 1 - apart;
	const closing = closingRows(board, room);
	const footer: Line[] = [...Array(apart).fill(plain("")), plain(footerText(board))];
	const [detail, shown] = choose(board.issues, room - closing.length, settings.detail);
	const wide = Math.max(0, ...shown.map(({ id }) => widthOf(id)));
	const states = new Map(shown.map((row) => [row, stateOf(board, row, detail)]));
	// Titles stand below each other, unless one state is so long that it would push all of them away.
	const usual = Math.max(0, ...[...states.values()].map(widthOf).filter((width) => width <= settings.columns / 3));
	const issues = shown.flatMap((row) => [
		{
			before: "",
			sign: settings.sign(row.mark),
			text: join(pad(row.id, wide), pad(states.get(row) ?? "", usual), row.title),
		},
		...details(board, row, detail, settings),
	]);
	const left = board.issues.filter((row) => !states.has(row));
	const more = left.length > 0 ? [plain(`  … ${plural(left.length, "more issue")}: ${counts(left, true)}`)] : [];
	return [...issues, ...more, ...closing.map((row) => taskLine(board, row, "", settings)), ...footer];
}

/** Closing tasks come when the issues are through; before, they have a row where that costs no issue its own. */
function closingRows(board: Board, room: number): readonly TaskRow[] {
	if (board.issues.length + board.closing.length <= room) return board.closing;
	return board.closing.filter(({ mark }) => mark === "runs" || mark === "failed").slice(-Math.max(0, room - 1));
}

/** As much as there is room for: everything about every issue, else less about those that run, else not every issue. */
function choose(issues: readonly IssueRow[], room: number, most: Detail): [Detail, readonly IssueRow[]] {
	const levels = DETAILS.slice(DETAILS.indexOf(most));
	const heights = (rows: readonly IssueRow[], detail: Detail) =>
		rows.reduce((sum, row) => sum + height(row, detail), 0);
	const fitting = levels.find((detail) => heights(issues, detail) <= room);
	if (fitting) return [fitting, issues];
	// A line counts those that are left out.
	let free = Math.max(0, room - 1);
	const first = issues.filter(isUrgent);
	const detail = levels.includes("activity") && heights(first, "activity") <= free ? "activity" : "none";
	const chosen = new Set<IssueRow>();
	for (const row of [...issues].sort((a, b) => order(a) - order(b) || b.settled - a.settled)) {
		free -= height(row, detail);
		if (free < 0) break;
		chosen.add(row);
	}
	return [detail, issues.filter((row) => chosen.has(row))];
}

/** What a person wants to see first: what runs, what went wrong last, what comes next; what is through comes last. */
function order(row: IssueRow): number {
	if (row.mark === "runs") return 0;
	if (isUrgent(row)) return 1;
	return row.mark === "waits" ? 2 : 3;
}

function isUrgent({ mark, since }: IssueRow): boolean {
	if (mark === "runs" || mark === "failed" || mark === "deferred" || mark === "stopped") return true;
	// What an agent said is blocked, not what merely never began.
	return mark === "blocked" && since !== undefined;
}

function height({ mark, tasks }: IssueRow, detail: Detail): number {
	if (mark !== "runs" || detail === "none") return 1;
	return detail === "activity" ? 2 : 1 + tasks.length + tasks.filter(isBusy).length;
}

function isBusy({ mark, activity }: TaskRow): boolean {
	return mark === "runs" && activity !== "";
}

function stateOf(board: Board, row: IssueRow, detail: Detail): string {
	switch (row.mark) {
		case "waits": {
			const [first, ...others] = board.waitsFor(row);
			if (first === undefined) return "waits for a slot";
			return `waits for ${first}${others.length > 0 ? ` and ${others.length} more` : ""}`;
		}
		case "runs":
			return join(time(board, row), detail === "none" ? (row.latest?.name ?? "") : "");
		default:
			return row.words;
	}
}

function details(board: Board, row: IssueRow, detail: Detail, settings: FrameSettings): Line[] {
	if (row.mark !== "runs" || detail === "none") return [];
	const { latest } = row;
	if (detail === "activity") {
		const text = latest ? join(latest.name, activityOf(latest)) : "";
		return [{ before: "  ", sign: settings.pointer, text }];
	}
	return row.tasks.flatMap((task) => [
		taskLine(board, task, "  ", settings),
		...(isBusy(task) ? [{ before: "    ", sign: settings.pointer, text: activityOf(task) }] : []),
	]);
}

/** What a task is doing, with the time that is left where it waits. */
function activityOf({ activity, waitsUntil }: TaskRow): string {
	return waitsUntil === undefined ? activity : waitingWords(waitsUntil, Date.now());
}

function taskLine(board: Board, row: TaskRow, before: string, { sign }: FrameSettings): Line {
	const elapsed = row.mark === "runs" ? time(board, row) : "";
	return { before, sign: sign(row.mark), text: join(row.name, elapsed, row.words) };
}

/** Milliseconds before which a guess of the end would be worth nothing. */
const SOON = 120_000;

function footerText(board: Board): string {
	const { tokens, left } = board;
	const spent = tokens > 0 ? `${count(tokens)} tokens` : "";
	const end =
		left === undefined || board.elapsed < SOON
			? ""
			: `done about ${timeOfDay(Date.now() + left, Date.now())} (a guess)`;
	return join(counts(board.issues, false), duration(board.elapsed), spent, end);
}

const SAID: readonly (readonly [Mark, string, always: boolean])[] = [
	["done", "done", true],
	["failed", "failed", true],
	["deferred", "deferred", false],
	["blocked", "blocked", false],
	["stopped", "stopped", false],
	["cancelled", "cancelled", false],
	["runs", "running", true],
	["waits", "to go", true],
];

/** How many stand how. */
function counts(rows: readonly IssueRow[], isBrief: boolean): string {
	return SAID.flatMap(([mark, word, always]) => {
		const number = rows.filter((row) => row.mark === mark).length;
		return number > 0 || (always && !isBrief) ? [`${number} ${word}`] : [];
	}).join(", ");
}

function time(board: Board, row: { readonly since: number | undefined }): string {
	return row.since === undefined ? "" : duration(board.since(row));
}

function plain(text: string): Line {
	return { before: "", sign: "", text };
}

function join(...parts: readonly string[]): string {
	return parts.filter(Boolean).join("  ");
}
