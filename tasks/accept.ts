import type { AcceptRecord } from "./contract/accept-record.ts";
import { countChecks } from "./contract/checks-verdict.ts";
import { given } from "./contract/given.ts";
import { ownIdOf } from "./contract/identity.ts";
import type { IssuePlan } from "./contract/issue.ts";
import type { TurnName } from "./contract/phase.ts";
import { Failure, problemOf } from "./contract/problem.ts";
import type { PhaseResult } from "./contract/result.ts";
import type { Accepted, NotNeeded, TurnValue, Verified } from "./contract/value.ts";
import type { IssueContext } from "./engine/task.ts";
import { branchTip, contains } from "./repo/branch.ts";
import { noteVerdict } from "./repo/verdict-note.ts";
import { branchGone } from "./standing/branch-gone.ts";
import { readDelivery } from "./standing/delivery.ts";
import { refuse } from "./standing/refusal.ts";
import { repeatsTheLast } from "./standing/repeated.ts";
import { readReview } from "./store/last-attempt.ts";
import { writeAcceptRecord } from "./store/verdicts.ts";

/** What a verdict is made of: what was found last. */
export interface AcceptInputs {
	readonly tested: Verified;
	readonly review: TurnValue | NotNeeded;
}

/**
 * Comes to the verdict on an issue's work: accepted when nothing speaks against the branch's tip, neither its checks nor its
 * review, and both were about that very commit. The verdict is kept, and noted on the commit.
 * @throws Failure `not-accepted`, `branch-gone`.
 */
export async function accept(
	{ tested, review }: AcceptInputs,
	{ issue, report }: IssueContext<IssuePlan>,
): Promise<Accepted> {
	const { milestone, repository, branch, base, logDir } = issue;
	const tip = await branchTip(repository, branch);
	if (tip === undefined) throw await branchGone(issue);
	const comparedWith = tested.record?.base ?? (review.kind === "turn" ? review.record.base.commit : base.commit);
	const holdsBase = await contains(repository, tip, comparedWith);
	const { review: judged } = await readDelivery(issue);
	const result = judged && (await readReview(judged.files));
	const isRepeated = review.kind === "turn" && (await repeatsTheLast(issue, review));
	const reasons = refuse(tip, { holdsBase, isRepeated }, tested, review);
	const outcome = reasons.length === 0 ? "accepted" : "not-accepted";
	const record: AcceptRecord = {
		version: 1,
		issueId: ownIdOf(issue),
		milestoneId: milestone ?? "",
		at: new Date().toISOString(),
		outcome,
		commit: tip,
		base: comparedWith,
		key: tested.record?.key ?? null,
		reasons,
		checks: tested.record && countChecks(tested.record),
		review: judged && result ? reviewOf(judged.name, result) : null,
	};
	// Before the record, which says that all of it is done. Where nothing can be noted, the record is what counts. The commit of work
	// that changes nothing is the base's, and says nothing of one issue.
	if (outcome === "accepted" && tip !== comparedWith)
		await noteVerdict(repository, record).catch((error: Error) => report({ kind: "warning", text: wordsOf(error) }));
	await writeAcceptRecord(logDir, record);
	if (outcome === "accepted") return { kind: "accepted", record };
	const isPassed = review.kind === "turn" && review.record.outcome === "pass";
	const found = given({ checks: tested.record ?? undefined, review: isPassed ? undefined : result });
	throw new Failure({ kind: "not-accepted", record, ...found, logDir });
}

/** Whether what was not accepted is not what the branch points to any more. */
export async function isOutOfTheWay(error: Error, { issue }: IssueContext<IssuePlan>): Promise<boolean> {
	const problem = problemOf(error);
	return (
		problem?.kind === "not-accepted" && problem.record.commit !== (await branchTip(issue.repository, issue.branch))
	);
}

function reviewOf(turn: TurnName, result: PhaseResult<"review">): AcceptRecord["review"] {
	const { status, issues, confidence } = result;
	const found = { high: 0, medium: 0, low: 0 };
	for (const { severity } of issues) found[severity]++;
	return { turn, outcome: status, found, confidence };
}

function wordsOf(error: Error): string {
	const problem = problemOf(error);
	return `git notes: ${problem?.kind === "git-failed" ? problem.stderr.trim() : error.message}`;
}
