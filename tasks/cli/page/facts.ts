import type { IssuePlan } from "../../contract/issue.ts";
import type { IssueReport, Report } from "../../contract/report.ts";
import type { HeldIssue } from "../../contract/standing.ts";
import type { IssueStanding } from "../standing.ts";
import type { Say } from "../words/say.ts";

/** What a page tells, and how. */
export interface PageFacts {
	readonly report: Report;
	readonly standings: readonly IssueStanding[];
	readonly held: readonly HeldIssue[];
	/** What it is about, as it is typed: a milestone, an issue, `--all`. */
	readonly target: string;
	readonly say: Say;
	/** In milliseconds. */
	readonly now: number;
	/** The address of a file below an issue's log folder, from where the page lies; its parts are encoded, and it begins with a dot or `/`. */
	readonly linkTo: (issue: IssuePlan, file: string) => string;
	/** It is served, and follows what it tells of. */
	readonly isLive?: true;
}

/** What the page tells of one issue. */
export interface IssueFacts extends PageFacts {
	readonly standing: IssueStanding;
	/** Absent where nobody has gathered it. */
	readonly issue: IssueReport | undefined;
}

/** Every issue with what is known of it. */
export function issuesOf(facts: PageFacts): IssueFacts[] {
	const known = new Map(facts.report.issues.map((each) => [each.issue.id, each]));
	return facts.standings.map((standing) => ({ ...facts, standing, issue: known.get(standing.issue.id) }));
}
