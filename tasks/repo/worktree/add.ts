import { access, constants, readFile, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Failure } from "../../contract/problem.ts";
import { freeSpace } from "../../system/disk-space.ts";
import { exists, findNearest } from "../../system/paths.ts";
import { branchTip } from "../branch.ts";
import { asInCheckout } from "../checkout-settings.ts";
import { readingAll } from "../commands/tree.ts";
import { isBranchTaken, isUnwritten, wordsOfGit } from "../commands/words.ts";
import { git } from "../git.ts";
import { sizeOfWorktree } from "../size.ts";
import { findAdministration } from "./administration.ts";
import { verifyPointer } from "./find.ts";
import { dropHalfMade, INITIALIZING } from "./half-made.ts";
import { exclusively, retryRaces } from "./in-turn.ts";
import { findKeys, linkKeys } from "./keys.ts";
import { holderOf } from "./list.ts";
import { dropEmptyFolder } from "./remove.ts";
import type { Address, Worktree } from "./worktree.ts";

/** How a worktree is made. */
export interface AddOptions {
	readonly atOnce?: boolean;
	readonly initialize?: (worktree: Worktree) => Promise<void>;
}

/**
 * Creates the worktree of an issue on its branch.
 * @param tip what the branch points to now; nothing when there is no branch yet.
 * @param head the commit that the branch is to point to and that is checked out.
 * @param options `atOnce`: others may be made at the same time: git's list of worktrees is then held only until it has this one, and
 * not while files are written, at the price of a process more. `initialize`: what has to be done in it before it counts as made.
 * @throws Failure `branch-checked-out`, `worktree-in-the-way`, `worktree-locked`, `git-failed`, `disk-full`. What was
 * made by then is taken back.
 */
export async function addWorktree(
	issue: Address,
	tip: string | undefined,
	head: string,
	signal: AbortSignal,
	{ atOnce = false, initialize }: AddOptions = {},
): Promise<Worktree> {
	// Its keys can only be where git-crypt looks for them once there is a folder of git's for the worktree.
	const isFilledLater = atOnce || (await findKeys(issue.repository)) !== undefined;
	const isLocked = isFilledLater || initialize !== undefined;
	const flags = isFilledLater ? ["--no-checkout"] : [];
	const options = [...(isLocked ? ["--lock", "--reason", INITIALIZING] : []), ...flags];
	const added = await exclusively(async () => {
		await verifyFree(issue, tip, signal);
		return retryRaces(async () => {
			try {
				return await tryToAdd(issue, tip, head, options, signal);
			} catch (error) {
				const isForeign = tip === undefined && isBranchTaken(wordsOfGit(error));
				await undoAdd(issue, tip, isForeign ? undefined : head);
				throw (await lackOfSpace(issue, head, error)) ?? error;
			}
		});
	});
	try {
		if (isFilledLater) await checkOut(issue, added, head, signal);
		await initialize?.(added);
		if (isLocked) await rm(join(added.gitDir, "locked"));
	} catch (error) {
		await exclusively(() => undoAdd(issue, tip, head));
		throw (await lackOfSpace(issue, head, error)) ?? error;
	}
	return added;
}

/** Writes the files of a worktree that has none yet, as `git worktree add` does it itself. */
export async function checkOut(
	{ repository }: Pick<Address, "repository">,
	worktree: Worktree,
	head: string,
	signal: AbortSignal,
): Promise<void> {
	await linkKeys(repository, worktree);
	const reset = ["reset", "--hard", "-q", "--no-recurse-submodules"];
	await git([...(await asInCheckout(repository, "smudge")), ...reset], {
		cwd: repository.root,
		worktree,
		signal,
		filtered: true,
		broughtBy: readingAll(head),
	});
}

async function tryToAdd(
	issue: Address,
	tip: string | undefined,
	head: string,
	options: readonly string[],
	signal: AbortSignal,
): Promise<Worktree> {
	const { repository, branch, worktreePath } = issue;
	const cwd = repository.root;
	const ref = `refs/heads/${branch}`;
	if (tip !== undefined && tip !== head) await git(["update-ref", ref, head, tip], { cwd, signal });
	const target = tip === undefined ? ["-b", branch, "--", worktreePath, head] : ["--", worktreePath, branch];
	await git([...(await asInCheckout(repository, "smudge")), "worktree", "add", "-q", ...options, ...target], {
		cwd,
		signal,
		filtered: true,
		broughtBy: readingAll(head),
	});
	return { path: worktreePath, gitDir: await verifyPointer(issue) };
}

/** git says of a checkout that does not fit only that it could not write; what it had written is gone again by now. */
async function lackOfSpace(
	{ repository, worktreePath }: Address,
	head: string,
	error: unknown,
): Promise<Failure | undefined> {
	if (!isUnwritten(wordsOfGit(error))) return undefined;
	return (await freeSpace(worktreePath)) <= (await sizeOfWorktree(repository, head))
		? new Failure({ kind: "disk-full", path: worktreePath }, { cause: error })
		: undefined;
}

async function verifyFree(issue: Address, tip: string | undefined, signal: AbortSignal): Promise<void> {
	const { repository, branch, worktreePath } = issue;
	if (await exists(worktreePath)) throw new Failure({ kind: "worktree-in-the-way", path: worktreePath });
	const nearest = await findNearest(dirname(worktreePath));
	const stats = await stat(nearest);
	if (!stats.isDirectory()) throw new Failure({ kind: "worktree-in-the-way", path: nearest });
	// A folder that is empty afterwards is removed, so that nobody could see any more what was wrong with it.
	await access(nearest, constants.W_OK).catch(({ code }) => {
		const isOwn = stats.uid === process.getuid?.();
		throw new Failure({ kind: "git-unwritable", path: nearest, isOwn, detail: code, issue: issue.id, next: "goal" });
	});
	// git looks for this only after the branch would have been moved.
	const holder = tip === undefined ? undefined : await holderOf(repository, branch, signal);
	if (holder !== undefined && holder !== worktreePath) throw await checkedOut(issue, holder);
	// A folder that was deleted by hand is still registered and keeps git from using the place again.
	const gitDir = await findAdministration(repository, worktreePath);
	if (gitDir !== undefined) {
		const reason = await readFile(join(gitDir, "locked"), "utf8").catch(() => undefined);
		if (reason !== undefined) throw new Failure({ kind: "worktree-locked", path: worktreePath, reason: reason.trim() });
		await verifyNoOrphans(issue, gitDir, signal);
		await git(["worktree", "remove", "--", worktreePath], { cwd: repository.root, signal });
	}
}

/** What git's folder for a worktree holds of submodules goes with it. */
async function verifyNoOrphans(issue: Address, gitDir: string, signal: AbortSignal): Promise<void> {
	if (!(await exists(join(gitDir, "modules")))) return;
	const { findOrphanedCommits } = await import("../submodules/inspect.ts");
	const orphans = await findOrphanedCommits(issue.repository, gitDir, signal);
	const { id, worktreePath: path, branch } = issue;
	if (orphans.length > 0) throw new Failure({ kind: "submodule-commits", issue: id, path, branch, orphans });
}

/** That the issue's branch is checked out elsewhere. From the checkout of the run itself, a person can go to the base. */
export async function checkedOut({ repository, branch, base }: Address, path: string): Promise<Failure> {
	const isBaseFree = path === repository.root && (await holderOf(repository, base.name)) === undefined;
	const isBranch = isBaseFree && (await branchTip(repository, base.name)) !== undefined;
	return new Failure({ kind: "branch-checked-out", branch, path, ...(isBranch ? { base: base.name } : {}) });
}

/**
 * The place was free and the worktree was not there yet, so whatever stands there now is of our making.
 * @param head what we have let the branch point to; nothing when the branch is somebody else's.
 */
async function undoAdd(issue: Address, tip: string | undefined, head: string | undefined): Promise<void> {
	const { repository, branch, worktreePath } = issue;
	const ref = `refs/heads/${branch}`;
	await dropHalfMade(issue);
	await rm(worktreePath, { recursive: true, force: true });
	if (head !== undefined) {
		await git(["update-ref", ...(tip === undefined ? ["-d", ref, head] : [ref, tip, head])], {
			cwd: repository.root,
			expect: [1, 128],
		});
	}
	await dropEmptyFolder(issue);
}
