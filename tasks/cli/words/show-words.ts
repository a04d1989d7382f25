import { isWork } from "../../contract/phase.ts";
import type { CommitReport, IssueReport, TurnReport } from "../../contract/report.ts";
import type { PhaseResult } from "../../contract/result.ts";
import type { Night } from "../night.ts";
import type { IssueStanding } from "../standing.ts";
import { line } from "./check-lines.ts";
import { diffStat } from "./diff-words.ts";
import { evidenceLines } from "./evidence.ts";
import { inOneLine, oneLine, plural, printable } from "./format.ts";
import { gitChangeLines } from "./git-change-words.ts";
import { endOf } from "./outcome-words.ts";
import type { Say } from "./say.ts";
import { settledWords } from "./spent-words.ts";
import { standingWord } from "./standing-words.ts";
import type { Width } from "./table-layout.ts";
import { whyOf } from "./why-words.ts";
import { wrap } from "./wrap.ts";

/** Everything that is known of one issue, for a person who judges its work. */
export function issueText(standing: IssueStanding, { report }: Night, now: number, say: Say, width: Width): string {
	const { issue, survey } = standing;
	const known = report.issues.find((each) => each.issue.id === issue.id);
	const { reasons, questions, advice, next } = whyOf(standing, now, say);
	const { judged, record } = survey;
	return [
		[`${issue.id}: ${inOneLine(issue.title)}`, standingWord(standing), ...reasons],
		judged ? evidenceLines(judged, issue.logDir) : [],
		listed("A person has to answer first:", questions),
		...(known ? [saidLines(known), turnLines(known.turns), commitLines(known)] : []),
		known?.diff ? ["Diff:", diffStat(known.diff, width)] : [],
		[...(record ? gitChangeLines(record, say) : []), `Log: ${issue.logDir}`],
		[...advice, ...(next ? [`${next.how}: ${next.command}`] : [])],
	]
		.filter((lines) => lines.length > 0)
		.map((lines) => wrap(lines.join("\n"), width))
		.join("\n\n");
}

/** What the agent that worked last has said of its work. */
function saidLines({ turns }: IssueReport): string[] {
	const said = turns.findLast(({ record, result }) => result && isWork(record.phase));
	const result = said?.result as Exclude<PhaseResult, PhaseResult<"review">> | undefined;
	if (!said || !result) return [];
	return [
		`What the agent of ${said.turn} says:`,
		...indented(result.summary),
		...result.testsRun.map(({ command, status, notes }) =>
			line(`it ran ${command}: ${status}${notes ? `, ${notes}` : ""}`),
		),
		...listed("It left for later:", result.deferred),
	];
}

function turnLines(turns: readonly TurnReport[]): string[] {
	if (turns.length === 0) return [];
	return [
		`${plural(turns.length, "attempt")}:`,
		...turns.map(({ turn, record, commands, moreCommands, folder }) => {
			const ran = commands.length + moreCommands;
			const failed = commands.filter(({ exitCode }) => exitCode !== 0 && exitCode !== null).length;
			const spent = settledWords(`${turn}: ${endOf(record)}`, [record]);
			const told = `${plural(ran, "command")}${failed > 0 ? `, ${failed} failed` : ""}`;
			return `  ${spent}  ${told}${folder === "" ? "" : `  in ${folder}`}`;
		}),
	];
}

function commitLines({ commits, moreCommits }: IssueReport): string[] {
	const lines = commits.map(({ commit, subject }: CommitReport) => `  ${commit.slice(0, 10)} ${oneLine(subject)}`);
	if (lines.length === 0) return [];
	return ["Commits:", ...(moreCommits > 0 ? [`  ${moreCommits} before these`] : []), ...lines];
}

function listed(title: string, items: readonly string[]): string[] {
	return items.length > 0 ? [title, ...items.map(line)] : [];
}

/** A text of several lines, as it is but for what commands a terminal. */
function indented(text: string): string[] {
	return printable(text)
		.trim()
		.split("\n")
		.map((line) => `  ${line}`.trimEnd());
}
