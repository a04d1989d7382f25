import type { IssuePlan, StackedTip } from "./contract/issue.ts";
import type { ActionOptions } from "./contract/options.ts";
import { Failure } from "./contract/problem.ts";
import { BlockedError, hasStarted, isGood, type Outcome } from "./engine/outcome.ts";
import type { Freshness, IssueContext } from "./engine/task.ts";
import { type Persisted, persistPhase, startedFrom } from "./persist.ts";
import { branchTip, contains } from "./repo/branch.ts";
import { filesOf } from "./repo/commit.ts";
import { mergeCommits } from "./repo/merge.ts";
import { findStack } from "./repo/stack.ts";
import { addWorktree } from "./repo/worktree/add.ts";
import { type Contents, readWorktree } from "./repo/worktree/contents.ts";
import { findWorktree } from "./repo/worktree/find.ts";
import { findIgnoredWork } from "./repo/worktree/ignored.ts";
import { copyIncluded, readInclude } from "./repo/worktree/include.ts";
import { dropEmptyFolder, removeWorktree } from "./repo/worktree/remove.ts";
import { isBeingMade } from "./repo/worktree/set-up.ts";
import type { Worktree } from "./repo/worktree/worktree.ts";
import { attemptFiles } from "./store/log-folder.ts";
import { readRecord } from "./store/records.ts";

type Context = IssueContext<IssuePlan, ActionOptions>;

/** A worktree in which an agent can start: its branch holds the base and what the issue's blockers have done. */
export interface IssueWorktree extends Worktree {
	/** True when this run made it: nobody has written to it yet. */
	readonly isFresh: boolean;
	readonly stack: readonly StackedTip[];
}

/** What teardown did: `removed`, `kept`, or nothing because there was no worktree. */
export interface Teardown {
	readonly removed: boolean;
	readonly kept: boolean;
	/** What keeps it although all else is on the branch: files that only new rules ignore. */
	readonly ignored?: readonly string[];
}

/** The issue's worktree, if it stands already on the issue's branch and the branch holds all it has to. */
export async function findStandingWorktree({
	issue,
	signal,
}: IssueContext<IssuePlan>): Promise<Freshness<IssueWorktree>> {
	// While another run sets it up, it is on no branch; that run holds the issue's lock, which says so.
	const worktree = (await isBeingMade(issue)) ? undefined : await findWorktree(issue);
	if (!worktree) return { upToDate: false, because: { kind: "no-worktree" } };
	await readStanding(issue, worktree, signal);
	const stack = await findStack(issue);
	const tip = await branchTip(issue.repository, issue.branch);
	const missing = await findMissing(issue, tip ?? issue.base.commit, stack);
	return missing.length === 0
		? { upToDate: true, value: { ...worktree, stack, isFresh: false } }
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
	// Codex itself asks git for the status of the worktree when a turn starts, outside of the sandbox.
	if (found) await readStanding(issue, found, signal);
	const isNew = !found && (await readRecord(attemptFiles(issue.logDir, "dev").record)) === undefined;
	// Most issues are new: whether there is a branch all the same, git says when it is to make one.
	const made = isNew && (await tryNew(context));
	return made || continueBranch(issue, found, context);
}

/** Makes branch and worktree of an issue that nobody has worked on yet; nothing when there is a branch. */
async function tryNew(context: Context): Promise<IssueWorktree | undefined> {
	const { issue } = context;
	const { repository, base, branch } = issue;
	const stack = await findStack(issue);
	const missing = await findMissing(issue, base.commit, stack);
	if (missing.length > 0) return undefined;
	try {
		return { ...(await addFurnished(context, undefined, base.commit)), stack, isFresh: true };
	} catch (error) {
		if ((await branchTip(repository, branch)) !== undefined) return undefined;
		throw error;
	}
}

async function continueBranch(issue: IssuePlan, found: Worktree | undefined, context: Context): Promise<IssueWorktree> {
	const { signal } = context;
	const { repository, base } = issue;
	const tip = await branchTip(repository, issue.branch);
	if (tip !== undefined && !(await isContinuable(issue, tip))) {
		throw new Failure({ kind: "branch-not-on-base", branch: issue.branch, base: base.name });
	}
	const stack = await findStack(issue);
	const missing = await findMissing(issue, tip ?? base.commit, stack);
	if (missing.length === 0) {
		if (found) return { ...found, stack, isFresh: false };
		return { ...(await addFurnished(context, tip, tip ?? base.commit)), stack, isFresh: true };
	}
	// What a killed run left in the worktree is committed before the branch moves on below it.
	if (found) await persistStanding(found, context);
	const before = found ? await branchTip(repository, issue.branch) : tip;
	const head = await mergeMissing(issue, before ?? base.commit, missing, signal);
	if (found) {
		await verifyNothingLost(issue, found, signal);
		await removeWorktree(issue, signal);
	}
	return { ...(await addFurnished(context, before, head)), stack, isFresh: true };
}

/** Makes a worktree anew in which an agent may have been; what it did there is committed first. */
export async function remakeWorktree(worktree: IssueWorktree, context: Context): Promise<IssueWorktree> {
	const { issue, signal } = context;
	await persistStanding(worktree, context);
	await verifyNothingLost(issue, worktree, signal);
	const tip = (await branchTip(issue.repository, issue.branch)) ?? issue.base.commit;
	await removeWorktree(issue, signal);
	return { ...(await addFurnished(context, tip, tip)), stack: worktree.stack, isFresh: true };
}

async function persistStanding(worktree: Worktree, context: Context): Promise<void> {
	await persistPhase({ worktree: { status: "up-to-date", value: worktree }, dev: { status: "not-in-run" } }, context);
}

/** Adds the worktree with those ignored files that the base's `.worktreeinclude` names. */
async function addFurnished(
	{ issue, options, signal, report }: Context,
	tip: string | undefined,
	head: string,
): Promise<Worktree> {
	const atOnce = options.jobs > 1;
	const patterns = await readInclude(issue, signal);
	if (patterns === undefined) return addWorktree(issue, tip, head, signal, { atOnce });
	const initialize = async (worktree: Worktree): Promise<void> => {
		const { notIgnored, leadsOut } = await copyIncluded(issue, worktree, patterns, signal);
		if (notIgnored.length + leadsOut.length > 0)
			report({ kind: "note-not-copied", issue: issue.id, base: issue.base.name, notIgnored, leadsOut });
	};
	return addWorktree(issue, tip, head, signal, { atOnce, initialize });
}

/** Puts together what the branch holds and what it lacks; its ref stays as it is. */
async function mergeMissing(
	issue: IssuePlan,
	from: string,
	missing: readonly Missing[],
	signal: AbortSignal,
): Promise<string> {
	const { repository, branch, base } = issue;
	const merged: string[] = [];
	let head = from;
	for (const each of missing) {
		const merge = await mergeCommits(repository, head, each.commit, `Merge ${each.name} into ${branch}\n`, signal);
		if (merge.kind === "merged") {
			head = merge.head;
			merged.push(each.name);
			continue;
		}
		const { files } = merge;
		if (each.issue === undefined) throw new Failure({ kind: "base-conflicts", branch, base: base.name, files });
		const conflict = new Failure({ kind: "stack-conflicts", branch, blocker: each.name, merged, files });
		throw new BlockedError({ issue: each.issue }, conflict);
	}
	return head;
}

/**
 * Removes the issue's worktree once everything in it is on the branch.
 * @throws Failure `work-not-persisted`, `work-ignored`, … when something is not; the worktree is then kept.
 */
export async function teardownWorktree(
	{ worktree, saved }: { readonly worktree: Outcome<Worktree>; readonly saved: Outcome<Persisted> },
	{ issue, signal, report }: IssueContext<IssuePlan>,
): Promise<Teardown> {
	// Persist has said what is in the way.
	if (hasStarted(saved) && !isGood(saved)) return { removed: false, kept: true };
	// What could not be made or found in this run is not ours to remove.
	if (hasStarted(worktree) && !isGood(worktree)) return { removed: false, kept: false };
	const standing = await findWorktree(issue);
	if (!standing) {
		// A run may have been killed between the two.
		await dropEmptyFolder(issue);
		return { removed: false, kept: false };
	}
	try {
		// Nothing has worked there since persist has looked, and git itself removes no worktree with changes in it.
		const ignored = isGood(saved) ? saved.value.ignoredPaths : null;
		await verifyNothingLost(issue, standing, signal, ignored === null ? undefined : { changed: [], ignored });
	} catch (error) {
		const [problem] = error instanceof Failure ? error.problems : [];
		if (problem?.kind !== "work-ignored" || !(await hasCommittedWork(issue, signal))) throw error;
		// Most of what new rules ignore is what was built. It is shown and kept, but no reason to hold others back.
		report({ kind: "note-work-ignored", problem });
		return { removed: false, kept: true, ignored: problem.files };
	}
	await removeWorktree(issue, signal);
	return { removed: true, kept: false };
}

/** True when the last attempt has committed more than ignore rules: what they hide is then not all that it did. */
async function hasCommittedWork({ repository, logDir }: IssuePlan, signal: AbortSignal): Promise<boolean> {
	const commit = (await readRecord(attemptFiles(logDir, "dev").record))?.saved?.commit;
	if (!commit) return false;
	const files = await filesOf(repository, commit, signal);
	return files.some((file) => !/(?:^|\/)\.gitignore$/.test(file));
}

/**
 * Checks that everything in a worktree is on its branch, or ignored by rules that stood before an agent came.
 * @param contents what lies there, where that is known.
 * @throws Failure `nested-repository`, `work-unreadable`, `work-not-persisted`, `work-ignored`.
 */
export async function verifyNothingLost(
	issue: Pick<IssuePlan, "id" | "repository" | "base" | "logDir">,
	worktree: Worktree,
	signal: AbortSignal,
	contents?: Contents,
): Promise<void> {
	const { id, repository, logDir } = issue;
	const record = await readRecord(attemptFiles(logDir, "dev").record);
	const started = startedFrom(issue, record);
	const { changed, ignored } = contents ?? (await readWorktree(issue, worktree, started, signal));
	if (changed.length > 0 || record?.saved === null) {
		throw new Failure({ kind: "work-not-persisted", issue: id, path: worktree.path, files: changed });
	}
	const files = await findIgnoredWork(repository, worktree, ignored, started, signal);
	if (files.length > 0) throw new Failure({ kind: "work-ignored", issue: id, path: worktree.path, files });
}

async function readStanding(issue: IssuePlan, worktree: Worktree, signal: AbortSignal): Promise<void> {
	const record = await readRecord(attemptFiles(issue.logDir, "dev").record);
	await readWorktree(issue, worktree, startedFrom(issue, record), signal);
}

interface Missing {
	readonly name: string;
	readonly commit: string;
	/** The blocker it comes from; absent for the base. */
	readonly issue?: string;
}

/** What has to be merged into a branch: the base first, then what the issue is stacked on. */
async function findMissing(
	{ repository, base }: IssuePlan,
	head: string,
	stack: readonly StackedTip[],
): Promise<Missing[]> {
	const wanted: Missing[] = [
		{ name: base.name, commit: base.commit },
		...stack.map(({ branch, commit, issue }) => ({ name: branch, commit, issue })),
	];
	const held = await Promise.all(wanted.map(({ commit }) => contains(repository, head, commit)));
	return wanted.filter((_, at) => !held[at]);
}

/** True when the branch holds the base, nothing else than the base, or was made by an attempt of ours from the base. */
async function isContinuable({ repository, base, logDir }: IssuePlan, tip: string): Promise<boolean> {
	if ((await contains(repository, tip, base.commit)) || (await contains(repository, base.commit, tip))) return true;
	const record = await readRecord(attemptFiles(logDir, "dev").record);
	return record !== undefined && (await contains(repository, base.commit, record.base.commit));
}
