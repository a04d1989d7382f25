import { realpath } from "node:fs/promises";
import { isNothingToFix, isVerified } from "./contract/checks-verdict.ts";
import { failuresAsReview } from "./contract/failures-as-review.ts";
import { given } from "./contract/given.ts";
import { ownIdOf } from "./contract/identity.ts";
import { chooseModel } from "./contract/model-choice.ts";
import type { TurnName } from "./contract/phase.ts";
import { tellChecks } from "./contract/told-checks.ts";
import type { FixInputs } from "./contract/turn-inputs.ts";
import type { NotNeeded, TurnValue } from "./contract/value.ts";
import type { Runner } from "./runner/runner.ts";
import { repeatsTheLast } from "./standing/repeated.ts";
import { findThread } from "./standing/thread.ts";
import { readAnswerOf } from "./store/answers.ts";
import { runTurn, type TurnContext, type TurnDeclared } from "./turn.ts";

/**
 * Has an agent address what speaks against the work: the failures of the checks, or what a review asks for. It goes on in the thread in
 * which the work was done, where the runner still has that.
 * @returns that it is not needed, where nothing speaks against the work, where it is not the work that has to be mended, or where another fix would be for nothing.
 * @throws Failure as `runTurn`; `file-unreadable` where the review's answer is gone.
 */
export async function fix(
	runner: Runner,
	name: TurnName,
	{ worktree, tested, review }: FixInputs,
	declared: TurnDeclared,
	context: TurnContext,
): Promise<TurnValue | NotNeeded> {
	const { issue, options } = context;
	const { record } = tested;
	if (record && isNothingToFix(record)) return { kind: "not-needed", because: "not-run" };
	const isFailing = record !== null && !isVerified(record);
	if (review.kind === "not-needed" && (review.because === "stalemate" || review.because === "repeated")) return review;
	if (!isFailing && (review.kind === "not-needed" || review.record.outcome === "pass"))
		return { kind: "not-needed", because: "passed" };
	if (!isFailing && review.kind === "turn" && (await repeatsTheLast(issue, review)))
		return { kind: "not-needed", because: "repeated" };
	const identity = {
		issueId: ownIdOf(issue),
		milestoneId: issue.milestone ?? "",
		branch: issue.branch,
		worktreePath: await realpath(worktree.path),
	};
	const found = isFailing ? failuresAsReview(record, identity) : undefined;
	const reviewResult =
		found ??
		(review.kind === "turn"
			? (review.result ?? (await readAnswerOf<"review">(issue.logDir, review.record)))
			: undefined);
	const { model } = chooseModel("fix", { ...declared, options, issue });
	const thread = options.freshFix ? undefined : await findThread(issue.logDir, { runner: runner.name, model });
	const told = given({ reviewResult, checks: record ? tellChecks(record) : undefined, thread });
	return runTurn(runner, name, worktree, declared, told, context);
}
