import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../contract/problem.ts";
import { localEnvironment } from "../repo/local-environment.ts";
import { createChecksLogs } from "../store/checks-logs.ts";
import { isDiskFullText, isNothingLeft } from "../system/disk-space.ts";
import { lastLines, runUserCommand } from "../system/user-command.ts";

/** What is set up for checks, and how. */
export interface SetUpPlace {
	/** The first issue that asks for it. */
	readonly issue: string;
	readonly command: string;
	/** The worktree, of a commit of the base. */
	readonly path: string;
	/** Folder of what it prints, and what the file there is called. */
	readonly logs: string;
	readonly name: string;
	/** Milliseconds. */
	readonly timeout: number;
}

/**
 * Runs the command that sets up worktrees in one that is for checks: as in an issue's, outside of any sandbox, on the base's files only.
 * @throws Failure `set-up-failed`, `disk-full`; the signal's reason when that was aborted.
 */
export async function setUpForChecks(place: SetUpPlace, signal: AbortSignal): Promise<void> {
	const { issue, command, path, logs, name, timeout } = place;
	await createChecksLogs(logs);
	// Two runs may set the same up at once.
	const outputFile = join(logs, `${name}.${process.pid}.setup.log`);
	await rm(outputFile, { force: true });
	const environment = localEnvironment();
	const end = await runUserCommand(command, { cwd: path, environment, outputFile, timeout, signal });
	if (end.kind === "done") {
		await rm(outputFile, { force: true });
		return;
	}
	const lines = await lastLines(outputFile);
	if (lines.some(isDiskFullText) || (await isNothingLeft([path, logs]))) throw new Failure({ kind: "disk-full", path });
	const how = end.kind === "failed" ? end : { exitCode: null, signal: null, limit: end.limit };
	throw new Failure({ ...how, kind: "set-up-failed", issue, command, lines, log: outputFile });
}
