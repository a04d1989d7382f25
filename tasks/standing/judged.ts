import { isVerified } from "../contract/checks-verdict.ts";
import type { IssuePlan } from "../contract/issue.ts";
import type { RunOptions } from "../contract/options.ts";
import { cycleOf, type TurnName } from "../contract/phase.ts";
import { Failure } from "../contract/problem.ts";
import { hashPrompt } from "../contract/prompt.ts";
import type { NotNeeded, TurnValue, Verified } from "../contract/value.ts";
import type { Freshness } from "../engine/task.ts";
import { findMissing } from "../repo/missing.ts";
import { findStack } from "../repo/stack.ts";
import { readPromptParts } from "../runner/prompt-files.ts";
import { readReview } from "../store/last-attempt.ts";
import { type Delivery, type Found, readDelivery } from "./delivery.ts";

/**
 * Looks whether the checks have been run on what a turn has left.
 * @param key of the checks; `null` where there are none.
 */
export async function findVerified(turn: TurnName, issue: IssuePlan, key: string | null): Promise<Freshness<Verified>> {
	const delivery = await readDelivery(issue);
	const { subject, verified } = delivery;
	const fixes = turn === "dev" ? 0 : cycleOf(turn);
	const before = await findBefore(fixes, issue, delivery);
	const known = verified.findLast((each) => each.key === key);
	if (before && !known) {
		const record = key === null ? null : (before.verified.at(-1) ?? null);
		return { upToDate: true, value: { kind: "verified", commit: before.commit, record } };
	}
	if (subject === undefined || isFixedFirst(fixes, delivery) || (await willMove(issue, delivery)))
		return notVerified(delivery);
	if (key === null) return { upToDate: true, value: { kind: "verified", commit: subject, record: null } };
	if (!known) return notVerified(delivery);
	return { upToDate: true, value: { kind: "verified", commit: subject, record: known }, madeAt: known.endedAt };
}

function notVerified({ tip }: Delivery): Freshness<Verified> {
	return { upToDate: false, because: tip && { kind: "not-verified", commit: tip } };
}

/** What was found before a fix that was made since, and saved or not: that is not asked for again, whatever became of the work. */
async function findBefore(fixes: number, issue: IssuePlan, delivery: Delivery): Promise<Found | undefined> {
	const found = delivery.history.find(({ cycle }) => cycle === fixes + 1);
	return found && !(await willMove(issue, delivery)) ? found : undefined;
}

/** True where the fixes that something comes after are yet to be made: what is found by then will be about another commit. */
function isFixedFirst(fixes: number, delivery: Delivery): boolean {
	return delivery.cycle < fixes && !isGoodAsItIs(delivery);
}

/** True where there is nothing to fix. */
function isGoodAsItIs({ review, verified }: Delivery): boolean {
	const checks = verified.at(-1);
	return review?.record.outcome === "pass" && (!checks || isVerified(checks));
}

/** Looks for a review of the commit that is to be judged, of this very document and by this very prompt. */
export async function findReview(
	turn: TurnName,
	issue: IssuePlan,
	options: Pick<RunOptions, "packageRoot">,
): Promise<Freshness<TurnValue | NotNeeded>> {
	const delivery = await readDelivery(issue);
	const { subject, review } = delivery;
	const before = await findBefore(cycleOf(turn) - 1, issue, delivery);
	if (before && !review) return { upToDate: true, value: await reviewedBefore(before) };
	const isMissing = subject === undefined || !review || isFixedFirst(cycleOf(turn) - 1, delivery);
	if (isMissing || (await willMove(issue, delivery)))
		return { upToDate: false, because: delivery.tip && { kind: "not-reviewed", commit: delivery.tip } };
	const { record } = review;
	const result = await readReview(review.files);
	const value: TurnValue = { kind: "turn", record, ...(result ? { result } : {}) };
	const last = { status: "done", value } as const;
	if (record.issueDocHash !== issue.docHash)
		return { upToDate: false, because: { kind: "document-changed", file: issue.docPath }, last };
	const parts = await readPromptParts("review", issue.repository.root, options.packageRoot);
	if (record.promptHash !== hashPrompt("review", parts))
		return { upToDate: false, because: { kind: "prompt-changed" }, last };
	return { upToDate: true, value, ...(record.endedAt === null ? {} : { madeAt: record.endedAt }) };
}

async function reviewedBefore({ review }: Found): Promise<TurnValue | NotNeeded> {
	if (!review) return { kind: "not-needed", because: "failing" };
	const result = await readReview(review.files);
	return { kind: "turn", record: review.record, ...(result ? { result } : {}) };
}

/** Looks whether a fix was made, or is not needed. */
export async function findFix(turn: TurnName, issue: IssuePlan): Promise<Freshness<TurnValue | NotNeeded>> {
	const delivery = await readDelivery(issue);
	const { cycle, openFix, lastFix } = delivery;
	if (await willMove(issue, delivery)) return { upToDate: false, because: undefined };
	if (cycle >= cycleOf(turn) && lastFix) {
		const { record } = lastFix;
		return {
			upToDate: true,
			value: { kind: "turn", record },
			...(record.endedAt === null ? {} : { madeAt: record.endedAt }),
		};
	}
	if (openFix?.name === turn) {
		const { record } = openFix;
		const error = new Failure({ kind: "attempt", record, logDir: issue.logDir });
		return { upToDate: false, because: { kind: "last-attempt", record }, last: { status: "failed", error } };
	}
	if (isGoodAsItIs(delivery)) return { upToDate: true, value: { kind: "not-needed", because: "passed" } };
	return needed(delivery);
}

/** Whether there is anything to fix will be known once the work is judged. */
function needed({ review, verified }: Pick<Delivery, "review" | "verified">): Freshness<never> {
	const checks = verified.at(-1);
	if (checks && !isVerified(checks)) return fixMissing("failing");
	if (review?.record.outcome === "changes_required") return fixMissing("changes-required");
	return { upToDate: false, because: undefined };
}

function fixMissing(because: "failing" | "changes-required"): Freshness<never> {
	return { upToDate: false, because: { kind: "fix-missing", because } };
}

/** True where the branch will move before anything else is done for the issue: it lacks its base, or what it is stacked on. */
export async function willMove(issue: IssuePlan, { tip }: Pick<Delivery, "tip">): Promise<boolean> {
	return tip !== undefined && (await findMissing(issue, tip, await findStack(issue))).length > 0;
}
