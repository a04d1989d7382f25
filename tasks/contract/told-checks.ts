import { countOf } from "./checks-verdict.ts";
import type { ToldChecks } from "./orch-context.ts";
import type { CheckFinding, VerifyRecord } from "./verify-record.ts";

/** Findings of each kind that an agent is told, and characters of each message: logs have the rest. */
const MOST = 20;
const LONGEST = 1_000;

/** What an agent is told of the checks: facts, with the first of each kind only. */
export function tellChecks(record: VerifyRecord): ToldChecks {
	const { commit, base, checks, newFailures, vanished, weakened, unproved, changed } = record;
	const lists = (["newFailures", "vanished", "weakened", "unproved", "changed"] as const).map(
		(list) => [list, countOf(record, list)] as const,
	);
	const left = [["checks", checks.length] as const, ...lists].flatMap(([kind, length]) =>
		length > MOST ? [[kind, length - MOST] as const] : [],
	);
	return {
		commit,
		base,
		checks: checks.slice(0, MOST).map(({ name, run, status, reason }) => ({
			name: cut(name),
			run: cut(run),
			status: reason ? `${status}: ${reason}` : status,
		})),
		newFailures: first(newFailures),
		vanished: first(vanished),
		weakened: first(weakened),
		unproved: first(unproved),
		changed: changed.slice(0, MOST),
		...(left.length > 0 && { left: Object.fromEntries(left) }),
	};
}

/** The first findings of a kind, each cut. */
function first(findings: readonly CheckFinding[]): CheckFinding[] {
	return findings.slice(0, MOST).map(cutFinding);
}

/** A finding whose texts, which the work itself may have written, are of a bounded length. */
export function cutFinding({ check, test, message }: CheckFinding): CheckFinding {
	return {
		check: cut(check),
		...(test === undefined ? {} : { test: cut(test) }),
		...(message === undefined ? {} : { message: cut(message) }),
	};
}

/** A text of a bounded length. */
export function cut(text: string): string {
	return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
