import { countChecks } from "../../contract/checks-verdict.ts";
import type { IssueReport } from "../../contract/report.ts";
import type { Night } from "../night.ts";
import type { IssueStanding } from "../standing.ts";
import { linesAgainst } from "./check-lines.ts";
import { checksWord } from "./check-words.ts";
import { diffSum } from "./diff-words.ts";
import { inOneLine, oneLine } from "./format.ts";
import { heldWord } from "./held-words.ts";
import { reviewedWord } from "./judged-cells.ts";
import { nextCommand } from "./next-command.ts";
import { groupOf, nightSentence } from "./night-words.ts";
import type { Say } from "./say.ts";
import { standingWord } from "./standing-words.ts";
import { table, type Width } from "./table-layout.ts";
import { whyOf } from "./why-words.ts";

/** A night in one screen: what became of it, each issue with its evidence in brief, and what to type next. */
export function nightText(
	{ report, standings, held }: Night,
	target: string,
	now: number,
	say: Say,
	width: Width,
): string {
	const known = new Map(report.issues.map((each) => [each.issue.id, each]));
	const rows = standings.map((standing) => [
		standing.issue.id,
		standingWord(standing),
		evidenceOf(standing, known.get(standing.issue.id)),
		inOneLine(standing.issue.title),
	]);
	const others = held.map((each) => [each.id, heldWord(each), "", inOneLine(each.title)]);
	const all = [["ISSUE", "STANDING", "EVIDENCE", "TITLE"], ...rows, ...others];
	const open = standings.flatMap((standing) => openLines(standing, now, say));
	const next = nextCommand(standings, target, now, say);
	return [
		`${target}: ${nightSentence(standings, held)}`,
		...(rows.length + others.length > 0 ? [table(all, width, { wraps: ["STANDING", "EVIDENCE"], cuts: "TITLE" })] : []),
		...(open.length > 0 ? [open.join("\n")] : []),
		...(next ? [`${next.how}: ${next.command}`] : []),
	].join("\n\n");
}

/** What speaks for and against an issue's work, in brief. */
function evidenceOf({ survey: { judged } }: IssueStanding, known: IssueReport | undefined): string {
	return [
		...(judged?.checks ? [checksWord(countChecks(judged.checks))] : []),
		...(judged?.review ? [`review ${reviewedWord(judged.review)}`] : []),
		...(known?.diff ? [diffSum(known.diff)] : []),
	].join("; ");
}

/** What a person is needed for: the first of what speaks against the work, or what is asked, and the command for it. */
function openLines(standing: IssueStanding, now: number, say: Say): string[] {
	const { issue, survey } = standing;
	const { tone } = groupOf(standing);
	if (tone !== "bad" && tone !== "ask") return [];
	const { questions, next, reasons } = whyOf(standing, now, say);
	const checks = survey.judged?.checks;
	const [against] = checks?.commit === survey.tip && checks ? linesAgainst(checks, 1) : [];
	const [finding] = survey.judged?.review?.result?.issues ?? [];
	const [reason = ""] = reasons;
	const why = questions[0] ?? against?.trim() ?? finding?.title ?? reason;
	return [`${issue.id}: ${oneLine(why, 300)}`, ...(next ? [`  ${next.how}: ${next.command}`] : [])];
}
