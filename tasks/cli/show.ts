import type { IssueReport } from "../contract/report.ts";
import { isOfOneIssue } from "../night/one-issue.ts";
import type { RunRequest } from "./arguments.ts";
import { type Night, nightOf } from "./night.ts";
import type { Display, Shown } from "./shown.ts";
import type { Surroundings } from "./surroundings.ts";
import { aboutOf } from "./target-words.ts";
import { diffText } from "./words/diff-words.ts";
import type { Decoration } from "./words/doctor-words.ts";
import { heldSentence } from "./words/held-words.ts";
import { nightText } from "./words/night-text.ts";
import { type Say, showingOwn } from "./words/say.ts";
import { issueText } from "./words/show-words.ts";
import { heldAsJson, standingAsJson } from "./words/standing-words.ts";

/** What `show` prints: one issue with all that is known of it, or several in brief. */
export async function showText(
	shown: Shown,
	request: RunRequest,
	say: Say,
	{ width, decoration }: Display,
): Promise<string> {
	const night = await nightOf(shown);
	if (request.json) return JSON.stringify(nightAsJson(night), undefined, "\t");
	const only = onlyIssue(night, request);
	if (!only && night.standings.length === 0)
		return night.held.map(heldSentence).join("\n") || "There is no issue to show.";
	if (!only) return nightText(night, aboutOf(request), Date.now(), say, width);
	const [standing] = night.standings;
	const text = standing ? issueText(standing, night, Date.now(), say, width) : "";
	// Where a person sits, git's pager shows it once this is written.
	return decoration === "none" && hasDiff(only) ? `${text}\n\n${diffOf(only, say, decoration)}` : text;
}

/** Shows the diff of one issue in git's pager, where a person sits. */
export async function showDiff(shown: Shown, request: RunRequest, { stdout, env, say }: Surroundings): Promise<number> {
	const only = stdout.isTTY && !request.json ? onlyIssue(await nightOf(shown), request) : undefined;
	if (!only || !hasDiff(only)) return 0;
	const { pageDiff } = await import("../repo/paged.ts");
	if (!(await pageDiff(only.issue.repository, only.diff.from, only.diff.to)))
		stdout.write(`\n${diffOf(only, say, stdout.hasColors(env) ? "colours" : "marks")}\n`);
	return 0;
}

type WithDiff = IssueReport & { readonly diff: NonNullable<IssueReport["diff"]> };

function hasDiff(known: IssueReport): known is WithDiff {
	return known.diff !== null && known.diff.files.length > 0;
}

function diffOf({ diff, issue, survey }: WithDiff, say: Say, decoration: Decoration): string {
	const whole = survey.tip === null ? `diff ${diff.from} ${diff.to}` : showingOwn(issue, survey.record, say);
	return diffText(diff, say.git(whole), decoration);
}

/** The issue that was asked for by its id. */
function onlyIssue({ report: { issues } }: Night, { options }: RunRequest): IssueReport | undefined {
	const plan = issues.map(({ issue }) => issue);
	return plan.length === 1 && isOfOneIssue(plan, options) ? issues[0] : undefined;
}

/** Where each issue stands, with all that is known of it. */
function nightAsJson({ report, standings, held }: Night): unknown {
	const planned = new Set(standings.map(({ issue }) => issue.id));
	const known = new Map(report.issues.map((each) => [each.issue.id, each]));
	return [
		...standings.map((standing) => {
			const { issue: _, survey: __, ...more } = known.get(standing.issue.id) ?? { issue: null, survey: null };
			return { ...(standingAsJson(standing, planned) as object), ...more };
		}),
		...held.map(heldAsJson),
	];
}
