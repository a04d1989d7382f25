import type { AcceptRecord } from "../contract/accept-record.ts";
import { isVerified } from "../contract/checks-verdict.ts";
import type { IssuePlan } from "../contract/issue.ts";
import type { RunOptions } from "../contract/options.ts";
import { Failure } from "../contract/problem.ts";
import type { Stale } from "../contract/standing.ts";
import type { Accepted, PassedElsewhere } from "../contract/value.ts";
import type { Freshness } from "../engine/task.ts";
import { contains, countAhead } from "../repo/branch.ts";
import { readLastWork } from "../store/turns.ts";
import { readAcceptRecord } from "../store/verdicts.ts";
import { type Delivery, readDelivery } from "./delivery.ts";

/**
 * Looks for a verdict that accepts the branch's tip, by these checks, or for the work on the base, where nobody asks any more.
 * @param key of the checks; `null` where there are none.
 */
export async function findAccepted(
	issue: IssuePlan,
	options: Pick<RunOptions, "packageRoot" | "layout">,
	key: string | null,
): Promise<Freshness<Accepted | PassedElsewhere>> {
	const record = await readAcceptRecord(issue.logDir);
	const delivery = await readDelivery(issue);
	const { tip } = delivery;
	if (record?.outcome === "accepted" && record.commit === tip && record.key === key)
		return { upToDate: true, value: { kind: "accepted", record }, madeAt: record.at };
	const commit = await findMerged(issue, tip, options);
	if (commit !== undefined) return { upToDate: true, value: { kind: "passed-elsewhere", commit } };
	if (record?.outcome === "not-accepted" && record.commit === tip) {
		const error = new Failure({ kind: "not-accepted", record, logDir: issue.logDir });
		return { upToDate: false, because: { kind: "not-accepted", record }, last: { status: "failed", error } };
	}
	const last = record?.outcome === "accepted" ? { last: { status: "done", value: accepted(record) } as const } : {};
	return { upToDate: false, because: (await goneOn(issue, tip, record)) ?? nextOf(delivery, key), ...last };
}

function accepted(record: AcceptRecord): Accepted {
	return { kind: "accepted", record };
}

/** Where somebody has gone on with a branch that was accepted: since when. */
async function goneOn(
	{ repository }: IssuePlan,
	tip: string | undefined,
	record: AcceptRecord | undefined,
): Promise<Stale | undefined> {
	if (record?.outcome !== "accepted" || tip === undefined || tip === record.commit) return undefined;
	if (!(await contains(repository, tip, record.commit))) return undefined;
	return { kind: "gone-on", accepted: record.commit, commits: await countAhead(repository, tip, record.commit) };
}

/** What comes next on the way to a verdict. */
function nextOf({ tip = "", openFix, review, verified }: Delivery, key: string | null): Stale {
	if (openFix) return { kind: "last-attempt", record: openFix.record };
	const checks = verified.findLast((each) => each.key === key);
	if (key !== null && !checks) return { kind: "not-verified", commit: tip };
	if (checks && !isVerified(checks)) return { kind: "fix-missing", because: "failing" };
	if (!review) return { kind: "not-reviewed", commit: tip };
	if (review.record.outcome !== "pass") return { kind: "fix-missing", because: "changes-required" };
	return { kind: "not-judged", commit: tip };
}

/** The commit with which the work has come to the base, if it has. */
async function findMerged(
	issue: IssuePlan,
	tip: string | undefined,
	options: Pick<RunOptions, "packageRoot" | "layout">,
): Promise<string | undefined> {
	const record = (await readLastWork(issue.logDir))?.record;
	if (!record) {
		const { findPassedTurn } = await import("./passed-turn.ts");
		const found = await findPassedTurn("dev", issue, options);
		return found.upToDate && found.value.kind === "passed-elsewhere" ? found.value.commit : undefined;
	}
	// Most are asked before anything has happened on the base.
	if (!record.saved || record.saved.commits === 0 || issue.base.commit === record.base.commit) return undefined;
	const { findMergeCommit } = await import("./merged-work.ts");
	return findMergeCommit(issue, record, tip ?? record.saved.head);
}
