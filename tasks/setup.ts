import { createHash } from "node:crypto";
import type { IssuePlan } from "./contract/issue.ts";
import type { ActionOptions } from "./contract/options.ts";
import { Failure, problemOf } from "./contract/problem.ts";
import type { IssueWorktree } from "./contract/value.ts";
import type { Freshness, IssueContext } from "./engine/task.ts";
import { localEnvironment } from "./repo/local-environment.ts";
import { readWorktree } from "./repo/worktree/contents.ts";
import { isSetUp, setUpOnBase } from "./repo/worktree/set-up.ts";
import { createLogFolder, setAsideSetUpLog, setUpLog } from "./store/log-folder.ts";
import { readLastWork } from "./store/turns.ts";
import { isDiskFullText, isNothingLeft } from "./system/disk-space.ts";
import { lastLines, runUserCommand } from "./system/user-command.ts";
import { findStandingWorktree, remakeWorktree } from "./worktree.ts";

type Context = IssueContext<IssuePlan, ActionOptions>;

/** Whether the standing worktree was set up by this command. */
export async function findSetUp(command: string, context: Context): Promise<Freshness<IssueWorktree>> {
	const standing = await findStandingWorktree(context);
	if (!standing.upToDate) return standing;
	if (await isSetUp(standing.value, wayOf(command)))
		return { ...standing, value: { ...standing.value, setUp: command } };
	return { upToDate: false, because: { kind: "not-set-up" } };
}

/**
 * Makes a new worktree ready for an agent with a shell command, such as `npm ci`. The command runs as you would type it: with
 * your environment, outside of the sandbox, on the files of the base.
 * @throws Failure `set-up-failed`, `set-up-not-ignored`, `disk-full`.
 */
export async function setUp(command: string, worktree: IssueWorktree, context: Context): Promise<IssueWorktree> {
	// An agent may have left there what a command would run: ignored files, which no checkout replaces.
	const fresh = worktree.isFresh ? worktree : await remakeWorktree(worktree, context);
	const run = () => runSetUp(command, fresh, context);
	await setUpOnBase(context.issue, fresh, wayOf(command), run, context.signal);
	return { ...fresh, setUp: command };
}

function wayOf(command: string): string {
	return createHash("sha256").update(command).digest("hex").slice(0, 16);
}

/**
 * Runs the command and keeps what it prints.
 * @throws Failure `set-up-failed`, `set-up-not-ignored`, `disk-full`.
 */
async function runSetUp(command: string, worktree: IssueWorktree, context: Context): Promise<void> {
	const { issue, options, signal, report } = context;
	const { id, logDir } = issue;
	const log = setUpLog(logDir);
	await createLogFolder(logDir);
	await setAsideSetUpLog(logDir, (await readLastWork(logDir))?.record.startedAt ?? "without-record");
	report({ kind: "command", command });
	const end = await runUserCommand(command, {
		cwd: worktree.path,
		environment: localEnvironment(),
		outputFile: log,
		timeout: options.timeout,
		signal,
	});
	if (end.kind !== "done") {
		const lines = await lastLines(log);
		if (lines.some(isDiskFullText) || (await isNothingLeft([worktree.path, logDir])))
			throw new Failure({ kind: "disk-full", path: worktree.path });
		const how = end.kind === "failed" ? end : { exitCode: null, signal: null, limit: end.limit };
		throw new Failure({ ...how, kind: "set-up-failed", issue: id, command, lines, log });
	}
	report({ kind: "output", lines: await lastLines(log), isCut: false });
	const files = await findLeft(issue, worktree, signal);
	if (files.length > 0) throw new Failure({ kind: "set-up-not-ignored", issue: id, command, files });
}

/** Paths by which a worktree differs from the base, and repositories that have come into it. */
async function findLeft(issue: IssuePlan, worktree: IssueWorktree, signal: AbortSignal): Promise<readonly string[]> {
	try {
		return (await readWorktree(issue, worktree, [issue.base.commit], signal)).changed;
	} catch (error) {
		const problem = problemOf(error);
		if (problem?.kind === "nested-repository") return [...problem.nested, ...problem.submodules];
		if (problem?.kind === "work-unreadable") return problem.files;
		throw error;
	}
}
