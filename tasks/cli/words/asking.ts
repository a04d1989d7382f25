import type { IssuePlan } from "../../contract/issue.ts";
import { type AttemptRecord, waitsForAnswer } from "../../contract/record.ts";
import type { IssueStanding } from "../standing.ts";
import { plural } from "./format.ts";
import { answering, type Say } from "./say.ts";

/** True for an attempt that waits for a person's answer, as long as its issue's document is what it was. */
export function isUnanswered(
	record: AttemptRecord | null | undefined,
	issue: Pick<IssuePlan, "docHash">,
): record is AttemptRecord {
	return record != null && waitsForAnswer(record) && record.issueDocHash === issue.docHash;
}

/** What to type where issues wait for an answer, a line each. */
export function answeringLines(standings: readonly IssueStanding[], say: Say): string[] {
	return standings.flatMap(({ issue, survey: { record, holder } }) => {
		if (holder || !isUnanswered(record, issue)) return [];
		return [`To answer ${issue.id} (${plural(record.details.length, "question")}): ${answering(issue.id, say)}`];
	});
}
