import type { AcceptRecord } from "../accept-record.ts";
import type { PhaseResult } from "../result.ts";
import type { VerifyRecord } from "../verify-record.ts";

/** Work that is not accepted. */
export type VerdictProblem = {
	readonly kind: "not-accepted";
	readonly record: AcceptRecord;
	/** What its checks found, and what a review that has not passed it did; absent where only the verdict was read. */
	readonly checks?: VerifyRecord;
	readonly review?: PhaseResult<"review">;
	readonly logDir: string;
};
