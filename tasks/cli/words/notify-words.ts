import type { Stop } from "../../engine/execution.ts";
import type { CommandEnd } from "../../system/user-command.ts";
import { countsOf, type ToldIssue } from "../notify/told.ts";
import { duration, oneLine, printable } from "./format.ts";
import { untilWords } from "./waiting-words.ts";

/** That a run waits for the usage limit. @param run its words, as `dev M1`. */
export function waitsSentence(run: string, until: number, now: number): string {
	return `${run} waits for the usage limit, ${untilWords(until, now)}.`;
}

/** How a run ended, and what became of its issues. @param isUpToAnswers nothing goes on without a person's answer. */
export function endSentence(
	run: string,
	stop: Stop | undefined,
	issues: readonly ToldIssue[],
	isUpToAnswers: boolean,
): string {
	if (issues.length === 0) return stop ? `${run} ${endedWords(stop)}.` : `${run} had nothing to do.`;
	const { done, failed, question, blocked, left } = countsOf(issues);
	const how = stop ? endedWords(stop) : isUpToAnswers ? "waits for your answer" : "has ended";
	const parts = [
		`${done} of ${issues.length} done`,
		...(failed > 0 ? [`${failed} failed`] : []),
		...(question > 0 ? [`${question} ${question === 1 ? "has a question" : "have questions"}`] : []),
		...(blocked > 0 ? [`${blocked} ${blocked === 1 ? "waits" : "wait"} for others`] : []),
		...(left > 0 ? [`${left} not finished`] : []),
	];
	return `${run} ${how}: ${parts.join(", ")}.`;
}

/** That a run came to no end of its own. @param problem what was in the way, as a person reads it. */
export function refusedSentence(run: string, problem: string): string {
	return oneLine(`${run} did not run: ${problem}`, 500);
}

function endedWords(stop: Stop): string {
	switch (stop.kind) {
		case "interrupted":
			return "was interrupted";
		case "until":
			return "ended at its time (--until)";
		case "spent":
			return "has used its tokens (--max-run-tokens)";
		case "fail-fast":
			return `stopped after ${stop.issue} (--fail-fast)`;
		case "ends-run":
			return `stopped after ${stop.issue}, since every further issue would fail alike`;
	}
}

/** Why a command was of no use, which is no matter of the run's. @param lines the last that it printed. */
export function notifyFailed(how: CommandEnd | string, lines: readonly string[]): string {
	const said = lines.map((line) => `\n  ${printable(line)}`).join("");
	return `The command of --notify ${typeof how === "string" ? how : endWords(how)}; nothing of the run depends on it.${said}`;
}

function endWords(end: CommandEnd): string {
	if (end.kind === "timed-out") return `was ended after ${duration(end.limit)}`;
	if (end.kind === "done") return "ended well";
	return end.signal === null ? `ended with exit code ${end.exitCode}` : `was ended by ${end.signal}`;
}

/** What is said while nothing but such a command is waited for. */
export const NOTIFY_WAITS = "Waiting for the command of --notify; Ctrl-C to end it.";
