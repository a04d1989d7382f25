import type { Trial } from "./trial.ts";

/** Exit codes of a shell that may not execute a command, or finds none. */
const WITHOUT_COMMAND: readonly number[] = [126, 127];

/** Whether a check that ended so has checked nothing, since a command is missing. One that has a report came further. */
export function isMissing({ exitCode, tests }: { readonly exitCode: number; readonly tests?: unknown }): boolean {
	return WITHOUT_COMMAND.includes(exitCode) && tests === undefined;
}

/**
 * A trial on the base, which has no answer where a command of the check is missing: that is no failure to excuse others by. An issue's own
 * check may ask for what the issue is to make.
 */
export function baseAnswer(trial: Trial): Trial {
	const { check, end, tests } = trial;
	if (end.kind !== "ended" || check.isOwn || !isMissing({ exitCode: end.exitCode, tests })) return trial;
	const { durationMs, log } = trial;
	const detail = `exit code ${end.exitCode}, as for a command that is missing`;
	return { check, durationMs, log, end: { kind: "not-run", reason: "not-started", detail, exitCode: end.exitCode } };
}

/** Trials of a commit, of which those have no answer for which a command is missing on the base as well. */
export function commitAnswers(commit: readonly Trial[], base: readonly Trial[]): Trial[] {
	return commit.map((trial) => {
		const before = base.find(({ check }) => check.name === trial.check.name)?.end;
		return before?.kind === "not-run" && before.reason === "not-started" ? baseAnswer(trial) : trial;
	});
}
