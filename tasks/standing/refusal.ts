import { REFUSALS, type Refusal } from "../contract/accept-record.ts";
import type { NotNeeded, TurnValue, Verified } from "../contract/value.ts";

/**
 * What speaks against accepting the commit that the branch points to now, the gravest first.
 * @param known `holdsBase`: it holds the commit that it was compared with. `isRepeated`: the review asks for what the one before had.
 */
export function refuse(
	tip: string | undefined,
	{ holdsBase, isRepeated }: { readonly holdsBase: boolean; readonly isRepeated: boolean },
	{ commit, record }: Verified,
	review: TurnValue | NotNeeded,
): Refusal[] {
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
	return REFUSALS.filter((each) => reasons.has(each));
}
