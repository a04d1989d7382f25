import { given } from "./contract/given.ts";
import type { IssuePlan } from "./contract/issue.ts";
import type { ActionOptions } from "./contract/options.ts";
import { Failure, problemOf } from "./contract/problem.ts";
import { startedFrom } from "./contract/record.ts";
import type { IssueWorktree } from "./contract/value.ts";
import { BlockedError } from "./engine/outcome.ts";
import type { Freshness, IssueContext } from "./engine/task.ts";
import { saveWork } from "./persist.ts";
import { branchTip, contains, isHistoryCut } from "./repo/branch.ts";
import { findMissing, type Missing, mergeMissing } from "./repo/missing.ts";
import { findStack } from "./repo/stack.ts";
import { gitlinksOf } from "./repo/submodules/gitlinks.ts";
import { addWorktree, checkedOut } from "./repo/worktree/add.ts";
import { verifyBranchKept } from "./repo/worktree/branch-kept.ts";
import { readWorktree } from "./repo/worktree/contents.ts";
import { findWorktree, verifyNotElsewhere } from "./repo/worktree/find.ts";
import { copyIncluded, readInclude } from "./repo/worktree/include.ts";
import { holderOf } from "./repo/worktree/list.ts";
import { verifyNothingLost } from "./repo/worktree/nothing-lost.ts";
import { removeWorktree } from "./repo/worktree/remove.ts";
import { isBeingMade } from "./repo/worktree/set-up.ts";
import type { Worktree } from "./repo/worktree/worktree.ts";
import { type KeptTurn, readLastWork } from "./store/turns.ts";
import { loadOnce } from "./system/once.ts";

const loadUnsaved = loadOnce(() => import("./repo/worktree/unsaved.ts"));

type Context = IssueContext<IssuePlan, ActionOptions>;

/** The issue's worktree, if it stands already on the issue's branch and the branch holds all it has to. */
export async function findStandingWorktree({
	issue,
	signal,
}: IssueContext<IssuePlan>): Promise<Freshness<IssueWorktree>> {
	// While another run sets it up, it is on no branch; that run holds the issue's lock, which says so.
	const worktree = (await isBeingMade(issue)) ? undefined : await findWorktree(issue);
	if (!worktree) return { upToDate: false, because: { kind: "no-worktree" } };
	await readStanding(issue, worktree, await readLastWork(issue.logDir), signal);
	const stack = await findStack(issue);
	const tip = await branchTip(issue.repository, issue.branch);
	// Where the branch is gone, it is made again first.
	const isWhole = tip !== undefined && (await findMissing(issue, tip, stack)).length === 0;
	return isWhole
		? { upToDate: true, value: { kind: "worktree", ...worktree, stack, isFresh: false } }
		: { upToDate: false, because: { kind: "base-moved" } };
}

/**
 * Creates the issue's worktree and branch, or continues with those that stand. The base, and the branches of blockers
 * that the base does not hold, are merged in first, so that the agent works on today's code and today's issue document.
 * @throws Failure `branch-not-on-base` when the branch did not start from the base: the work on it is somebody else's;
 * `base-conflicts`. Nothing is made then.
 * @throws BlockedError `stack-conflicts` when the blockers' work can't be put together.
 */
export async function createWorktree(_: unknown, context: Context): Promise<IssueWorktree> {
	const { issue, signal } = context;
	const found = await findWorktree(issue);
	const work = await readLastWork(issue.logDir);
	// An agent's own program may ask git for the status of the worktree when a turn starts, outside of the sandbox.
	if (found) await readStanding(issue, found, work, signal);
	else if (work?.record.saved === null) await (await loadUnsaved()).verifyNotApart(issue, work.record);
	else await verifyNotElsewhere(issue, work?.record.worktreePath);
	// Most issues are new: whether there is a branch all the same, git says when it is to make one.
	const made = !found && !work && (await tryNew(context));
	return made || continueBranch(found, work, context);
}

/** Whether what kept a worktree from being made is out of the way: the branches can be put together now, or what stood there is gone. */
export async function isOutOfTheWay(error: Error, { issue, signal }: IssueContext<IssuePlan>): Promise<boolean> {
	const problem = problemOf(error);
	if (!problem) return false;
	const { repository, base } = issue;
	const tip = await branchTip(repository, issue.branch);
	switch (problem.kind) {
		case "base-conflicts":
		case "stack-conflicts": {
			const from = tip ?? base.commit;
			const missing = await findMissing(issue, from, await findStack(issue));
			if ([from, ...missing.map(({ commit }) => commit)].join() === problem.commits.join()) return false;
			// Other commits may conflict as those did.
			return (await mergeMissing(issue, from, missing, signal, { isTried: true })).kind === "merged";
		}
		case "history-cut":
			return !(await isHistoryCut(repository, tip ?? (await doneOn(issue)) ?? base.commit, base.commit));
		case "branch-not-on-base":
			return tip === undefined || isContinuable(issue, await readLastWork(issue.logDir), tip);
		case "worktree-tampered":
			return findWorktree(issue).then(
				() => true,
				() => false,
			);
		default: {
			const { isSettled } = await import("./repo/worktree/settled.ts");
			return isSettled(problem, issue);
		}
	}
}

/** Makes a worktree anew in which an agent may have been; what it did there is committed first. */
export async function remakeWorktree(worktree: IssueWorktree, context: Context): Promise<IssueWorktree> {
	const { issue, signal } = context;
	await saveStanding(worktree, context);
	await leave(worktree, context);
	const tip = (await branchTip(issue.repository, issue.branch)) ?? issue.base.commit;
	await removeWorktree(issue, signal);
	return { ...(await addFurnished(context, tip, tip, worktree.stack)), ...given({ start: worktree.start }) };
}

/** Makes branch and worktree of an issue that nobody has worked on yet; nothing when there is a branch. */
async function tryNew(context: Context): Promise<IssueWorktree | undefined> {
	const { issue } = context;
	const { repository, base, branch } = issue;
	const stack = await findStack(issue);
	const missing = await findMissing(issue, base.commit, stack);
	if (missing.length > 0) return undefined;
	try {
		return await addFurnished(context, undefined, base.commit, stack);
	} catch (error) {
		if ((await branchTip(repository, branch)) !== undefined) return undefined;
		throw error;
	}
}

/** The tip of the branch when work on it was last saved. */
async function doneOn({ logDir }: IssuePlan): Promise<string | undefined> {
	return (await readLastWork(logDir))?.record.saved?.head;
}

async function continueBranch(
	found: Worktree | undefined,
	work: KeptTurn | undefined,
	context: Context,
): Promise<IssueWorktree> {
	const { issue, signal } = context;
	const { repository, base } = issue;
	const tip = await branchTip(repository, issue.branch);
	const done = work?.record.saved?.head;
	// Where the branch is gone, its work may be on the base, beyond where the history ends.
	if (tip === undefined && done !== undefined && (await isHistoryCut(repository, done, base.commit)))
		throw new Failure({ kind: "history-cut", branch: issue.branch, base: base.name });
	if (tip !== undefined && !(await isContinuable(issue, work, tip))) {
		if (await isHistoryCut(repository, tip, base.commit))
			throw new Failure({ kind: "history-cut", branch: issue.branch, base: base.name });
		throw new Failure({ kind: "branch-not-on-base", branch: issue.branch, base: base.name, ...(await own(context)) });
	}
	const stack = await findStack(issue);
	const missing = await findMissing(issue, tip ?? base.commit, stack);
	if (missing.length === 0) {
		if (found && work) await verifyBranchKept(issue, found, work.record);
		if (found) return { kind: "worktree", ...found, stack, isFresh: false };
		return addFurnished(context, tip, tip ?? base.commit, stack);
	}
	// What a killed run left in the worktree is committed before the branch moves on below it.
	if (found) await saveStanding(found, context);
	const before = found ? await branchTip(repository, issue.branch) : tip;
	const head = await mergeAll(before ?? base.commit, missing, context);
	if (found) {
		await leave(found, context);
		await removeWorktree(issue, signal);
	}
	const made = await addFurnished(context, before, head, stack);
	return before === undefined ? { ...made, start: head } : made;
}

/** Commits what the last attempt has left in a worktree. @throws Failure `nothing-recorded` for what is nobody's. */
async function saveStanding(worktree: Worktree, context: Context): Promise<void> {
	const { issue, signal } = context;
	const work = await readLastWork(issue.logDir);
	if (work) {
		await saveWork(work.name, worktree, false, context);
		return;
	}
	const { changed } = await readWorktree(issue, worktree, [issue.base.commit], signal);
	if (changed.length > 0) throw new Failure({ kind: "nothing-recorded", issue: issue.id, path: worktree.path });
}

/** Checks that a worktree can go: everything in it is on its branch. */
async function leave(worktree: Worktree, { issue, signal }: Context): Promise<void> {
	await verifyNothingLost(issue, worktree, (await readLastWork(issue.logDir))?.record, signal);
}

/** Adds the worktree with its submodules, and with those ignored files that the base's `.worktreeinclude` names. */
async function addFurnished(
	{ issue, options, signal, report }: Context,
	tip: string | undefined,
	head: string,
	stack: IssueWorktree["stack"],
): Promise<IssueWorktree> {
	const atOnce = options.jobs > 1;
	const patterns = await readInclude(issue, signal);
	const submodules = await gitlinksOf(issue.repository, head, signal);
	const initialize = async (worktree: Worktree): Promise<void> => {
		if (submodules.length > 0) {
			const { alignSubmodules } = await import("./repo/submodules/align.ts");
			await alignSubmodules(issue.repository, worktree, head, signal);
		}
		if (patterns === undefined) return;
		const { notIgnored, leadsOut } = await copyIncluded(issue, worktree, patterns, signal);
		if (notIgnored.length + leadsOut.length > 0)
			report({ kind: "note-not-copied", issue: issue.id, base: issue.base.name, notIgnored, leadsOut });
	};
	const how = patterns === undefined && submodules.length === 0 ? { atOnce } : { atOnce, initialize };
	return { kind: "worktree", ...(await addWorktree(issue, tip, head, signal, how)), stack, isFresh: true };
}

/** Puts together what the branch holds and what it lacks; its ref stays as it is. */
async function mergeAll(from: string, missing: readonly Missing[], context: Context): Promise<string> {
	const { issue, signal } = context;
	const { repository, branch, base } = issue;
	const merge = await mergeMissing(issue, from, missing, signal);
	if (merge.kind === "merged") return merge.head;
	const { files, other, by } = merge;
	const commits = [from, ...missing.map((each) => each.commit)];
	if (by.issue === undefined)
		throw new Failure({ kind: "base-conflicts", branch, base: base.name, files, commits, ...(await own(context)) });
	const into = other === branch ? branch : by.name;
	const where = given({ worktree: await holderOf(repository, into, signal) });
	const conflict = new Failure({ kind: "stack-conflicts", branch, blocker: by.name, other, files, commits, ...where });
	throw new BlockedError({ issue: by.issue }, conflict);
}

/**
 * The issue's worktree, where its branch is checked out there: a person has to work on it there and nowhere else.
 * @throws Failure `branch-checked-out` where somebody has it elsewhere: that is in the way first.
 */
async function own({ issue, signal }: Context): Promise<{ readonly worktree?: string }> {
	const holder = await holderOf(issue.repository, issue.branch, signal);
	if (holder !== undefined && holder !== issue.worktreePath) throw await checkedOut(issue, holder);
	return given({ worktree: holder });
}

async function readStanding(
	issue: IssuePlan,
	worktree: Worktree,
	work: KeptTurn | undefined,
	signal: AbortSignal,
): Promise<void> {
	await readWorktree(issue, worktree, startedFrom(issue.base.commit, work?.record), signal);
}

/** True when the branch holds the base, nothing else than the base, or was made by an attempt of ours from the base. */
async function isContinuable(
	{ repository, base }: IssuePlan,
	work: KeptTurn | undefined,
	tip: string,
): Promise<boolean> {
	if ((await contains(repository, tip, base.commit)) || (await contains(repository, base.commit, tip))) return true;
	return work !== undefined && (await contains(repository, base.commit, work.record.base.commit));
}
