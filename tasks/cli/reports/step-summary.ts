import type { IssuePlan } from "../../contract/issue.ts";
import { Failure } from "../../contract/problem.ts";
import type { RunReport } from "../../engine/execute.ts";
import { count, duration, oneLine, plural, printable } from "../words/format.ts";
import { checksCell, judgingColumns, reviewCell } from "../words/judged-cells.ts";
import { messageOf } from "../words/problem-words.ts";
import type { Say } from "../words/say.ts";
import { timeOf, tokensOf } from "../words/spent-words.ts";
import { issueReason, problemsOf } from "../words/summary.ts";
import { verdictOf } from "./verdict.ts";

/** GitHub refuses a summary of more than a megabyte; a row has some hundred bytes. */
const MOST_ROWS = 400;

const NUMBERS = ["commits", "files", "+/−", "time", "tokens"];
const REST = [...NUMBERS, "reason"];

/** What became of a run, as Markdown for the page of the workflow. */
export function runSummary(
	report: RunReport<IssuePlan>,
	command: string,
	closing: readonly string[],
	say: Say,
): string {
	const columns = ["issue", "status", ...judgingColumns(report.tasks).map((name) => name.toLowerCase()), ...REST];
	const rows = report.issues.slice(0, MOST_ROWS).map((issue) => {
		const cells = rowOf(report, issue, say);
		return columns.map((name) => cells[name] ?? "");
	});
	const passed = report.issues.filter((issue) => verdictOf(report, issue).verdict === "passed").length;
	const left = report.issues.length - rows.length;
	return paragraphs([
		`### orchfile ${markdown(command)}`,
		[columns, columns.map((name) => (NUMBERS.includes(name) ? "--:" : "---")), ...rows]
			.map((cells) => `| ${cells.join(" | ")} |`)
			.join("\n"),
		...(left > 0 ? [`And ${plural(left, "issue")} more.`] : []),
		`${passed} of ${plural(report.issues.length, "issue")} done.`,
		...closing.map(markdown),
	]);
}

/** Why a run was refused, as Markdown for the page of the workflow. */
export function errorSummary(error: Error, command: string, say: Say): string {
	const messages =
		error instanceof Failure
			? error.problems.map((problem) => {
					const { what, remedy } = messageOf(problem, say);
					return `${what}${remedy ? ` ${remedy}` : ""}`;
				})
			: problemsOf(error, say);
	const items = messages.slice(0, MOST_ROWS).map((text) => `- ${markdown(oneLine(text, 500))}`);
	const left = messages.length - items.length;
	return paragraphs([
		`### orchfile ${markdown(command)}`,
		error instanceof Failure ? "Nothing was started." : "The run broke off.",
		items.join("\n"),
		...(left > 0 ? [`And ${left} more.`] : []),
	]);
}

/** Text as Markdown that shows it and does nothing else: no HTML, link, picture, mention, or cell of a table. */
export function markdown(text: string): string {
	return printable(text)
		.replace(/\s*\n\s*/g, " ")
		.replace(/[&<>|@]/g, (character) => `&#${character.charCodeAt(0)};`)
		.replace(/[\\`*_[\]~]/g, "\\$&")
		.replace(/^(\d*)([-+#=.)])/, "$1\\$2");
}

function rowOf(report: RunReport<IssuePlan>, issue: IssuePlan, say: Say): Readonly<Record<string, string>> {
	const { verdict, word, record, turns, judged } = verdictOf(report, issue);
	const saved = record?.saved;
	const [time, tokens] = [timeOf(turns), tokensOf(turns)];
	return {
		issue: markdown(oneLine(`${issue.id} ${issue.title}`, 100)),
		status: `${verdict === "passed" ? "✅" : verdict === "not-started" ? "◻️" : "❌"} ${markdown(oneLine(word, 100))}`,
		checks: shown(checksCell(judged)),
		review: shown(reviewCell(judged)),
		commits: saved ? String(saved.commits) : "",
		files: saved ? String(saved.filesChanged) : "",
		"+/−": saved ? `+${saved.insertions} −${saved.deletions}` : "",
		time: time === undefined ? "" : duration(time),
		tokens: tokens === undefined ? "" : count(tokens),
		reason: verdict === "passed" ? "" : markdown(issueReason(report, issue, say, 300)),
	};
}

/** Where there is nothing, a cell is empty. */
function shown(cell: string): string {
	return cell === "-" ? "" : markdown(cell);
}

function paragraphs(texts: readonly string[]): string {
	return `${texts.filter(Boolean).join("\n\n")}\n\n`;
}
