import { join } from "node:path";
import type { PageFacts } from "../../tasks/cli/page/facts.ts";
import type { IssueStanding } from "../../tasks/cli/standing.ts";
import type { Refusal } from "../../tasks/contract/accept-record.ts";
import type { AttemptRecord } from "../../tasks/contract/record.ts";
import type { Diff, DiffLine, FileDiff, IssueReport, Span, TurnReport } from "../../tasks/contract/report.ts";
import type { IssueSurvey, Judged } from "../../tasks/contract/standing.ts";
import { acceptRecord, answer, attemptRecord, verifyRecord } from "./documents.ts";
import { DELIVERY } from "./judged.ts";
import { plannedIssue } from "./reports.ts";
import { testSay } from "./say.ts";

/** A night of this many issues, each in another way than the one before it; the same whenever it is made. */
export interface NightSettings {
	readonly issues?: number;
	/** Changed and unchanged lines of each issue's diff. */
	readonly lines?: number;
	/** How many earlier issues each waits for, at most. */
	readonly blockers?: number;
	/** Stands in for every text that an agent, a document or a diff may have written. */
	readonly text?: string;
}

const BEGIN = Date.parse("2026-01-02T22:04:05.678Z");
const TIP = "4".repeat(40);
const ENDS = [
	"accepted",
	"accepted",
	"new-failures",
	"accepted",
	"asks",
	"waits",
	"accepted",
	"timed-out",
	"merged",
	"changes-required",
	"accepted",
	"never-run",
] as const;
type End = (typeof ENDS)[number] | "running";

/** What a page has to tell of such a night. */
export function nightFacts(settings: NightSettings = {}): PageFacts {
	const { issues: count = 12 } = settings;
	const night = Array.from({ length: count }, (_, at) => issueOfNight(at, settings));
	const standings = night.map(({ standing }) => standing);
	for (const [at, standing] of standings.entries()) {
		const blockers = standings.filter(({ issue }) => standing.issue.blockers.includes(issue.id));
		const blockedBy = blockers.filter(({ unmet }) => unmet.length > 0);
		standings[at] = { ...standing, blockedBy: standing.unmet.length > 0 ? blockedBy : [] };
	}
	return {
		report: {
			kind: "report",
			at: new Date(BEGIN + 9 * 3_600_000).toISOString(),
			base: { name: "main", commit: "1".repeat(40) },
			issues: night.map(({ report }) => report),
		},
		standings,
		held: [],
		target: "M1",
		say: testSay(),
		now: BEGIN + 9 * 3_600_000,
		linkTo: ({ id }, file) => `./${encodeURIComponent(id)}/${file.split("/").map(encodeURIComponent).join("/")}`,
	};
}

const TITLES = [
	"Parse amounts with thousands separators",
	"Retry the upload once the token is renewed",
	"Show the balance of closed accounts",
	"Write the ledger in one transaction",
	"Import statements of several banks",
	"Export to CSV, with a header",
	"Round half to even everywhere",
	"Tell a duplicate from a correction",
	"Keep the order of equal dates",
	"Warn of a currency that is not known",
	"Search by amount and text",
	"Undo the last import",
];

function issueOfNight(at: number, { lines = 300, blockers = 2, text }: NightSettings) {
	const id = `AL-${at + 1}`;
	const end: End = ENDS[at % ENDS.length] ?? "accepted";
	const words = (own: string) => text ?? own;
	const waitsFor =
		end === "waits"
			? [at]
			: Array.from({ length: (at * 7) % (blockers + 1) }, (_, n) => at - 2 - 3 * n).filter(
					(each) => each > 0 && ["accepted", "merged"].includes(ENDS[(each - 1) % ENDS.length] ?? ""),
				);
	const issue = plannedIssue(id, {
		title: words(TITLES[at % TITLES.length] ?? ""),
		blockers: [...new Set(waitsFor)].map((each) => `AL-${each}`),
	});
	const spans = spansOf(at, end);
	const turns = turnsOf(id, end, spans, words, lines);
	const record = turns.findLast(({ record }) => record.phase !== "review")?.record ?? null;
	const judged = judgedAs(end, words, turns);
	const survey: IssueSurvey = {
		issue: id,
		record,
		holder: null,
		tip: record ? TIP : null,
		ahead: record ? 2 : 0,
		isMerged: end === "merged",
		hasWorktree: false,
		...(judged ? { judged } : {}),
	};
	const standing: IssueStanding = {
		issue,
		unmet: unmetOf(end, judged, record),
		blockedBy: [],
		survey,
		surveys: new Map(),
	};
	const report: IssueReport = {
		issue,
		survey,
		turns,
		spans,
		commits: record ? commitsOf(id, words) : [],
		moreCommits: 0,
		diff: record ? diffOf(at, lines, words) : null,
		logs: record
			? [
					"dev-run.json",
					"dev-result.json",
					"dev-events.jsonl",
					"verify-run.json",
					"verify.tests.log",
					"tasks/accept.json",
				]
			: [],
	};
	return { standing, report };
}

function unmetOf(end: End, judged: Judged | undefined, record: AttemptRecord | null): IssueStanding["unmet"] {
	const because = {
		"new-failures": { kind: "not-accepted", record: judged?.verdict },
		"changes-required": { kind: "not-accepted", record: judged?.verdict },
		asks: { kind: "last-attempt", record },
		"timed-out": { kind: "last-attempt", record },
		waits: { kind: "never-run", turn: "dev" },
		"never-run": { kind: "never-run", turn: "dev" },
		accepted: undefined,
		merged: undefined,
		running: undefined,
	}[end];
	return because ? [{ task: DELIVERY.accept, because, last: undefined }] : [];
}

function judgedAs(end: End, words: (own: string) => string, turns: readonly TurnReport[]): Judged | undefined {
	const [first] = verifyRecord().checks;
	const checks = [
		{ ...first, name: "types", run: "npm run types", durationMs: 4_100, log: "verify.types.log", tests: undefined },
		{
			...first,
			name: "tests",
			run: "npx vitest run",
			durationMs: 41_300,
			tests: { passed: 142, failed: 0, skipped: 1 },
		},
	].map(({ tests, ...check }) => ({ ...check, ...(tests ? { tests } : {}) })) as never;
	const review = turns.findLast((turn) => turn.record.phase === "review");
	const reviewed = review ? { review: { record: review.record, result: review.result as never } } : {};
	if (end === "accepted" || end === "merged")
		return {
			checks: verifyRecord({
				checks,
				proved: 2,
				newTests: 3,
				fixed: [{ check: "tests", test: "amount > keeps its sign" }],
			}),
			...reviewed,
			verdict: acceptRecord(),
		};
	if (end !== "new-failures" && end !== "changes-required") return undefined;
	const failing = verifyRecord({
		checks: (checks as unknown as { name: string }[]).map((check) =>
			check.name === "tests"
				? { ...check, status: "fail", exitCode: 1, tests: { passed: 139, failed: 2, skipped: 1 } }
				: check,
		) as never,
		failures: ["new-failures", "vanished"],
		newFailures: [
			{
				check: "tests",
				test: words("amount > parses 1.234,50"),
				message: words(
					"AssertionError: expected 1.2345 to be 1234.5\n    at tests/amount.test.ts:41:27\n- Expected: 1234.5\n+ Received: 1.2345",
				),
			},
			{ check: "tests", test: words("amount > refuses 1,2,3") },
		],
		vanished: [{ check: "tests", test: words("amount > keeps trailing zeros") }],
		unproved: [{ check: "tests", test: words("amount > exists") }],
		changed: [words("vitest.config.ts"), words("package.json: scripts.test")],
		preExisting: [{ check: "tests", test: words("clock > moves on") }],
		flaky: [{ check: "tests", test: words("upload > retries") }],
		newTests: 3,
		proved: 2,
	});
	const reasons: Refusal[] = end === "new-failures" ? ["new-failures", "vanished", "unproved"] : ["changes-required"];
	return {
		checks: end === "new-failures" ? failing : verifyRecord({ checks }),
		...reviewed,
		verdict: acceptRecord({ outcome: "not-accepted", reasons }),
	};
}

function spansOf(at: number, end: End): Span[] {
	if (end === "waits" || end === "never-run") return [];
	const MINUTE = 60_000;
	let clock = BEGIN + (at % 12) * 31 * MINUTE + Math.floor(at / 12) * 3 * MINUTE;
	const span = (what: Span["what"], minutes: number, turn?: Span["turn"]): Span => {
		const from = clock;
		clock += minutes * MINUTE;
		return { what, ...(turn ? { turn } : {}), from: new Date(from).toISOString(), to: new Date(clock).toISOString() };
	};
	const begin = [
		...(at % 3 === 1 ? [span("waiting", 12)] : []),
		span("set-up", 2),
		span("dev", 14 + ((at * 13) % 37), "dev"),
	];
	if (end === "asks" || end === "timed-out") return begin;
	const judged = [...begin, span("verify", 4), span("review", 6, "review-1")];
	if (at % 2 === 0 && end === "accepted") return judged;
	return [...judged, span("fix", 9 + (at % 5), "fix-1"), span("verify", 4), span("review", 5, "review-2")];
}

function turnsOf(
	id: string,
	end: End,
	spans: readonly Span[],
	words: (own: string) => string,
	lines: number,
): TurnReport[] {
	const all = spans.flatMap(({ what, turn, from, to }): TurnReport[] => {
		if (turn === undefined) return [];
		const isLast = spans.findLast((each) => each.turn !== undefined)?.turn === turn;
		const phase = what as "dev" | "review" | "fix";
		const durationMs = Date.parse(to) - Date.parse(from);
		const tokens = Math.round(durationMs / 7);
		const usage = {
			inputTokens: tokens * 9,
			cachedInputTokens: tokens * 7,
			outputTokens: tokens,
			reasoningOutputTokens: Math.round(tokens / 3),
		};
		const asks = phase === "review" && (!isLast || end === "changes-required");
		const outcome = end === "asks" ? "deferred" : end === "timed-out" ? "failed" : asks ? "changes_required" : "pass";
		const details =
			end === "asks"
				? [
						words("Which separator do statements of Swiss banks have: ' or ’ ? Both occur in the samples."),
						words("Is a sum without decimals to be refused?"),
					]
				: end === "timed-out"
					? [words("no event for 20m00s")]
					: [];
		const record = attemptRecord({
			issueId: id,
			phase,
			outcome,
			reason: end === "timed-out" ? "timed-out" : null,
			details,
			startedAt: from,
			endedAt: to,
			durationMs,
			usage,
			model: "gpt-5.4-codex",
			effort: "high",
			saved:
				phase === "review"
					? null
					: { at: to, head: TIP, commit: TIP, commits: 2, filesChanged: 4, insertions: 120, deletions: 31 },
		});
		const summary = words(
			`Amounts are read by their own grammar now, in \`src/amount.ts\`, and not by a regular expression any more.\n\n- Groups are told from decimals by the last separator.\n- What is ambiguous is refused, with the line of the statement.\n\nThe tests of \`parse\` cover every bank of the samples.`,
		);
		const result =
			end === "timed-out"
				? {}
				: {
						result: (phase === "review"
							? answer("review", {
									status: outcome,
									summary,
									issues: [
										{
											severity: "high",
											title: words("A sum of 1.234 is taken for a decimal"),
											details: words(
												"Where there is one separator with three digits behind it, both readings are possible. The code takes the decimal without saying so.",
											),
											evidence: words("src/amount.ts:41\n> parse('1.234')\n1.234"),
										},
										{
											severity: "low",
											title: words("Two helpers do the same"),
											details: words("`strip` and `clean`."),
											evidence: words("src/text.ts:7"),
										},
									],
									requiredActions: asks ? [words("Refuse amounts that can be read in two ways.")] : [],
									followups: [words("Name the bank in the message.")],
								})
							: answer("dev", {
									phase,
									status: outcome,
									summary,
									openQuestions: details,
									testsRun: [{ command: words("npx vitest run tests/amount.test.ts"), status: "pass", notes: "" }],
								})) as TurnReport["result"],
					};
		return [
			{
				turn,
				folder: "",
				record,
				...result,
				commands: Array.from({ length: Math.min(14, lines) }, (_, n) => ({
					command: words(`bash -lc '${COMMANDS[n % COMMANDS.length]}'`),
					exitCode: n % 6 === 4 ? 1 : n === 13 ? null : 0,
					durationMs: 130 * (n + 1) ** 2,
				})),
				moreCommands: 3,
			} as TurnReport,
		];
	});
	return all;
}

const COMMANDS = [
	"git status --short",
	"rg -n separator src",
	"sed -n 1,120p src/amount.ts",
	"npx vitest run tests/amount.test.ts",
	"npm run types",
	"git diff",
];

function commitsOf(id: string, words: (own: string) => string): IssueReport["commits"] {
	return ["Read amounts by their own grammar", "Refuse what can be read in two ways"].map((subject, n) => ({
		commit: String(n + 3).repeat(40),
		subject: words(subject),
		at: new Date(BEGIN + 3_600_000 * (n + 1)).toISOString(),
		trailers: [
			["Orch-Issue", id],
			["Orch-Phase", n === 0 ? "dev" : "fix-1"],
			["Orch-Thread", words("0199a213-81c0-7800-8aa1-bbab2a035a53")],
		],
	}));
}

/** A diff of some files: sources, a test, a renamed one, a generated one and a lock file. */
export function diffOf(seed: number, lines: number, words: (own: string) => string = (own) => own): Diff {
	const file = (path: string, share: number, more: Partial<FileDiff> = {}): FileDiff => {
		const hunks = Array.from({ length: Math.max(1, Math.round((lines * share) / 30)) }, (_, n) =>
			hunkOf(seed + n, Math.min(30, lines), n, words),
		);
		const count = (side: string) => hunks.flatMap((hunk) => hunk.lines).filter((line) => line.side === side).length;
		return {
			path: words(path),
			change: "modified",
			kind: "text",
			insertions: count("new"),
			deletions: count("old"),
			hunks,
			moreLines: 0,
			...more,
		};
	};
	const files = [
		file("src/amount.ts", 0.5),
		file("tests/amount.test.ts", 0.2, { change: "added" }),
		file("src/text/separators.ts", 0.1, { change: "renamed", oldPath: words("src/separators.ts") }),
		file("bin/import", 0.03, { oldMode: "100644", newMode: "100755" }),
		file("docs/logo.png", 0, { kind: "binary", hunks: [], insertions: 0, deletions: 0 }),
		file("vendor/rules", 0, {
			kind: "submodule",
			hunks: [
				{
					oldStart: 1,
					newStart: 1,
					section: "",
					lines: [
						{ side: "old", text: `Subproject commit ${"a".repeat(40)}` },
						{ side: "new", text: `Subproject commit ${"b".repeat(40)}` },
					],
				},
			],
			insertions: 1,
			deletions: 1,
		}),
		file("src/generated/banks.ts", 0.1, { kind: "generated" }),
		file("package-lock.json", 0.1, { kind: "lock", moreLines: 812 }),
	];
	return {
		from: "1".repeat(40),
		to: TIP,
		files,
		insertions: files.reduce((sum, each) => sum + each.insertions, 0),
		deletions: files.reduce((sum, each) => sum + each.deletions, 0),
		moreFiles: 0,
	};
}

const CODE = [
	"export function parseAmount(text: string, { separators }: Bank): Amount {",
	"\tconst groups = text.split(separators.group);",
	'\tif (groups.some((each) => each.length !== 3)) throw new Failure({ kind: "amount", text });',
	'\treturn { value: Number(groups.join("")), currency: bank.currency };',
	"}",
	"",
	"/** A sum with its sign. */",
	'const sign = text.startsWith("-") ? -1 : 1;',
];

function hunkOf(seed: number, lines: number, at: number, words: (own: string) => string) {
	const code = (n: number) => words(CODE[(seed + n) % CODE.length] ?? "");
	const all = Array.from({ length: lines }, (_, n): DiffLine[] => {
		if (n % 10 < Math.min(6, lines - 2)) return [{ side: "both", text: code(n) }];
		if (n % 10 < Math.min(8, lines - 1)) return [{ side: "old", text: code(n) }];
		return [
			{
				side: "new",
				text: words(
					code(n - 2)
						.replace("text", "line")
						.replace("groups", "parts"),
				),
			},
		];
	}).flat();
	return { oldStart: 1 + at * 60, newStart: 1 + at * 61, section: words("export class Statement {"), lines: all };
}

/** The same as it is served, with its logs below a folder. */
export function servedNight(folder: string, settings: NightSettings, logs?: readonly string[]): PageFacts {
	const facts = nightFacts(settings);
	const issues = facts.report.issues.map((each) => ({
		...each,
		issue: { ...each.issue, logDir: join(folder, each.issue.id) },
		logs: logs ?? each.logs,
	}));
	return { ...facts, report: { ...facts.report, issues } };
}
