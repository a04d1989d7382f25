import { isNothingToFix } from "../../contract/checks-verdict.ts";
import type { NotRun, VerifyRecord } from "../../contract/verify-record.ts";
import type { Say } from "./say.ts";

/** What to do about a check that has no answer. */
const REMEDIES: Readonly<Record<NotRun, (say: Say) => string>> = {
	"no-sandbox": (say) => `No check can be confined as this machine is. What to do about it: ${say("doctor")}`,
	"set-up-failed": () => "The set-up fails on the base: put right there what is wrong, or here what it needs.",
	"not-started": () => "Put right what keeps the check from starting here.",
	"timed-out": () => "Where the check needs longer, give it that by --timeout.",
	"too-many-processes": () => "Have the check start fewer processes at a time.",
	"too-much-memory": () => "Have the check use less memory, by fewer workers for one.",
	"no-report": () => "A check with a report has to write it to the folder $ORCH_REPORTS.",
	"report-unreadable": () => "The report has to be whole, and in the form of JUnit.",
};

/** What to do about the checks that have no answer, a line each way. */
export function unansweredLines({ checks }: VerifyRecord, say: Say): string[] {
	return [...new Set(checks.flatMap(({ reason }) => (reason ? [REMEDIES[reason](say)] : [])))];
}

/** What to do first where nothing but the machine is in the way: the same command would end as it did, and no agent mends it. */
export function machineLines(record: VerifyRecord | undefined, say: Say): string[] {
	return record && isNothingToFix(record) ? unansweredLines(record, say) : [];
}
