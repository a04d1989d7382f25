import { relative } from "node:path";
import type { IssuePlan } from "../../contract/issue.ts";
import type { RunReport } from "../../engine/execute.ts";
import { withRole } from "../roles.ts";
import { count, duration, inOneLine } from "./format.ts";
import { notesOf, outcomeWords, statusOf } from "./outcome-words.ts";
import { table, type Width } from "./table-layout.ts";

/** The closing table: what became of each issue, or of each task where no agent was asked for. */
export function closingTable(report: RunReport<IssuePlan>, cwd: string, isRehearsal: boolean, width?: Width): string {
	const first = isRehearsal ? "REHEARSAL" : "ISSUE";
	if (withRole(report.tasks, "turn").length === 0) return taskTable(report, first, width);
	const notes = report.issues.map((issue) => notesOf(report.outcomes.get(issue.id) ?? new Map()));
	const hasNotes = notes.some((each) => each.length > 0);
	const heading = [first, "STATUS", "COMMITS", "FILES", "+/-", "TIME", "TOKENS", "LOG", ...(hasNotes ? ["NOTES"] : [])];
	const rows = report.issues.map((issue, at) => [
		...attemptRow(report, issue, cwd),
		...(hasNotes ? [inOneLine(notes[at]?.map(([task, text]) => `${task}: ${text}`).join("; ") ?? "") || "-"] : []),
	]);
	return table([heading, ...rows], width, {
		leaves: ["LOG", "COMMITS", "FILES", "+/-", "TOKENS", "TIME"],
		wraps: ["STATUS", "NOTES"],
	});
}

/** What the closing tasks had to say, a line each. */
export function closingTasks(report: RunReport<IssuePlan>): string[] {
	return [...report.closing].flatMap(([name, outcome]) => {
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

function attemptRow(report: RunReport<IssuePlan>, issue: IssuePlan, cwd: string): string[] {
	const { word, record, isOld } = statusOf(report.outcomes.get(issue.id) ?? new Map());
	const saved = record?.saved;
	return [
		issue.id,
		word,
		saved ? String(saved.commits) : "-",
		saved ? String(saved.filesChanged) : "-",
		saved ? `+${saved.insertions} -${saved.deletions}` : "-",
		record?.durationMs == null || isOld ? "-" : duration(record.durationMs),
		record?.usage && !isOld ? count(record.usage.inputTokens + record.usage.outputTokens) : "-",
		record ? relative(cwd, issue.logDir) || "." : "-",
	];
}
