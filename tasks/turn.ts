import { lstat, realpath } from "node:fs/promises";
import { join } from "node:path";
import type { Activity } from "./contract/activity.ts";
import type { Identity } from "./contract/check-answer.ts";
import { given } from "./contract/given.ts";
import { addressNameOf, ownIdOf } from "./contract/identity.ts";
import { homeOf, type IssuePlan } from "./contract/issue.ts";
import { chooseModel, type TurnSettings } from "./contract/model-choice.ts";
import type { ActionOptions } from "./contract/options.ts";
import type { OrchContext } from "./contract/orch-context.ts";
import { isWork, phaseOf, type TurnName } from "./contract/phase.ts";
import { Failure } from "./contract/problem.ts";
import { hashPrompt, type PromptParts } from "./contract/prompt.ts";
import type { GitChange } from "./contract/record.ts";
import { type BudgetTable, chooseBudget, type TurnBudget } from "./contract/turn-budget.ts";
import type { IssueWorktree, TurnValue } from "./contract/value.ts";
import type { IssueContext } from "./engine/task.ts";
import { branchOf, worktreeOf } from "./repo/addresses.ts";
import type { GitSeen } from "./repo/agents-git.ts";
import { branchTip } from "./repo/branch.ts";
import { guardGitFiles } from "./repo/guard.ts";
import { heldSince } from "./repo/lock.ts";
import { findStart } from "./repo/missing.ts";
import { seeSince, seeWorktree } from "./repo/worktree/unchanged.ts";
import { judgeTurn, limitOf, refuseChanged } from "./runner/judge-turn.ts";
import { readPromptParts } from "./runner/prompt-files.ts";
import type { Runner, Turn, TurnEnd, TurnRequest } from "./runner/runner.ts";
import { requestOf } from "./runner/turn-request.ts";
import { branchGone } from "./standing/branch-gone.ts";
import { verifyClaimed } from "./standing/claimed.ts";
import { tellPrior } from "./standing/prior-attempt.ts";
import type { Continued } from "./standing/thread.ts";
import { readUsedTokens } from "./standing/used-tokens.ts";
import { type Attempt, type AttemptStart, beginAttempt } from "./store/attempt.ts";
import { readLastWork } from "./store/turns.ts";
import { loadOnce } from "./system/once.ts";
import { withTemporaryFolder } from "./system/temporary-folder.ts";

const loadAgentsGit = loadOnce(() => import("./repo/agents-git.ts"));

/** What an action of a turn is given beside its inputs. */
export type TurnContext = IssueContext<IssuePlan, ActionOptions>;

/** Reviews there are at most where the orchfile makes none; agents are only told. */
const USUAL_CYCLES = 2;

/** What an orchfile says of a turn. */
export interface TurnDeclared {
	readonly settings: TurnSettings;
	/** Whether issues may say which model works on them. */
	readonly issueModels: boolean;
	/** The reviews that it makes. */
	readonly reviews: number;
	/** Tokens that an issue may use, by its estimate. */
	readonly budgets: BudgetTable;
}

/** What a turn is told of those before it. */
export interface Told extends Pick<OrchContext, "checks" | "reviewResult" | "priorFixSummary"> {
	/** The thread to go on in, as far as the runner still has it. */
	readonly thread?: Continued;
}

/**
 * Runs one turn of an agent in the issue's worktree and keeps everything it said. One that only judges has changed nothing there when it
 * counts.
 * @returns the record of an attempt that passed, or whose verdict somebody else acts on.
 * @throws Failure `attempt`, with the record, when it ended in any other way; `document-gone`, `prompt-missing`, `branch-gone`.
 */
export async function runTurn(
	runner: Runner,
	name: TurnName,
	worktree: IssueWorktree,
	declared: TurnDeclared,
	told: Told,
	context: TurnContext,
): Promise<TurnValue> {
	const { issue, options } = context;
	await verifyDocument(issue, worktree);
	await verifyClaimed(issue, worktree);
	if (options.gitAccess) await guardGitFiles(issue.repository.commonDir, worktree.gitDir);
	const seen = options.gitAccess ? await (await loadAgentsGit()).seeGit(issue.repository) : undefined;
	const parts = await readPromptParts(phaseOf(name), issue.repository.root, options.packageRoot);
	const identity = await identify(name, worktree, issue);
	const start = worktree.start ?? (await findStart(issue, worktree.stack, await readStart(issue, worktree)));
	const tip = await branchTip(issue.repository, issue.branch);
	// What is done next would rest on nothing.
	if (tip === undefined) throw await branchGone(issue);
	const from = { ...worktree, ...given({ start }), tip };
	const priorAttempt = await tellPrior(issue, name);
	const budget = chooseBudget(issue, options, declared.budgets, await readUsedTokens(issue, name));
	const chosen = chooseModel(identity.phase, { ...declared, options, issue });
	const about = { ...startOf(runner, identity, parts, from, context), ...given({ effort: chosen.effort }) };
	const before = isWork(identity.phase) ? undefined : await seeWorktree(issue, worktree);
	const attempt = await beginAttempt(
		issue.logDir,
		name,
		{ ...about, model: chosen.model ?? null },
		issue.repository.commonDir,
	);
	const { thread, ...toldOf } = told;
	const facts = { ...toldOf, ...given({ priorAttempt }), maxReviewCycles: declared.reviews || USUAL_CYCLES };
	// The agent's sandbox has no other folder for temporary files.
	const turn = await withTemporaryFolder((folder) =>
		takeTurn(
			runner,
			{
				...requestOf({
					name,
					identity,
					parts,
					facts,
					folder,
					eventLog: attempt.files.events,
					worktree,
					issue,
					options,
				}),
				...chosen,
				...given({ resume: thread?.threadId }),
			},
			budget,
			attempt,
			context,
		),
	).catch((error) => giveUp(error, attempt));
	const judged = judgeTurn(phaseOf(name), turn.end, identity);
	const { result, answer, ...end } = before ? refuseChanged(judged, await seeSince(issue, worktree, before)) : judged;
	await attempt.keepAnswer(result, answer);
	const gitChanges = seen && (await findChanges(seen, worktree, context));
	const found = given({ gitChanges, model: turn.model, resumed: turn.isResumed && thread?.turn });
	const record = await attempt.conclude({ ...end, ...found, threadId: turn.threadId, usage: turn.usage });
	if (record.outcome === "pass" || record.outcome === "changes_required")
		return { kind: "turn", record, ...(result?.phase === "review" ? { result } : {}) };
	const more = given({
		everyTurn: turn.everyTurn,
		thisTurn: turn.thisTurn,
		program: turn.program,
		limit: limitOf(turn.end),
		limitUntil: turn.limitUntil,
	});
	throw new Failure({ kind: "attempt", record, logDir: issue.logDir, ...more });
}

/** What the agent has done to git; nothing when that is nothing, or when git can't be asked any more, which whoever saves will tell. */
async function findChanges(
	seen: GitSeen,
	worktree: IssueWorktree,
	{ issue, options }: TurnContext,
): Promise<GitChange[] | undefined> {
	const { repository } = issue;
	const others = heldSince(repository, seen.at).filter((name) => name !== addressNameOf(issue));
	const places = others.map(
		(name) => [branchOf(options.layout, name), worktreeOf(options.layout, homeOf(repository), name)] as const,
	);
	const find = async () => (await loadAgentsGit()).findGitChanges(issue, worktree, seen, new Map(places));
	const changes = await find().catch((error) => {
		if (error instanceof Failure) return [];
		throw error;
	});
	return changes.length > 0 ? changes : undefined;
}

/** What the last attempt started from, for an issue that is stacked. */
async function readStart({ logDir }: IssuePlan, { stack }: IssueWorktree) {
	return stack.length > 0 ? (await readLastWork(logDir))?.record.base : undefined;
}

async function identify(name: TurnName, { path }: IssueWorktree, issue: IssuePlan) {
	const { milestone, branch } = issue;
	return {
		phase: phaseOf(name),
		issueId: ownIdOf(issue),
		milestoneId: milestone ?? "",
		branch,
		worktreePath: await realpath(path),
	} satisfies Identity;
}

function startOf(
	runner: Runner,
	identity: Identity,
	parts: PromptParts,
	{ stack, start, tip }: IssueWorktree & { readonly tip?: string },
	{ issue, options }: TurnContext,
): Omit<AttemptStart, "model"> {
	return {
		...identity,
		title: issue.title,
		project: issue.project,
		issueDocPath: issue.docPath,
		base: { ...issue.base, stack: [...stack], ...given({ start, tip }) },
		runner: { name: runner.name, version: runner.version },
		...given({ rehearsal: options.rehearse }),
		promptHash: hashPrompt(identity.phase, parts),
		issueDocHash: issue.docHash,
	};
}

async function takeTurn(
	runner: Runner,
	request: TurnRequest,
	budget: TurnBudget,
	attempt: Attempt,
	context: TurnContext,
): Promise<Turn> {
	const { options, signal } = context;
	if (budget.tokens <= 0)
		return { end: { kind: "over-budget", limit: budget.whole, used: budget.used }, threadId: null, usage: null };
	const { wait, stall, until } = options;
	const limits = { timeout: budget.timeout, tokens: budget.tokens, stall, wait, ...given({ until }) };
	const sinks = {
		stderr: (bytes: Uint8Array) => attempt.stderr.append(bytes),
		onActivity: (activity: Activity) => {
			if (activity.kind === "waiting") attempt.wait(activity.until);
			context.report(activity);
		},
	};
	const turn = await runner.run(request, limits, sinks, signal);
	return { ...turn, end: ofWhole(turn.end, budget) };
}

/** A turn that has come to the end of a budget that it shares with those before it has used up all of that. */
function ofWhole(end: TurnEnd, { whole, tokens }: TurnBudget): TurnEnd {
	return end.kind === "over-budget" ? { ...end, limit: whole, used: end.used + whole - tokens } : end;
}

/** The runner answers with a value even when its turn fails; what comes here is a failure to keep what it said. */
async function giveUp(error: unknown, attempt: Attempt): Promise<never> {
	const details = [error instanceof Error ? error.message : String(error)];
	const end = { outcome: "failed", reason: "runner-error", details, threadId: null, usage: null } as const;
	await attempt.conclude(end).catch(() => {});
	throw error;
}

/** The agent reads the document in the worktree; a branch that is continued may have lost it. */
async function verifyDocument(issue: IssuePlan, worktree: IssueWorktree): Promise<void> {
	const stats = await lstat(join(worktree.path, issue.docPath)).catch(() => undefined);
	if (!stats?.isFile()) throw new Failure({ kind: "document-gone", file: issue.docPath, branch: issue.branch });
}
