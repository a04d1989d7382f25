import { REFUSALS, type Refusal } from "../contract/accept-record.ts";
import type { PhaseResult } from "../contract/result.ts";
import type { NotNeeded, TurnValue, Verified } from "../contract/value.ts";
import type { CheckFinding, VerifyRecord } from "../contract/verify-record.ts";

/** What speaks against work. */
export interface Refused {
	/** The gravest first. */
	readonly reasons: readonly Refusal[];
	/** What exactly, a line each. */
	readonly details: readonly string[];
}

/** Findings of each kind that are told; logs have the rest. */
const MOST_TOLD = 5;

/**
 * What speaks against accepting the commit that the branch points to now.
 * @param known `holdsBase`: it holds the commit that it was compared with. `isRepeated`: the review asks for what the one before had.
 * @param result of the review.
 */
export function refuse(
	tip: string | undefined,
	{ holdsBase, isRepeated }: { readonly holdsBase: boolean; readonly isRepeated: boolean },
	{ commit, record }: Verified,
	review: TurnValue | NotNeeded,
	result: PhaseResult<"review"> | undefined,
): Refused {
	const reasons = new Set<Refusal>(record?.failures ?? []);
	if (commit !== tip) reasons.add("other-commit");
	if (!holdsBase) reasons.add("base-missing");
	if (isRepeated) reasons.add("repeated-findings");
	if (review.kind === "turn") {
		if (review.record.outcome !== "pass") reasons.add("changes-required");
		if (review.record.base.tip !== tip) reasons.add("other-commit");
	} else if (review.because === "stalemate") reasons.add("stalemate");
	else if (review.because === "repeated") reasons.add("repeated-findings");
	else if (reasons.size === 0) reasons.add("not-reviewed");
	const isRefused = review.kind !== "turn" || review.record.outcome !== "pass";
	return {
		reasons: REFUSALS.filter((each) => reasons.has(each)),
		details: [...(record ? checkLines(record) : []), ...(isRefused && result ? reviewLines(result) : [])],
	};
}

/** What checks found that speaks against the work, a line each. */
export function checkLines(record: VerifyRecord): string[] {
	const notRun = record.checks.filter(({ status }) => status === "not-run");
	return [
		...notRun.map(
			({ name, reason, detail }) => `${name} has no answer: ${[reason, detail].filter(Boolean).join(", ")}`,
		),
		...told("fails, and did not on the base", record.newFailures),
		...told("fails with the checks as the base has them", record.weakened),
		...(record.mayVanish ? [] : told("is gone or skipped, and passed on the base", record.vanished)),
		...(record.failures.includes("unproved") ? told("passes without the change as well", record.unproved) : []),
	];
}

function told(how: string, findings: readonly CheckFinding[]): string[] {
	const lines = findings.slice(0, MOST_TOLD).map(({ check, test, message }) => {
		const [first] = (message ?? "").split("\n");
		return `${test === undefined ? check : `${check}: ${test}`} ${how}${first ? `: ${first}` : ""}`;
	});
	const left = findings.length - lines.length;
	return left > 0 ? [...lines, `and ${left} more of these`] : lines;
}

function reviewLines({ issues, requiredActions }: PhaseResult<"review">): string[] {
	const found = issues.map(({ severity, title }) => `review: ${severity}: ${title}`);
	return (found.length > 0 ? found : requiredActions.map((each) => `review: ${each}`)).slice(0, MOST_TOLD);
}
