import { lstat, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Note } from "./contract/activity.ts";
import { checkAnswer, type Identity } from "./contract/answer.ts";
import type { IssuePlan } from "./contract/issue.ts";
import type { RunOptions } from "./contract/options.ts";
import { Failure, type Limit } from "./contract/problem.ts";
import { assemblePrompt, hashPrompt, verifyPrompt } from "./contract/prompt.ts";
import type { AttemptRecord } from "./contract/record.ts";
import { answerSchema, type PhaseResult } from "./contract/result.ts";
import { unreachable } from "./engine/outcome.ts";
import type { IssueContext, RunContext } from "./engine/task.ts";
import { guardGitFiles } from "./repo/guard.ts";
import { classifyTurn } from "./runner/codex/classify.ts";
import { readPromptParts } from "./runner/prompt-files.ts";
import type { CheckRequest, Runner, Turn, TurnEnd } from "./runner/runner.ts";
import { findPassedAttempt } from "./status.ts";
import { type Attempt, type AttemptEnd, beginAttempt } from "./store/attempt.ts";
import { writeJson } from "./store/records.ts";
import { writeFileAtomic } from "./system/atomic-write.ts";
import { verifyPlaces } from "./system/places.ts";
import { withTemporaryFolder } from "./system/temporary-folder.ts";
import type { IssueWorktree } from "./worktree.ts";

type Context = IssueContext<IssuePlan, RunOptions>;

/** How many reviews there are at most; the dev phase is only told. */
const MAX_REVIEW_CYCLES = 2;
/** Characters kept of an answer that is no result. */
const LONGEST_KEPT_ANSWER = 1024 * 1024;

/** The actions of a per-issue task that runs one phase of an agent on the issue. */
export function phase(name: "dev", runner: Runner) {
	return {
		prepare: () => runner.warm(),
		upToDate: ({ issue, options }: Context) => findPassedAttempt(name, issue, options),
		run: ({ worktree }: { readonly worktree: IssueWorktree }, context: Context) =>
			runPhase(name, runner, worktree, context),
	};
}

/** The action of a run-wide task that checks that the runner could run a turn, before anything is made for one. */
export function verifyRunner(runner: Runner) {
	return async ({ plan }: { readonly plan: readonly IssuePlan[] }, context: RunContext<RunOptions>): Promise<null> => {
		const { options } = context;
		const [first] = plan;
		if (!first) return null;
		const { root, commonDir } = first.repository;
		verifyPrompt("dev", await readPromptParts("dev", root, options.packageRoot));
		await verifyRunPlaces(runner, plan, options);
		const { problems } = await runner.examine(checkRequest(root, commonDir, options), context.signal);
		const missing = Object.values(problems).flat();
		if (missing.length > 0) throw new Failure(missing);
		for (const note of notesOf(options)) context.report(note);
		return null;
	};
}

/** What the runner is asked about. */
export function checkRequest(
	directory: string,
	gitFolder: string | undefined,
	{ codex }: Pick<RunOptions, "codex">,
): CheckRequest {
	return {
		directory,
		...(gitFolder === undefined ? {} : { gitFolder }),
		...(codex === undefined ? {} : { program: codex }),
	};
}

/**
 * Checks that nothing which the agents of this run must not write to lies where they can.
 * @throws Failure `place-writable`.
 */
export async function verifyRunPlaces(runner: Runner, plan: readonly IssuePlan[], options: RunOptions): Promise<void> {
	const [first] = plan;
	if (!first) return;
	const { root, commonDir } = first.repository;
	verifyPlaces(
		[
			{ what: "repository", path: root },
			{ what: "logs", path: first.logDir },
			{ what: "temporary-folder", path: tmpdir() },
			...(await runner.places(checkRequest(root, commonDir, options))),
			...(options.gitAccess ? [] : [{ what: "git-folder", path: commonDir } as const]),
		],
		[...plan.map((issue) => issue.worktreePath), ...(options.gitAccess ? [commonDir] : [])],
	);
}

/** What a person should have read of the options that give the agents more. */
function notesOf({ network, env = [], gitAccess }: RunOptions): Note[] {
	return [
		...(network ? [{ kind: "note-opened", what: "network", names: [] } as const] : []),
		...(env.length > 0 ? [{ kind: "note-opened", what: "env", names: env } as const] : []),
		...(gitAccess ? [{ kind: "note-opened", what: "git-access", names: [] } as const] : []),
	];
}

/**
 * Runs one turn of an agent in the issue's worktree and keeps everything it said.
 * @returns the record of an attempt that passed.
 * @throws Failure `attempt`, with the record, when it ended in any other way.
 */
async function runPhase(
	name: "dev",
	runner: Runner,
	worktree: IssueWorktree,
	context: Context,
): Promise<AttemptRecord> {
	const { issue, options, signal } = context;
	const { root, commonDir } = issue.repository;
	await verifyDocument(issue, worktree);
	if (options.gitAccess) await guardGitFiles(commonDir, worktree.gitDir);
	const parts = await readPromptParts(name, root, options.packageRoot);
	const identity: Identity = {
		phase: name,
		issueId: issue.id,
		milestoneId: issue.milestone ?? "",
		branch: issue.branch,
		worktreePath: await realpath(worktree.path),
	};
	const attempt = await beginAttempt(issue.logDir, name, {
		phase: name,
		issueId: identity.issueId,
		milestoneId: identity.milestoneId,
		title: issue.title,
		branch: identity.branch,
		worktreePath: identity.worktreePath,
		base: { ...issue.base, stack: [...worktree.stack] },
		runner: { name: runner.name, version: runner.version },
		model: options.model ?? null,
		...(options.rehearse ? { rehearsal: options.rehearse } : {}),
		promptHash: hashPrompt(name, parts),
		issueDocHash: issue.docHash,
	});
	let turn: Turn;
	try {
		turn = await withTemporaryFolder((temporaryDirectory) =>
			runner.run(
				{
					prompt: assemblePrompt(name, parts, {
						issueId: identity.issueId,
						issueDocPath: issue.docPath,
						milestoneId: identity.milestoneId,
						milestoneDocPath: issue.milestoneDocPath,
						branchName: identity.branch,
						worktreePath: identity.worktreePath,
						maxReviewCycles: MAX_REVIEW_CYCLES,
						reviewCycle: 1,
					}),
					outputSchema: answerSchema(name),
					workingDirectory: identity.worktreePath,
					repositoryRoot: root,
					temporaryDirectory,
					eventLog: attempt.files.events,
					network: options.network === true,
					environment: Object.fromEntries((options.env ?? []).map((name) => [name, process.env[name] ?? ""])),
					writableFolders: options.gitAccess ? [commonDir, worktree.gitDir] : [],
					...(options.codex === undefined ? {} : { program: options.codex }),
					...(options.model === undefined ? {} : { model: options.model }),
				},
				{ timeout: options.timeout, stall: options.stall, tokens: options.maxTokens },
				{
					stderr: (bytes) => attempt.stderr.append(bytes),
					onActivity: (activity) => context.report(activity),
				},
				signal,
			),
		);
	} catch (error) {
		// The runner answers with a value even when its turn fails; what comes here is a failure to keep what it said.
		const details = [error instanceof Error ? error.message : String(error)];
		const end = { outcome: "failed", reason: "runner-error", details, threadId: null, usage: null } as const;
		await attempt.conclude(end).catch(() => {});
		throw error;
	}
	const end = await judge(name, turn.end, identity, attempt);
	const record = await attempt.conclude({ ...end, threadId: turn.threadId, usage: turn.usage });
	if (record.outcome === "pass") return record;
	const everyTurn = classifyTurn(turn.end);
	const limit = limitOf(turn.end);
	throw new Failure({
		kind: "attempt",
		record,
		logDir: issue.logDir,
		...(everyTurn ? { everyTurn } : {}),
		...(limit ? { limit } : {}),
	});
}

/** Turns the end of a turn into the phase's outcome, as the contract's table has it, and keeps the answer. */
async function judge(
	name: "dev",
	end: TurnEnd,
	identity: Identity,
	attempt: Attempt,
): Promise<Omit<AttemptEnd, "threadId" | "usage">> {
	switch (end.kind) {
		case "completed": {
			const answer = checkAnswer(name, end.lastMessage, identity);
			if (!answer.valid) {
				if (end.lastMessageCutFrom !== undefined) {
					const detail = `the answer has ${end.lastMessageCutFrom} characters, which is too long for one`;
					await writeFileAtomic(attempt.files.answer, end.lastMessage ?? "");
					return { outcome: "failed", reason: "invalid-result", details: [detail] };
				}
				await writeFileAtomic(attempt.files.answer, (end.lastMessage ?? "").slice(0, LONGEST_KEPT_ANSWER));
				const details = answer.problems.map(({ path, message }) => (path ? `${path}: ${message}` : message));
				return { outcome: "failed", reason: "invalid-result", details };
			}
			const { result } = answer;
			await writeJson(attempt.files.result, result);
			return {
				outcome: result.status,
				reason: null,
				details: detailsOf(result),
			};
		}
		case "failed":
			return { outcome: "failed", reason: "runner-error", details: [end.message] };
		case "protocol-error":
			return { outcome: "failed", reason: "protocol-error", details: [end.message] };
		case "timed-out":
			return { outcome: "failed", reason: "timed-out", details: [`still running after ${end.limit / 1000} s`] };
		case "stalled":
			return {
				outcome: "failed",
				reason: "stalled",
				details: [`no progress for ${end.limit / 1000} s`, ...(end.lastWarning ? [end.lastWarning] : [])],
			};
		case "over-budget":
			return { outcome: "failed", reason: "over-budget", details: [`${end.used} tokens used, ${end.limit} allowed`] };
		case "interrupted":
			return { outcome: "cancelled", reason: "interrupted", details: [] };
		default:
			return unreachable(end);
	}
}

/** What a person has to know of an answer that is no pass: the agent's questions, or its own reason. */
function detailsOf({ status, openQuestions, summary }: PhaseResult<"dev">): string[] {
	switch (status) {
		case "pass":
			return [];
		case "deferred":
			return openQuestions;
		case "failed":
			return [summary];
		default:
			return unreachable(status);
	}
}

function limitOf(end: TurnEnd): Limit | undefined {
	switch (end.kind) {
		case "timed-out":
			return { name: "timeout", value: end.limit };
		case "stalled":
			return { name: "stall", value: end.limit };
		case "over-budget":
			return { name: "max-tokens", value: end.limit };
		default:
			return undefined;
	}
}

/** The agent reads the document in the worktree; a branch that is continued may have lost it. */
async function verifyDocument(issue: IssuePlan, worktree: IssueWorktree): Promise<void> {
	const stats = await lstat(join(worktree.path, issue.docPath)).catch(() => undefined);
	if (!stats?.isFile()) throw new Failure({ kind: "document-gone", file: issue.docPath, branch: issue.branch });
}
