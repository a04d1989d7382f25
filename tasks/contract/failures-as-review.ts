import type { Identity } from "./check-answer.ts";
import type { PhaseResult } from "./result.ts";
import { cutFinding } from "./told-checks.ts";
import type { CheckFailure, CheckFinding, VerifyRecord } from "./verify-record.ts";

/** Findings of each kind that become an action. */
const MOST = 20;

/** What is wrong with a finding of each kind, and what has to be true of it. */
const WORDS: Readonly<Record<CheckFailure, { readonly is: string; readonly wanted: string }>> = {
	"not-run": { is: "has no answer", wanted: "comes to an answer, and passes" },
	"new-failures": { is: "fails, and did not on the base", wanted: "passes" },
	"checks-weakened": {
		is: "fails with the base's version of the files that the checks are made of",
		wanted: "passes with the base's version of those files",
	},
	vanished: { is: "is gone or skipped, and passed on the base", wanted: "runs again, and passes" },
	unproved: {
		is: "passes without the change as well",
		wanted: "fails on the base's sources and passes on the branch's",
	},
};

/** What the checks found against the work, in the form of a review: facts that nobody has judged, each an action. */
export function failuresAsReview(record: VerifyRecord, identity: Omit<Identity, "phase">): PhaseResult<"review"> {
	const { issueId, milestoneId, branch, worktreePath } = identity;
	const all = record.failures.flatMap((kind) => findingsOf(kind, record).map((finding) => ({ kind, finding })));
	const kept = record.failures.flatMap((kind) => all.filter((each) => each.kind === kind).slice(0, MOST));
	const commandOf = new Map(record.checks.map(({ name, run }) => [name, run]));
	const left = all.length - kept.length;
	return {
		phase: "review",
		status: "changes_required",
		issueId,
		milestoneId,
		branch,
		worktreePath,
		summary: [
			`No review: the orchestrator ran the repository's own checks on ${record.commit}, and compared them with ${record.base}.`,
			...(left > 0 ? [`${left} more of these are not listed; running the checks shows them.`] : []),
		].join(" "),
		issues: kept.map(({ kind, finding }) => ({
			severity: "high",
			title: `${nameOf(finding)} ${WORDS[kind].is}`,
			details: finding.message ?? "",
			evidence: commandOf.get(finding.check) ?? finding.check,
		})),
		requiredActions: kept.map(
			({ kind, finding }) =>
				`${nameOf(finding)} ${WORDS[kind].wanted}. To see it: ${commandOf.get(finding.check) ?? finding.check}`,
		),
		followups: [],
		reviewDocPath: "",
		confidence: "high",
	};
}

function findingsOf(kind: CheckFailure, record: VerifyRecord): CheckFinding[] {
	switch (kind) {
		case "not-run":
			return record.checks
				.filter(({ status }) => status === "not-run")
				.map(({ name, reason, detail }) =>
					cutFinding({ check: name, message: [reason, detail].filter(Boolean).join(": ") }),
				);
		case "new-failures":
			return record.newFailures.map(cutFinding);
		case "checks-weakened":
			return record.weakened.map(cutFinding);
		case "vanished":
			return record.vanished.map(cutFinding);
		case "unproved":
			return record.unproved.map(cutFinding);
	}
}

function nameOf({ check, test }: CheckFinding): string {
	return test === undefined ? `The check "${check}"` : `The test "${test}" of the check "${check}"`;
}
