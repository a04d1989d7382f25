import { relative } from "node:path";
import type { IssuePlan } from "../../contract/issue.ts";
import type { RunReport } from "../../engine/execute.ts";
import { withRole } from "../roles.ts";
import { count, duration, inOneLine } from "./format.ts";
import { integrationText } from "./integration-words.ts";
import { checksCell, judgingColumns, reviewCell } from "./judged-cells.ts";
import { notesOf, outcomeWords, statusOf } from "./outcome-words.ts";
import { timeOf, tokensOf } from "./spent-words.ts";
import { table, type Width } from "./table-layout.ts";
import { knownValue } from "./value-words.ts";

/** The closing table: what became of each issue, or of each task where no agent was asked for. */
export function closingTable(report: RunReport<IssuePlan>, cwd: string, isRehearsal: boolean, width?: Width): string {
	const first = isRehearsal ? "REHEARSAL" : "ISSUE";
	if (withRole(report.tasks, "turn").length === 0) return taskTable(report, first, width);
	const notes = report.issues.map((issue) => notesOf(report.outcomes.get(issue.id) ?? new Map()));
	const columns = [
		...ISSUE,
		...judgingColumns(report.tasks),
		...REST,
		...(notes.some((each) => each.length > 0) ? ["NOTES"] : []),
	];
	const rows = report.issues.map((issue, at) => {
		const cells: Readonly<Record<string, string>> = {
			...attemptRow(report, issue, cwd),
			NOTES: inOneLine(notes[at]?.map(([task, text]) => `${task}: ${text}`).join("; ") ?? "") || "-",
		};
		return columns.map((name) => cells[name] ?? "-");
	});
	return table([[first, ...columns.slice(1)], ...rows], width, {
		leaves: ["LOG", "COMMITS", "FILES", "+/-", "TOKENS", "TIME"],
		wraps: ["STATUS", "CHECKS", "REVIEW", "NOTES"],
	});
}

const ISSUE = ["ISSUE", "STATUS"];
const REST = ["COMMITS", "FILES", "+/-", "TIME", "TOKENS", "LOG"];

/** What the closing tasks had to say: a line each, as a rule. */
export function closingTasks(report: RunReport<IssuePlan>, cwd: string, width?: Width): string[] {
	return [...report.closing].flatMap(([name, outcome]) => {
		const value = knownValue(outcome);
		if (value?.kind === "integrated") return [integrationText(value, cwd, width)];
		const said = outcomeWords(outcome);
		return said && !said.isNothing ? [`${name}: ${said.words}`] : [];
	});
}

function taskTable(report: RunReport<IssuePlan>, first: string, width: Width): string {
	const rows = report.issues.flatMap((issue) =>
		[...(report.outcomes.get(issue.id) ?? [])].flatMap(([name, outcome]) => {
			const said = outcomeWords(outcome);
			return said ? [[issue.id, name, said.words]] : [];
		}),
	);
	return table([[first, "TASK", "OUTCOME"], ...rows], width, { wraps: ["OUTCOME"] });
}

function attemptRow(report: RunReport<IssuePlan>, issue: IssuePlan, cwd: string): Record<string, string> {
	const { word, record, turns, judged } = statusOf(report.outcomes.get(issue.id) ?? new Map());
	const saved = record?.saved;
	const [time, tokens] = [timeOf(turns), tokensOf(turns)];
	return {
		ISSUE: issue.id,
		STATUS: word,
		CHECKS: checksCell(judged),
		REVIEW: reviewCell(judged),
		COMMITS: saved ? String(saved.commits) : "-",
		FILES: saved ? String(saved.filesChanged) : "-",
		"+/-": saved ? `+${saved.insertions} -${saved.deletions}` : "-",
		TIME: time === undefined ? "-" : duration(time),
		TOKENS: tokens === undefined ? "-" : count(tokens),
		LOG: record || judged.checks || judged.verdict ? relative(cwd, issue.logDir) || "." : "-",
	};
}
