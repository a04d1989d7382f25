import { join } from "node:path";
import { countChecks } from "../../contract/checks-verdict.ts";
import { type CheckFinding, type CheckRun, hasLog, type VerifyRecord } from "../../contract/verify-record.ts";
import { checksWord } from "./check-words.ts";
import { oneLine } from "./format.ts";

/** Findings of each kind that are told; records have the rest. */
const MOST_TOLD = 10;

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
		...told("new failure", record.newFailures),
		...told("fails with the base's version of the checks", record.weakened),
		...told(mayVanish ? "vanished, as the issue allows" : "vanished", record.vanished),
		...told("proves nothing: passes without the change as well", record.unproved),
		...(changed.length > 0 ? [line(`the checks are made of what was changed: ${listOf(changed)}`)] : []),
		...(isUnknown ? [line("whether that weakens them is not known: the base's version does not run here")] : []),
		...told("flaky: did not fail in a second run", record.flaky),
		...told("failed on the base, and does not pass", record.preExisting),
		...told("fixed", record.fixed),
		...(newTests > 0 ? [line(`new tests: ${newTests}, of which ${proved} fail without the change`)] : []),
	];
}

/** How a check ended that did not pass, and where that is written. */
function endOfCheck(check: CheckRun, logDir: string): string {
	const { name, status, reason, detail, exitCode, log } = check;
	const why = [reason?.replaceAll("-", " "), detail].filter(Boolean).join(", ");
	const end = status === "not-run" ? `has no answer: ${why}` : `failed${exitCode ? ` with exit code ${exitCode}` : ""}`;
	return oneLine(`${name} ${end}`, 300) + (hasLog(check) ? `, log ${join(logDir, log)}` : "");
}

function told(how: string, findings: readonly CheckFinding[]): string[] {
	const lines = findings.slice(0, MOST_TOLD + 1).map(({ check, test, message }) => {
		const name = oneLine([check, test].filter((each) => each !== undefined).join(": "), 200);
		return line(`${how}: ${name}${message ? `: ${oneLine(message)}` : ""}`);
	});
	return someOf(lines, findings.length);
}

/** The first of many lines, and how many there are beyond. */
export function someOf(lines: readonly string[], all = lines.length): string[] {
	return all > MOST_TOLD ? [...lines.slice(0, MOST_TOLD), line(`and ${all - MOST_TOLD} more of these`)] : [...lines];
}

function listOf(paths: readonly string[]): string {
	const shown = paths.slice(0, MOST_TOLD).join(", ");
	return paths.length > MOST_TOLD ? `${shown} and ${paths.length - MOST_TOLD} more` : shown;
}

/** A line about what was found: a stranger's text. */
export function line(text: string): string {
	return `  ${oneLine(text, 500)}`;
}
