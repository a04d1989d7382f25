import type { CheckRun } from "../contract/verify-record.ts";
import type { ComparedCheck } from "./compared-check.ts";
import type { Trials } from "./trials.ts";
import { type Units, WHOLE } from "./units.ts";

/** How each check went on the commit; what failed once and passed once has passed. */
export function checkRuns({ commit, base }: Trials, checks: readonly ComparedCheck[]): CheckRun[] {
	return commit.map(({ check, end, tests, durationMs, log }) => {
		const { name, run } = check;
		const units = checks.find((each) => each.name === name)?.now;
		const before = base.find((each) => each.check.name === name)?.end;
		const counts = tests && units ? count(units) : undefined;
		return {
			name,
			run,
			...(end.kind === "not-run"
				? { status: "not-run", reason: end.reason, detail: end.detail }
				: { status: isPass(units) ? "pass" : "fail" }),
			...(before?.kind === "not-run" && { baseNotRun: before.reason }),
			exitCode: end.exitCode ?? null,
			durationMs,
			...(counts && { tests: counts }),
			log,
		};
	});
}

function isPass(units: Units | undefined): boolean {
	return [...(units?.values() ?? [])].every(({ status }) => status !== "failed");
}

function count(units: Units): NonNullable<CheckRun["tests"]> {
	const counts = { passed: 0, failed: 0, skipped: 0 };
	for (const [name, { status }] of units) if (name !== WHOLE) counts[status] += 1;
	return counts;
}
