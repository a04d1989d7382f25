import type { Check } from "../contract/check.ts";
import type { NotRun } from "../contract/verify-record.ts";

/** How one test went. */
export interface TestResult {
	readonly status: "passed" | "failed" | "skipped";
	/** What it said, cut to a few lines; of a failure only. */
	readonly message?: string;
	/** It passed, and had failed before that in the same run. */
	readonly flickered?: true;
}

/** One trial: how a check went, once, in one folder. */
export interface Trial {
	readonly check: Check;
	readonly end:
		| { readonly kind: "ended"; readonly exitCode: number }
		| {
				readonly kind: "not-run";
				readonly reason: NotRun;
				readonly detail: string;
				/** Of one that ended, and left no report that can be read. */
				readonly exitCode?: number;
		  };
	/** By the name that the report has; absent for a check without a report. */
	readonly tests?: ReadonlyMap<string, TestResult>;
	readonly durationMs: number;
	/** Path of its output. */
	readonly log: string;
}

/** How a check went on the base: once, and where something failed, twice. */
export interface BaseTrial extends Trial {
	/** Names of tests that failed in one of two runs; the check's own name for the check as a whole. */
	readonly flickering: ReadonlySet<string>;
}
