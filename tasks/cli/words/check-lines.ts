import { join } from "node:path";
import { countChecks, countOf, hasLog } from "../../contract/checks-verdict.ts";
import type { CheckRun, Left, VerifyRecord } from "../../contract/verify-record.ts";
import { checksWord } from "./check-words.ts";
import { oneLine } from "./format.ts";

/** Findings of each kind that are told; records have the rest. */
const MOST_TOLD = 10;

/** What is said of a finding that speaks against the work, by the list of the record that it is in. */
export const AGAINST = {
	newFailures: "new failure",
	weakened: "fails with the base's version of the checks",
	vanished: "vanished",
	unproved: "proves nothing: passes without the change as well",
} as const;

/** What checks found, a line each: their names, what they print, and what is said of tests are a stranger's text. */
export function checkLines(record: VerifyRecord, logDir: string): string[] {
	const { commit, base, changed, mayVanish, isWeakeningKnown, newTests, proved } = record;
	const isUnknown = isWeakeningKnown === false;
	return [
		`Checks of ${commit.slice(0, 10)}, compared with ${base.slice(0, 10)}: ${checksWord(countChecks(record))}`,
		...record.checks.filter(({ status }) => status !== "pass").map((check) => `  ${endOfCheck(check, logDir)}`),
		...record.checks.flatMap(({ name, baseNotRun }) =>
			baseNotRun
				? [line(`${name}: nothing to compare with, the base has no answer: ${baseNotRun.replaceAll("-", " ")}`)]
				: [],
		),
		...told(AGAINST.newFailures, record, "newFailures"),
		...told(AGAINST.weakened, record, "weakened"),
		...told(mayVanish ? "vanished, as the issue allows" : AGAINST.vanished, record, "vanished"),
		...told(AGAINST.unproved, record, "unproved"),
		...(changed.length > 0
			? [line(`the checks are made of what was changed: ${listOf(changed, countOf(record, "changed"))}`)]
			: []),
		...(isUnknown
			? [line("whether that weakens them is not known: the base's version does not run here, or fails as ever")]
			: []),
		...told("flaky: did not fail in a second run", record, "flaky"),
		...told("failed on the base, and does not pass", record, "preExisting"),
		...told("fixed", record, "fixed"),
		...(newTests > 0 ? [line(`new tests: ${newTests}, of which ${proved} fail without the change`)] : []),
	];
}

/** Of those, what speaks against the work, the first `most` of each kind. */
export function linesAgainst(record: VerifyRecord, most: number): string[] {
	const { checks, failures, mayVanish } = record;
	return [
		...checks.filter(({ status }) => status === "not-run").map((check) => line(wayOfEnding(check))),
		...told(AGAINST.newFailures, record, "newFailures", most),
		...told(AGAINST.weakened, record, "weakened", most),
		...(mayVanish ? [] : told(AGAINST.vanished, record, "vanished", most)),
		...(failures.includes("unproved") ? told(AGAINST.unproved, record, "unproved", most) : []),
	];
}

/** How a check ended that did not pass, and where that is written. */
function endOfCheck(check: CheckRun, logDir: string): string {
	return oneLine(wayOfEnding(check), 300) + (hasLog(check) ? `, log ${join(logDir, check.log)}` : "");
}

function wayOfEnding({ name, status, reason, detail, exitCode }: CheckRun): string {
	const why = [reason?.replaceAll("-", " "), detail].filter(Boolean).join(", ");
	const end = status === "not-run" ? `has no answer: ${why}` : `failed${exitCode ? ` with exit code ${exitCode}` : ""}`;
	return `${name} ${end}`;
}

function told(how: string, record: VerifyRecord, list: Exclude<Left["list"], "changed">, most = MOST_TOLD): string[] {
	const lines = record[list].slice(0, most).map(({ check, test, message }) => {
		const name = oneLine([check, test].filter((each) => each !== undefined).join(": "), 200);
		return line(`${how}: ${name}${message ? `: ${oneLine(message)}` : ""}`);
	});
	return someOf(lines, countOf(record, list), most);
}

/** The first of many lines, and how many there are beyond. */
export function someOf(lines: readonly string[], all = lines.length, most = MOST_TOLD): string[] {
	return all > most ? [...lines.slice(0, most), line(`and ${all - most} more of these`)] : [...lines];
}

function listOf(paths: readonly string[], all: number): string {
	const shown = paths.slice(0, MOST_TOLD).join(", ");
	return all > MOST_TOLD ? `${shown} and ${all - MOST_TOLD} more` : shown;
}

/** A line about what was found: a stranger's text. */
export function line(text: string): string {
	return `  ${oneLine(text, 500)}`;
}
