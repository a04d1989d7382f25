import type { CheckFinding } from "../contract/verify-record.ts";
import { type ComparedCheck, newTests, rewrittenTests } from "./compared-check.ts";
import type { Terms } from "./looks.ts";
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
	const answers = passing.map((name) => ({ name, answer: onBase(check, name) }));
	const unproved = [
		...answers.filter(({ answer }) => answer === "passes" || (requireProof && answer === "unknown")),
		...rewrittenTests(check)
			.map((name) => ({ name, answer: onBase(check, name) }))
			.filter(({ answer }) => answer === "passes"),
	];
	return {
		newTests: fresh.length,
		proved: answers.filter(({ answer }) => answer === "fails").length,
		unproved: unproved.map(({ name }) => ({ check: check.name, ...(name !== WHOLE && { test: name }) })),
	};
}

/** How a test of the branch goes on the base's sources. */
function onBase({ proof }: ComparedCheck, name: string): "passes" | "fails" | "unknown" {
	if (proof === "all-fail") return "fails";
	const unit = proof?.get(name);
	if (unit?.status === "passed") return "passes";
	if (unit?.status === "failed") return "fails";
	// It is not there since its file could not be loaded; where all is well, it lies in no file of tests.
	const isLoaded = unit !== undefined || ![...(proof?.values() ?? [])].some(({ status }) => status === "failed");
	return isLoaded ? "unknown" : "fails";
}
