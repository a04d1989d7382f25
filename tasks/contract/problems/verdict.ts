import type { AcceptRecord } from "../accept-record.ts";

/** Work that is not accepted. */
export type VerdictProblem = {
	readonly kind: "not-accepted";
	readonly record: AcceptRecord;
	/** What was found, a line each, the gravest first. */
	readonly details: readonly string[];
	readonly logDir: string;
	/** What the checks printed that speak against it, relative to that folder. */
	readonly logs: readonly string[];
};
