import type { AcceptRecord } from "../../contract/accept-record.ts";
import { problemOf } from "../../contract/problem.ts";
import type { Judged, Reviewed } from "../../contract/standing.ts";
import type { IssueOutcomes } from "../../engine/event.ts";
import type { Outcome } from "../../engine/outcome.ts";
import { knownValue } from "./value-words.ts";

/** How an issue's work was judged, as the outcomes of a run tell. */
export interface JudgedInRun extends Judged {
	/** True where there are no checks to judge it by. */
	readonly isUnchecked: boolean;
	/** True where it was not reviewed, since its checks fail. */
	readonly isPassedOver: boolean;
}

/** How an issue's work was judged: what came last counts. */
export function judgedOf(outcomes: IssueOutcomes): JudgedInRun {
	let judged: JudgedInRun = { isUnchecked: false, isPassedOver: false };
	for (const outcome of outcomes.values()) judged = { ...judged, ...judgedBy(outcome) };
	return judged;
}

function judgedBy(outcome: Outcome<unknown>): Partial<JudgedInRun> {
	const problem = outcome.status === "failed" ? problemOf(outcome.error) : undefined;
	if (problem?.kind === "attempt") return reviewedBy({ record: problem.record });
	if (problem?.kind === "not-accepted") return judgedAs(problem.record);
	const value = knownValue(outcome);
	switch (value?.kind) {
		case "verified":
			return value.record ? { checks: value.record } : { isUnchecked: true };
		case "turn":
			return reviewedBy(value);
		case "not-needed":
			return value.because === "failing" ? { isPassedOver: true } : {};
		case "accepted":
			return judgedAs(value.record);
		default:
			return {};
	}
}

function reviewedBy({ record, result }: Reviewed): Partial<JudgedInRun> {
	if (record.phase !== "review") return {};
	return { review: { record, ...(result ? { result } : {}) }, isPassedOver: false };
}

function judgedAs(verdict: AcceptRecord): Partial<JudgedInRun> {
	return { verdict, isUnchecked: verdict.key === null };
}

/** How an issue's work was judged, as data: whole records. */
export function judgedAsJson({ checks, review, verdict }: Judged): Record<keyof Judged, unknown> {
	return { checks: checks ?? null, review: review ?? null, verdict: verdict ?? null };
}

/** What speaks against an issue's work where nothing has come to a verdict on it: what was found last. */
export function faultIn(outcomes: IssueOutcomes): { readonly word: string; readonly kind: string } | undefined {
	const values = [...outcomes.values()].flatMap((outcome) => knownValue(outcome) ?? []);
	const last = values.findLast(({ kind }) => kind === "turn" || kind === "verified" || kind === "accepted");
	if (last?.kind === "turn" && last.record.outcome === "changes_required")
		return { word: "changes required", kind: "changes-required" };
	const [kind] = last?.kind === "verified" ? (last.record?.failures ?? []) : [];
	return kind && { word: `checks fail: ${kind}`, kind };
}
