import type { Identity } from "./check-answer.ts";
import { countOf } from "./checks-verdict.ts";
import type { PhaseResult } from "./result.ts";
import { cut, cutFinding } from "./told-checks.ts";
import type { CheckFailure, CheckFinding, Left, VerifyRecord } from "./verify-record.ts";

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
	// As a finding has the name: cut.
	const commandOf = new Map(record.checks.map(({ name, run }) => [cut(name), cut(run)]));
	const unkept = record.failures.reduce((sum, kind) => sum + leftOut(kind, record), 0);
	const left = all.length - kept.length + unkept;
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
	const list = LISTS[kind];
	if (list !== undefined) return record[list].map(cutFinding);
	return record.checks
		.filter(({ status }) => status === "not-run")
		.map(({ name, reason, detail }) =>
			cutFinding({ check: name, message: [reason, detail].filter(Boolean).join(": ") }),
		);
}

/** How many findings of a kind the record itself leaves out. */
function leftOut(kind: CheckFailure, record: VerifyRecord): number {
	const list = LISTS[kind];
	return list === undefined ? 0 : countOf(record, list) - record[list].length;
}

const LISTS: Readonly<Record<CheckFailure, Exclude<Left["list"], "changed"> | undefined>> = {
	"not-run": undefined,
	"new-failures": "newFailures",
	"checks-weakened": "weakened",
	vanished: "vanished",
	unproved: "unproved",
};

function nameOf({ check, test }: CheckFinding): string {
	return test === undefined ? `The check "${check}"` : `The test "${test}" of the check "${check}"`;
}
