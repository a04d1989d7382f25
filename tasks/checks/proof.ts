import type { CheckFinding } from "../contract/verify-record.ts";
import type { ComparedCheck } from "./compared-check.ts";
import { isFile } from "./test-name.ts";
import { newTests, rewrittenTests } from "./tests-to-prove.ts";
import type { Terms } from "./trials.ts";
import { WHOLE } from "./units.ts";

/** What a check's tests prove of the change. */
export interface Proof {
	readonly newTests: number;
	/** New ones that fail on the base's sources. */
	readonly proved: number;
	/** New ones that pass there; and changed ones that do, although their old version fails on the commit. */
	readonly unproved: readonly CheckFinding[];
}

/** Sorts a check's new and changed tests by what they prove. */
export function proofOf(check: ComparedCheck, { requireProof }: Terms): Proof {
	const fresh = newTests(check);
	const passing = fresh.filter(([, { status, isFlaky }]) => status === "passed" && !isFlaky).map(([name]) => name);
	const onBase = answersOnBase(check);
	const answers = passing.map((name) => ({ name, answer: onBase(name) }));
	const unproved = [
		...answers.filter(({ answer }) => answer === "passes" || (requireProof && answer === "unknown")),
		...rewrittenTests(check)
			.map((name) => ({ name, answer: onBase(name) }))
			.filter(({ answer }) => answer === "passes"),
	];
	return {
		newTests: fresh.length,
		proved: answers.filter(({ answer }) => answer === "fails").length,
		unproved: unproved.map(({ name }) => ({ check: check.name, ...(name !== WHOLE && { test: name }) })),
	};
}

type Answer = "passes" | "fails" | "unknown";

/** Tells how a test of the branch goes on the base's sources. */
function answersOnBase({ proof, was }: ComparedCheck): (name: string) => Answer {
	if (proof === "all-fail") return () => "fails";
	const failsAnyway = (name: string) => was?.get(name)?.status === "failed" || was?.get(name)?.isFlaky === true;
	// A file that can't be loaded there, nor as the base has it, may be what the tests are in.
	const hasFailure = [...(proof ?? [])].some(
		([name, { status }]) => status === "failed" && (!failsAnyway(name) || isFile(name)),
	);
	return (name) => {
		const unit = proof?.get(name);
		// It is not there since its file could not be loaded; where all is well, it lies in no file of tests.
		if (!unit) return hasFailure ? "fails" : "unknown";
		return unit.status === "skipped" ? "unknown" : unit.status === "passed" ? "passes" : "fails";
	};
}
