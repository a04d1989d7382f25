import { isVerified } from "./contract/checks-verdict.ts";
import type { Phase, TurnName } from "./contract/phase.ts";
import { isStalemate } from "./contract/stalemate.ts";
import { tellChecks } from "./contract/told-checks.ts";
import type { LaterReviewInputs, ReviewInputs } from "./contract/turn-inputs.ts";
import type { NotNeeded, TurnValue } from "./contract/value.ts";
import type { Runner } from "./runner/runner.ts";
import { findTurnOf, readAnswer, readAnswerOf } from "./store/answers.ts";
import { readTurns } from "./store/turns.ts";
import { runTurn, type TurnContext, type TurnDeclared } from "./turn.ts";

/** Characters of what a fix says of itself that the next review is told; its result has the rest. */
const LONGEST_SUMMARY = 20_000;

/**
 * Has an agent judge the commit that the checks were run on, where there is something to judge: work that the checks find failing goes to
 * a fix as it is, and where there was nothing to fix, the review before is handed on.
 * @throws Failure as `runTurn`; `attempt` with `blocked`, where a person has to decide first.
 */
export async function review(
	runner: Runner,
	name: TurnName,
	inputs: ReviewInputs | LaterReviewInputs,
	declared: TurnDeclared,
	context: TurnContext,
): Promise<TurnValue | NotNeeded> {
	const { worktree, tested } = inputs;
	const after = "fix" in inputs ? inputs : undefined;
	const over = after && (await findEnd(after, context));
	if (over) return over;
	if (tested.record && !isVerified(tested.record)) return { kind: "not-needed", because: "failing" };
	const before = after?.review;
	if (after?.fix.kind === "not-needed" && before?.kind === "turn" && before.record.base.tip === tested.commit)
		return before;
	const fix =
		after?.fix.kind === "turn" ? await readAnswerOf<"fix">(context.issue.logDir, after.fix.record) : undefined;
	const told = {
		...(tested.record && { checks: tellChecks(tested.record) }),
		...(fix && { priorFixSummary: fix.summary.slice(0, LONGEST_SUMMARY) }),
	};
	return runTurn(runner, name, worktree, declared, told, context);
}

/** Why another review would be for nothing; nothing where it would not. */
async function findEnd({ fix }: LaterReviewInputs, { issue }: TurnContext): Promise<NotNeeded | undefined> {
	if (fix.kind === "not-needed") return fix.because === "passed" ? undefined : fix;
	const turn = await findTurnOf(issue.logDir, fix.record);
	if (!turn) return undefined;
	const works = (await readTurns(issue.logDir)).filter(({ record }) => record.phase !== ("review" satisfies Phase));
	const before = works[works.findIndex(({ name }) => name === turn.name) - 1];
	const [own, last] = await Promise.all([readAnswer<"fix">(turn), before && readAnswer(before)]);
	return isStalemate(turn.record, own, last) ? { kind: "not-needed", because: "stalemate" } : undefined;
}
