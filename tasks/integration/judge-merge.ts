import type { Verdict } from "../checks/compare.ts";
import { checksOf } from "../checks/key.ts";
import type { Check } from "../contract/check.ts";
import { countChecks } from "../contract/checks-verdict.ts";
import { type LeftOut, MOST_FOUND } from "../contract/integration.ts";
import type { IssuePlan } from "../contract/issue.ts";
import type { Judgement } from "./put-together.ts";

/**
 * The checks by which a merge is judged: the repository's, those of the issues that are there already, and the issue's own, which has to
 * pass. What the others ask for is compared with how it went before.
 */
export function checksOfMerge(given: readonly Check[], issue: IssuePlan, there: readonly IssuePlan[]): Check[] {
	const others = there.flatMap(({ id, checks = [] }) =>
		checks.map((check): Check => ({ ...check, name: `${id}: ${check.name}` })),
	);
	return checksOf([...given, ...others], issue);
}

/** What a verdict on a merge means for it: what has no answer is no pass. */
export function judgementOf(verdict: Verdict, logDir: string): Judgement {
	const { failures, checks, newFailures, vanished, left = [] } = verdict;
	if (failures.includes("new-failures") || failures.includes("vanished")) {
		const more = (list: readonly unknown[], name: "newFailures" | "vanished") =>
			Math.max(0, list.length - MOST_FOUND) +
			left.filter((each) => each.list === name).reduce((sum, { count }) => sum + count, 0);
		const isVanished = failures.includes("vanished");
		const why: LeftOut = {
			kind: "breaks",
			newFailures: newFailures.slice(0, MOST_FOUND),
			vanished: isVanished ? vanished.slice(0, MOST_FOUND) : [],
			more: more(newFailures, "newFailures") + (isVanished ? more(vanished, "vanished") : 0),
			logDir,
		};
		return { why };
	}
	const notRun = checks.filter(({ status }) => status === "not-run");
	if (notRun.length > 0) {
		const told = notRun.map(({ name, reason = "not-started", detail = "" }) => ({ name, reason, detail }));
		return { why: { kind: "not-run", checks: told, logDir } };
	}
	return { counts: countChecks(verdict) };
}
