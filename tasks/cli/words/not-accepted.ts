import type { AcceptRecord } from "../../contract/accept-record.ts";
import { problemOf } from "../../contract/problem.ts";
import type { IssueStanding } from "../standing.ts";
import { knownReason } from "./reason-words.ts";

/** The verdict against an issue's work as it is now; nothing where there is none, or something has come since. */
export function notAcceptedIn({ unmet, survey: { judged, tip } }: IssueStanding): AcceptRecord | undefined {
	for (const { because, last } of unmet) {
		const reason = knownReason(because);
		if (reason?.kind === "not-accepted") return reason.record;
		const problem = last?.status === "failed" ? problemOf(last.error) : undefined;
		if (problem?.kind === "not-accepted") return problem.record;
	}
	const verdict = judged?.verdict;
	return verdict?.outcome === "not-accepted" && verdict.commit === tip ? verdict : undefined;
}
