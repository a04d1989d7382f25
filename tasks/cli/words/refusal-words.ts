import type { Refusal } from "../../contract/accept-record.ts";

/** Why work is not accepted, in a few words. */
export const REFUSAL: Readonly<Record<Refusal, string>> = {
	"not-run": "a check has no answer",
	"new-failures": "new failures",
	"checks-weakened": "checks weakened",
	vanished: "tests vanished",
	unproved: "new tests prove nothing",
	"other-commit": "judged at another commit",
	"base-missing": "it lacks the base that it was judged on",
	"changes-required": "changes required",
	stalemate: "the fix changed nothing",
	"repeated-findings": "the review repeats itself",
	"not-reviewed": "not reviewed",
};

/** What to know before the same is asked for again. */
export const ADVICE: Readonly<Partial<Record<Refusal, string>>> = {
	"checks-weakened":
		"What the checks are made of was changed. Where that is right, change it on the base yourself, and let the issue go on from there.",
	vanished: "Where the issue is to remove tests, write `removes_tests: true` into the front matter of its document.",
	unproved: "Where new tests need not fail without the change, leave `requireProof` out of the orchfile.",
	stalemate: "The agent would most likely do the same again: say in the issue's document what it has to know.",
	"repeated-findings":
		"The agent would most likely do the same again: say in the issue's document what it has to know.",
};

const FIX = "To have what was found fixed once more";
const JUDGE = "To have it judged once more";

/** What a command brings about that is of no use before something else is done. */
export const THEN = "Once that is put right, to have it judged";

/** What the goal does next, by the gravest reason. */
export const NEXT: Readonly<Record<Refusal, string>> = {
	"not-run": JUDGE,
	"new-failures": FIX,
	"checks-weakened": FIX,
	vanished: FIX,
	unproved: FIX,
	"other-commit": JUDGE,
	"base-missing": JUDGE,
	"changes-required": FIX,
	stalemate: FIX,
	"repeated-findings": FIX,
	"not-reviewed": JUDGE,
};
