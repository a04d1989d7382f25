import stringWidth from "string-width";
import { describe, expect, test } from "vitest";
import { graph } from "../../orchfile.ts";
import { readArguments } from "../../tasks/cli/arguments.ts";
import { madeTable } from "../../tasks/cli/clean.ts";
import { taskHelp } from "../../tasks/cli/help.ts";
import { LOOKS } from "../../tasks/cli/looks.ts";
import type { IssueStanding } from "../../tasks/cli/standing.ts";
import { columnsOf } from "../../tasks/cli/views/terminal.ts";
import { widthOf } from "../../tasks/cli/words/columns.ts";
import { doctorText } from "../../tasks/cli/words/doctor-words.ts";
import { generalHelp } from "../../tasks/cli/words/general-help.ts";
import { issueGraph, taskGraph } from "../../tasks/cli/words/graph-formats.ts";
import { backlogTable, planTable, taskList } from "../../tasks/cli/words/listing.ts";
import { rehearsalOpening } from "../../tasks/cli/words/rehearsal-words.ts";
import { statusTable } from "../../tasks/cli/words/standing-words.ts";
import { closingTable } from "../../tasks/cli/words/table.ts";
import type { Width } from "../../tasks/cli/words/table-layout.ts";
import { wrap } from "../../tasks/cli/words/wrap.ts";
import type { IssuePlan } from "../../tasks/contract/issue.ts";
import { Failure } from "../../tasks/contract/problem.ts";
import type { RunReport } from "../../tasks/engine/execute.ts";
import type { Outcome } from "../../tasks/engine/outcome.ts";
import { attemptRecord, backlog, issue } from "../support/documents.ts";
import { testSay } from "../support/say.ts";

const say = testSay();
const WIDTHS = [20, 40, 60, 80, 120, 200, undefined] as const;
const LONG = "SETTINGS-THAT-RELOAD-BY-THEMSELVES-WHEN-THE-FILE-IS-WRITTEN-0001";

/** Where an issue stands that is in the tables: what is written of it may never be cut. */
interface Row {
	readonly id: string;
	readonly title: string;
	readonly said: string;
	readonly because?: unknown;
	readonly outcome: Outcome<unknown>;
	readonly came: string;
}

const record = attemptRecord({
	saved: { commits: 12, filesChanged: 340, insertions: 12_345, deletions: 6_789 } as never,
});
const pass: Outcome<unknown> = { status: "done", value: { kind: "turn", record } };
const failedAs = (reason: string): Outcome<unknown> => ({
	status: "failed",
	error: new Failure({ kind: "attempt", record: { ...record, outcome: "failed", reason }, everyTurn: false } as never),
});

const LONG_REASON = "verify says that the migration of the second table would lose what the first one has";
const CHINESE = "検証に失敗しました。移行すると二番目の表の内容が失われますので、先に保存してください。";
const ROWS: readonly Row[] = [
	{ id: "A-1", title: "Read the settings from a file", said: "up to date", outcome: pass, came: "pass" },
	{
		id: "A-2",
		title: "設定ファイルを読み込み、起動時に検証する。".repeat(6),
		said: "passed, not committed",
		because: { kind: "not-committed", path: "/w", outcome: "pass" },
		outcome: failedAs("timed-out"),
		came: "failed: timed-out",
	},
	{
		id: "A-3",
		title: "combined e\u0301e\u0301 a\u0308o\u0308u\u0308 ".repeat(12).trim(),
		said: LONG_REASON,
		because: { kind: "note", text: LONG_REASON },
		outcome: { status: "done", value: { kind: "note", text: LONG_REASON } },
		came: "done",
	},
	{
		id: "A-4",
		title: "👨‍👩‍👧 families 👍🏽 and 🇩🇪 flags ❤️ 1️⃣ ".repeat(6).trim(),
		said: CHINESE,
		because: { kind: "note", text: CHINESE },
		outcome: { status: "done", value: { kind: "note", text: CHINESE } },
		came: "done",
	},
	{
		id: LONG,
		title: "x".repeat(200),
		said: "never run",
		because: { kind: "never-run", turn: "dev" },
		outcome: { status: "blocked", by: { issue: "A-2" } },
		came: "blocked by A-2",
	},
];

/** Rows whose texts are of a usual length: these have room beside each other in eighty columns. */
const USUAL = ROWS.filter(({ id, said }) => id !== LONG && said.length < 40);

function planOf({ id, title }: Row): IssuePlan {
	return {
		...issue(id, { title, milestone: LONG.toLowerCase(), priority: 1 }),
		repository: { root: "/repo", commonDir: "/repo/.git" },
		base: { name: `feature/${LONG}`, commit: "1".repeat(40) },
		blockers: [],
		outside: [],
		stack: id === "A-2" ? ["A-1", "A-3"].map((issue) => ({ issue, branch: `issue/${issue}`, logDir: "/" })) : [],
		milestoneDocPath: "",
		branch: `issue/${id}`,
		worktreePath: `/home/somebody/src/a-repository.worktrees/${id}`,
		logDir: `/repo/logs/orch/${LONG.toLowerCase()}/${id}`,
	};
}

function standingOf(row: Row): IssueStanding {
	const [task] = graph.tasks;
	if (!task) throw new Error("no task");
	const survey = { issue: row.id, record, holder: null, tip: "1", ahead: 12, isMerged: false, hasWorktree: true };
	const unmet = row.because === undefined ? [] : [{ task, because: row.because, last: undefined }];
	return { issue: planOf(row), unmet, blockedBy: [], survey, surveys: new Map() };
}

function reportOf(rows: readonly Row[], turn = true): RunReport<IssuePlan> {
	return {
		tasks: graph.tasks.filter(({ role }) => turn || role !== "turn"),
		run: new Map(),
		closing: new Map(),
		issues: rows.map(planOf),
		outcomes: new Map(rows.map(({ id, outcome }) => [id, new Map([["verify", outcome]])])),
		stop: undefined,
	};
}

/** Every table of issues. `told` is what it says of a row beside the id, and `hasTitles` whether it has their titles. */
const TABLES: Readonly<
	Record<
		string,
		{ print(rows: readonly Row[], width?: Width): string; told(row: Row): readonly string[]; hasTitles?: true }
	>
> = {
	plan: {
		print: (rows, width) => planTable(rows.map(standingOf), [], width),
		told: ({ said }) => [said],
		hasTitles: true,
	},
	status: {
		print: (rows, width) => statusTable(rows.map(standingOf), [], Date.parse("2026-01-02T06:00:00Z"), width),
		told: ({ said }) => [said, "pass"],
		hasTitles: true,
	},
	discover: {
		print: (rows, width) => backlogTable(backlog(rows.map(planOf)), width),
		told: () => ["planned"],
		hasTitles: true,
	},
	clean: {
		print: (rows, width) =>
			madeTable(
				rows.map(({ id, said }) => ({
					issue: id,
					thing: { kind: "worktree", path: `/home/somebody/a-repository.worktrees/${id}` },
					proof: { kind: "unclear", detail: said },
				})),
				"/repo",
				width,
			),
		told: ({ said }) => ["worktree", "no", `not as it was made: ${said}`],
	},
	graph: { print: (rows, width) => issueGraph(rows.map(standingOf), "text", width), told: ({ said }) => [said] },
	closing: { print: (rows, width) => closingTable(reportOf(rows), "/repo", false, width), told: ({ came }) => [came] },
	"closing of tasks": {
		print: (rows, width) => closingTable(reportOf(rows, false), "/repo", true, width),
		told: ({ outcome, came }) => (outcome.status === "done" ? ["verify"] : ["verify", came]),
	},
};

describe.each(Object.entries(TABLES))("%s", (_, { print, told, hasTitles }) => {
	test.each(WIDTHS)("fits %s columns, with ids and outcomes whole", (width) => {
		for (const rows of [ROWS, USUAL]) {
			const text = print(rows, width);
			expectFits(text, width);
			for (const row of rows) {
				const block = blockOf(text, row.id, rows);
				for (const word of told(row).flatMap(wordsOf)) expect(block, `${width}: ${text}`).toContain(word);
			}
		}
	});

	test("has a row an issue in eighty columns, with the outcome in one piece", () => {
		const lines = print(USUAL, 80).split("\n");
		for (const row of USUAL) {
			const line = lines.find((each) => begins(each, row.id));
			for (const cell of told(row)) expect(line).toContain(cell);
		}
	});

	test("cuts and leaves out nothing in a pipe, and has a line an issue", () => {
		const text = print(ROWS);
		expect(text).not.toContain("…");
		for (const row of ROWS) {
			const [line = "", ...others] = text.split("\n").filter((each) => begins(each, row.id));
			expect(others).toEqual([]);
			for (const cell of [...told(row), ...(hasTitles ? [row.title] : [])]) expect(line).toContain(cell);
		}
	});

	test.runIf(hasTitles)("gives titles the width there is", () => {
		for (const width of [80, 120, 200]) {
			const [line = ""] = print(
				USUAL.slice(0, 1).map((row) => ({ ...row, title: "t".repeat(300) })),
				width,
			)
				.split("\n")
				.filter((each) => each.includes("tt"));
			expect(line).toHaveLength(width);
			expect(line).toMatch(/ t{15,}…$/);
		}
	});
});

const run = readArguments(["doctor"], "npx tsx orchfile.ts", "/package");
const names = { milestones: ["M1"], projects: ["p"], issues: [issue("A-1")], open: new Set(["A-1"]) };

test.each<readonly [string, (width: Width) => string]>([
	["--list", (width) => taskList(graph, LOOKS, say, width)],
	["graph", (width) => taskGraph(graph, "text", width)],
	["help dev", (width) => taskHelp(graph, "dev", "", say, names, width) ?? ""],
	["help persist", (width) => taskHelp(graph, "persist", "", say, names, width) ?? ""],
	["help clean", (width) => taskHelp(graph, "clean", "", say, names, width) ?? ""],
	["--help", (width) => generalHelp("", "dev", say, width)],
	["dev --rehearse", (width) => wrap(rehearsalOpening("pass", "works"), width)],
	["deliver --rehearse", (width) => wrap(rehearsalOpening("pass", "judges"), width)],
	["status --rehearse", (width) => wrap(rehearsalOpening("pass", "looks"), width)],
	[
		"doctor",
		(width) => {
			if (run.kind !== "run") throw new Error(run.kind);
			const settings = {
				check: "settings",
				status: "good",
				found: { kind: "settings", hooks: ["pre-commit"] },
			} as const;
			const bad = { check: "base", status: "bad", problems: [{ kind: "no-commits", path: "/repo" }] } as const;
			const skipped = { check: "worktrees", status: "skipped", needs: "base" } as const;
			return doctorText([settings, bad, skipped], run, say, { decoration: "marks", width });
		},
	],
])("%s fits, with every word whole and what is to be typed in one piece", (_, print) => {
	const whole = print(undefined);
	for (const width of WIDTHS) {
		const text = print(width);
		expectFits(text, width);
		for (const command of whole.matchAll(/npx tsx orchfile\.ts .*?(?= {2}|$)/gm)) expect(text).toContain(command[0]);
	}
	const kept = new Set(wordsOf(print(120)));
	for (const word of wordsOf(whole)) expect(kept).toContain(word);
});

test.each([
	["a pipe", { isTTY: undefined, columns: undefined }, {}, undefined],
	["a terminal", { isTTY: true, columns: 100 }, {}, 100],
	["a terminal that says nothing of its width", { isTTY: true, columns: undefined }, {}, 80],
	["a terminal that says 0", { isTTY: true, columns: 0 }, {}, 80],
	["the terminal of a CI, whose log is read later", { isTTY: true, columns: 80 }, { CI: "true" }, undefined],
])("%s has its width", (_, stream, env, width) => {
	expect(columnsOf(stream as never, env)).toBe(width);
});

/** No line is wider than the terminal, but one that is a name or a command and nothing else: a terminal breaks it so that it can be copied. */
function expectFits(text: string, width: Width): void {
	for (const line of text.split("\n")) {
		if (/^ *\S+$/.test(line) && /^[ -~]*$/.test(line)) continue;
		if (/^ *(?:[A-Z]\w+[^:]*: )?(?:npx tsx orchfile\.ts|git) /.test(line)) continue;
		const most = width ?? Number.POSITIVE_INFINITY;
		expect(stringWidth(line), `${width}: ${line}\n${text}`).toBeLessThanOrEqual(most);
		expect(widthOf(line), `${width}: ${line}\n${text}`).toBeLessThanOrEqual(most);
	}
}

/** The words of what is said of an issue, up to the next one; what is written without blanks as its characters. */
function blockOf(text: string, id: string, rows: readonly Row[]): readonly string[] {
	const lines = text.split("\n");
	const from = lines.findIndex((line) => begins(line, id));
	expect(from, text).toBeGreaterThan(-1);
	const next = lines.findIndex((line, at) => at > from && rows.some((row) => begins(line, row.id)));
	return wordsOf(lines.slice(from, next === -1 ? undefined : next).join(" "));
}

/** Whether a line is the first of a row; those of a plan have a number in front. */
function begins(line: string, id: string): boolean {
	return new RegExp(`^(?:\\d+ +)?${id}(?: |$)`).test(line);
}

function wordsOf(text: string): string[] {
	return text.split(/\s+/).flatMap((word) => (/^[ -~]*$/.test(word) ? [word] : [...word]));
}
