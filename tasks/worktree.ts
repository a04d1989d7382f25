import type { IssuePlan, StackedTip } from "./contract/issue.ts";
import { Failure } from "./contract/problem.ts";
import { BlockedError, hasStarted, isGood, type Outcome } from "./engine/outcome.ts";
import type { Freshness, IssueContext } from "./engine/task.ts";
import { persistPhase } from "./persist.ts";
import { branchTip, contains } from "./repo/branch.ts";
import { filesOf, findChanges, verifyNoNestedRepository } from "./repo/commit.ts";
import { findIgnoredWork } from "./repo/ignored.ts";
import { copyIncluded, readInclude } from "./repo/include.ts";
import { mergeCommits } from "./repo/merge.ts";
import { isBeingMade } from "./repo/set-up.ts";
import { findStack } from "./repo/stack.ts";
import { addWorktree, dropEmptyFolder, findWorktree, removeWorktree, type Worktree } from "./repo/worktree.ts";
import { attemptFiles } from "./store/log-folder.ts";
import { readRecord } from "./store/records.ts";

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
	const worktree = (await isBeingMade(issue)) ? undefined : await findWorktree(issue, signal);
	if (!worktree) return { upToDate: false, because: { kind: "no-worktree" } };
	await verifyNoNestedRepository(issue, worktree, signal);
	const stack = await findStack(issue);
	const missing = await findMissing(issue, worktree.head, stack);
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
export async function createWorktree(_: unknown, context: IssueContext<IssuePlan>): Promise<IssueWorktree> {
	const { issue, signal } = context;
	const { repository, base } = issue;
	const found = await findWorktree(issue, signal);
	// Codex itself asks git for the status of the worktree when a turn starts, outside of the sandbox.
	if (found) await verifyNoNestedRepository(issue, found, signal);
	const tip = found?.head ?? (await branchTip(repository, issue.branch));
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
export async function remakeWorktree(
	worktree: IssueWorktree,
	context: IssueContext<IssuePlan>,
): Promise<IssueWorktree> {
	const { issue, signal } = context;
	await persistStanding(worktree, context);
	await verifyNothingLost(issue, worktree, signal);
	const tip = (await branchTip(issue.repository, issue.branch)) ?? worktree.head;
	await removeWorktree(issue, signal);
	return { ...(await addFurnished(context, tip, tip)), stack: worktree.stack, isFresh: true };
}

async function persistStanding(worktree: Worktree, context: IssueContext<IssuePlan>): Promise<void> {
	await persistPhase({ worktree: { status: "up-to-date", value: worktree }, dev: { status: "not-in-run" } }, context);
}

/** Adds the worktree with those ignored files that the base's `.worktreeinclude` names. */
async function addFurnished(
	{ issue, signal, report }: IssueContext<IssuePlan>,
	tip: string | undefined,
	head: string,
): Promise<Worktree> {
	const patterns = await readInclude(issue, signal);
	if (patterns === undefined) return addWorktree(issue, tip, head, signal);
	return addWorktree(issue, tip, head, signal, async (worktree) => {
		const { notIgnored, leadsOut } = await copyIncluded(issue, worktree, patterns, signal);
		if (notIgnored.length + leadsOut.length > 0)
			report({ kind: "note-not-copied", issue: issue.id, base: issue.base.name, notIgnored, leadsOut });
	});
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
	{ worktree, saved }: { readonly worktree: Outcome<Worktree>; readonly saved: Outcome<unknown> },
	{ issue, signal, report }: IssueContext<IssuePlan>,
): Promise<Teardown> {
	// Persist has said what is in the way.
	if (hasStarted(saved) && !isGood(saved)) return { removed: false, kept: true };
	// What could not be made or found in this run is not ours to remove.
	if (hasStarted(worktree) && !isGood(worktree)) return { removed: false, kept: false };
	const standing = await findWorktree(issue, signal);
	if (!standing) {
		// A run may have been killed between the two.
		await dropEmptyFolder(issue);
		return { removed: false, kept: false };
	}
	try {
		await verifyNothingLost(issue, standing, signal);
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
 * @throws Failure `nested-repository`, `work-not-persisted`, `work-ignored`.
 */
export async function verifyNothingLost(
	issue: Pick<IssuePlan, "id" | "repository" | "base" | "logDir">,
	worktree: Worktree,
	signal: AbortSignal,
): Promise<void> {
	const { id, repository, base, logDir } = issue;
	await verifyNoNestedRepository(issue, worktree, signal);
	const changes = await findChanges(issue, worktree, signal);
	const record = await readRecord(attemptFiles(logDir, "dev").record);
	if (changes.length > 0 || record?.saved === null) {
		throw new Failure({ kind: "work-not-persisted", issue: id, path: worktree.path, files: changes });
	}
	const started = record ? [record.base.commit, ...record.base.stack.map(({ commit }) => commit)] : [];
	const files = await findIgnoredWork(repository, worktree, [base.commit, ...started], signal);
	if (files.length > 0) throw new Failure({ kind: "work-ignored", issue: id, path: worktree.path, files });
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
