import { lstat, readdir, readFile, realpath, rm, rmdir, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { IssuePlan, RepositoryPaths } from "../../contract/issue.ts";
import { Failure, type Problem } from "../../contract/problem.ts";
import { freeSpace } from "../../system/free-space.ts";
import { oneAtATime } from "../../system/one-at-a-time.ts";
import { removeFolder } from "../../system/remove-folder.ts";
import { branchTip } from "../branch.ts";
import { git, splitZ } from "../git.ts";

/** A worktree of ours, named by the git directory that stands behind it. */
export interface Worktree {
	readonly path: string;
	/** `<common directory>/worktrees/<name>`, absolute. */
	readonly gitDir: string;
}

/** An entry of git's list of worktrees. */
export interface Listed {
	readonly path: string;
	readonly head: string;
	/** The full name of the branch that is checked out there. */
	readonly branch: string | undefined;
	/** True when its folder is gone. */
	readonly prunable: boolean;
	/** Why it is locked; `""` when nobody said, absent when it is not. */
	readonly locked: string | undefined;
}

/** What has to be known of an issue to find its worktree. */
export type Address = Pick<IssuePlan, "id" | "repository" | "base" | "branch" | "worktreePath">;

// Side by side, 9 % of `worktree add` fail (8 at once, git 2.39): it reads what another is just writing.
const exclusively = oneAtATime();

/**
 * Finds the worktree of an issue, and checks that it is what it should be.
 * @returns nothing when there is none.
 * @throws Failure `worktree-tampered` when the pointer or HEAD is not as we made it, `worktree-in-the-way` when something
 * else stands at its place.
 */
export async function findWorktree(issue: Address): Promise<Worktree | undefined> {
	if (!(await exists(issue.worktreePath))) return undefined;
	// Asked of the files that git documents (gitrepository-layout(5)) and not of git: it is asked several times an issue.
	if ((await findAdministration(issue.repository, issue.worktreePath)) === undefined) {
		throw new Failure({ kind: "worktree-in-the-way", path: issue.worktreePath });
	}
	return { path: issue.worktreePath, gitDir: await verifyPointer(issue) };
}

/** Times something is tried while other processes add and remove their worktrees, and the pause between, in milliseconds. */
const MOST_TRIES = 10;
const PAUSE = 30;
/** What git says when it reads the administration of another worktree that is just being made or removed. */
const RACE =
	/failed to read .*commondir|could not open '.*worktrees|unable to read .*worktrees|Invalid path '.*worktrees/;

/** What git says of a worktree that it is just making: why it is locked. */
export const INITIALIZING = "initializing";

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
 * @throws Failure `branch-checked-out`, `branch-in-the-way`, `worktree-in-the-way`, `git-failed`, `disk-full`. What was
 * made by then is taken back.
 */
export async function addWorktree(
	issue: Address,
	tip: string | undefined,
	head: string,
	signal: AbortSignal,
	{ atOnce = false, initialize }: AddOptions = {},
): Promise<Worktree> {
	const isLocked = atOnce || initialize !== undefined;
	const options = [...(isLocked ? ["--lock", "--reason", INITIALIZING] : []), ...(atOnce ? ["--no-checkout"] : [])];
	const added = await exclusively(async () => {
		await verifyFree(issue, tip, signal);
		return retryRaces(async () => {
			try {
				return await tryToAdd(issue, tip, head, options, signal);
			} catch (error) {
				const isForeign = tip === undefined && /a branch named '.*' already exists/.test(wordsOfGit(error));
				await undoAdd(issue, tip, isForeign ? undefined : head);
				throw (await branchInTheWay(issue)) ?? (await lackOfSpace(issue, head, error)) ?? error;
			}
		});
	});
	try {
		if (atOnce) await checkOut(issue, added, signal);
		await initialize?.(added);
		if (isLocked) await rm(join(added.gitDir, "locked"));
	} catch (error) {
		await exclusively(() => undoAdd(issue, tip, head));
		throw (await lackOfSpace(issue, head, error)) ?? error;
	}
	return added;
}

/** Writes the files of a worktree that has none yet, as `git worktree add` does it itself. */
async function checkOut({ repository }: Address, worktree: Worktree, signal: AbortSignal): Promise<void> {
	await git(["reset", "--hard", "-q", "--no-recurse-submodules"], { cwd: repository.root, worktree, signal });
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
	await git(["worktree", "add", "-q", ...options, ...target], { cwd, signal });
	return { path: worktreePath, gitDir: await verifyPointer(issue) };
}

/**
 * Does something with git's list of worktrees, again when somebody else was just changing it: one at a time holds within
 * this process only, and other runs, and people, add and remove worktrees as well.
 */
async function retryRaces<T>(action: () => Promise<T>): Promise<T> {
	for (let tried = 1; ; tried++) {
		try {
			return await action();
		} catch (error) {
			if (tried === MOST_TRIES || !RACE.test(wordsOfGit(error))) throw error;
			await delay(PAUSE);
		}
	}
}

function wordsOfGit(error: unknown): string {
	const [problem] = error instanceof Failure ? error.problems : [];
	return problem?.kind === "git-failed" ? problem.stderr : "";
}

/** git says of a checkout that does not fit only that it could not write; what it had written is gone again by now. */
async function lackOfSpace(
	{ repository, worktreePath }: Address,
	head: string,
	error: unknown,
): Promise<Failure | undefined> {
	if (!/unable to write|could not write/i.test(wordsOfGit(error))) return undefined;
	const { stdout } = await git(["ls-tree", "-r", "-z", "--format=%(objectsize)", head], { cwd: repository.root });
	const size = splitZ(stdout).reduce((sum, each) => sum + (Number(each) || 0), 0);
	return (await freeSpace(worktreePath)) <= size
		? new Failure({ kind: "disk-full", path: worktreePath }, { cause: error })
		: undefined;
}

/** A file in git's folder for a worktree whose removal has begun: nothing in the worktree would be lost with it. */
const REMOVING = "orchfile-removing";

/**
 * Removes an issue's worktree; never with `--force`, so git itself refuses when something in it is not committed.
 * @throws Failure `worktree-locked`, or `worktree-not-removed` with git's reason.
 */
export async function removeWorktree(issue: Address, signal: AbortSignal): Promise<void> {
	await exclusively(async () => {
		const { repository, worktreePath } = issue;
		const gitDir = await findAdministration(repository, worktreePath);
		const mark = join(gitDir ?? "", REMOVING);
		// On a full disk there is no mark; removing frees some.
		if (gitDir) await writeFile(mark, "").catch(() => {});
		const removing = () => git(["worktree", "remove", "--", worktreePath], { cwd: repository.root, signal });
		await retryRaces(removing).catch(async (error) => {
			if (wasKilled(error) && gitDir && (await dropHalfRemoved(issue))) return;
			if (gitDir) await rm(mark, { force: true });
			await finishRemoval(issue, error);
		});
		// The folder of worktrees goes with the last of them; one that is not empty stays.
		await dropEmptyFolder(issue);
	});
}

function wasKilled(error: unknown): boolean {
	const [problem] = error instanceof Failure ? error.problems : [];
	return problem?.kind === "git-failed" && problem.exitCode === null;
}

/**
 * Removes what is left of a worktree that git was killed over while it removed it.
 * @returns true when there was one.
 * @throws Failure `worktree-not-removed` when somebody has worked in it since.
 */
export async function dropHalfRemoved({ repository, worktreePath }: Address): Promise<boolean> {
	const gitDir = await findAdministration(repository, worktreePath);
	if (gitDir === undefined) return false;
	const stands = await exists(worktreePath);
	const isMarked = await exists(join(gitDir, REMOVING));
	// git removes the worktree first and its own folder for it last; by then the mark may be gone.
	const isCutOff = !stands && !((await exists(join(gitDir, "gitdir"))) && (await exists(join(gitDir, "HEAD"))));
	if (!isMarked && !isCutOff) return false;
	if (stands) {
		const { stdout } = await git(["status", "--porcelain", "-z", "--no-renames", "--ignore-submodules=all"], {
			cwd: repository.root,
			worktree: { path: worktreePath, gitDir },
		});
		const changed = splitZ(stdout).filter((entry) => !entry.startsWith(" D "));
		if (changed.length > 0) {
			const detail = `its removal was broken off, and since then there is ${changed.map((entry) => entry.slice(3)).join(", ")}`;
			throw new Failure({ kind: "worktree-not-removed", path: worktreePath, detail });
		}
		await removeFolder(worktreePath);
	}
	await rm(gitDir, { recursive: true, force: true });
	return true;
}

/** Ends what git has begun; where it has not, says why. */
async function finishRemoval({ repository, worktreePath }: Address, error: unknown): Promise<void> {
	if (!(error instanceof Failure)) throw error;
	const standing = (await listWorktrees(repository)).find((each) => each.path === worktreePath);
	if (standing?.locked !== undefined) {
		throw new Failure({ kind: "worktree-locked", path: standing.path, reason: standing.locked });
	}
	const [problem] = error.problems;
	const detail = problem?.kind === "git-failed" ? problem.stderr : error.message;
	// By then git has seen that nothing would be lost, and what is left is no worktree any more.
	if (/failed to delete/.test(detail)) {
		await removeFolder(worktreePath).catch(() => {});
		if (!(await exists(worktreePath))) return;
	}
	throw new Failure({ kind: "worktree-not-removed", path: worktreePath, detail }, { cause: error });
}

/** Removes an issue's worktree with what is not committed in it: only for who has saved that. */
export async function discardWorktree(issue: Address, signal: AbortSignal): Promise<void> {
	await exclusively(async () => {
		await git(["worktree", "remove", "--force", "--", issue.worktreePath], { cwd: issue.repository.root, signal });
		await dropEmptyFolder(issue);
	});
}

/** Removes the folder of worktrees when there is none in it any more. */
export async function dropEmptyFolder({ worktreePath }: Pick<Address, "worktreePath">): Promise<void> {
	await rmdir(dirname(worktreePath)).catch(() => {});
}

/** The worktrees of a repository, as git knows them. */
export async function listWorktrees(repository: RepositoryPaths, signal?: AbortSignal): Promise<Listed[]> {
	const options = { cwd: repository.root, ...(signal ? { signal } : {}) };
	const { stdout } = await retryRaces(() => git(["worktree", "list", "--porcelain", "-z"], options));
	return stdout
		.split("\0\0")
		.filter(Boolean)
		.map((entry) => {
			const fields = splitZ(`${entry}\0`);
			const value = (key: string) => fields.find((field) => field.startsWith(`${key} `))?.slice(key.length + 1);
			return {
				path: value("worktree") ?? "",
				head: value("HEAD") ?? "",
				branch: value("branch"),
				locked: fields.includes("locked") ? "" : value("locked"),
				prunable: fields.some((field) => field === "prunable" || field.startsWith("prunable ")),
			};
		});
}

async function verifyFree(issue: Address, tip: string | undefined, signal: AbortSignal): Promise<void> {
	const { repository, branch, worktreePath } = issue;
	if (await exists(worktreePath)) throw new Failure({ kind: "worktree-in-the-way", path: worktreePath });
	// git looks for this only after the branch would have been moved.
	const listed = tip === undefined ? [] : await listWorktrees(repository, signal);
	const holder = listed.find((each) => each.branch === `refs/heads/${branch}`);
	if (holder && holder.path !== worktreePath) {
		throw new Failure({ kind: "branch-checked-out", branch, path: holder.path });
	}
	// A folder that was deleted by hand is still registered and keeps git from using the place again.
	if ((await findAdministration(repository, worktreePath)) !== undefined) {
		await git(["worktree", "remove", "--", worktreePath], { cwd: repository.root, signal });
	}
}

/** What is called as the folder of a branch leaves no room for it. */
async function branchInTheWay({ repository, branch }: Address): Promise<Failure | undefined> {
	const [parent = ""] = branch.split("/");
	if (parent === branch || (await branchTip(repository, parent)) === undefined) return undefined;
	return new Failure({ kind: "branch-in-the-way", branch, existing: parent });
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

/** git's folder for a worktree that is just being made, if it is: git locks it for that time, and nobody works in it. */
export async function findHalfMade({ repository, worktreePath }: Address): Promise<string | undefined> {
	const gitDir = await findAdministration(repository, worktreePath);
	const reason = gitDir && (await readFile(join(gitDir, "locked"), "utf8").catch(() => undefined));
	return reason?.trim() === INITIALIZING ? gitDir : undefined;
}

/**
 * Removes a worktree that was being made, or set up, when the run was killed over it.
 * @returns true when there was one.
 */
export async function dropHalfMade(issue: Address): Promise<boolean> {
	const { worktreePath } = issue;
	const gitDir = await findHalfMade(issue);
	if (gitDir === undefined) return false;
	// Twice forced would do, unless git was killed before it had written both pointers.
	if (await exists(worktreePath)) await removeFolder(worktreePath);
	await rm(gitDir, { recursive: true, force: true });
	return true;
}

/** git's folder for the worktree at this place, which need not be complete. */
export async function findAdministration(
	{ commonDir }: RepositoryPaths,
	worktreePath: string,
): Promise<string | undefined> {
	const folder = join(commonDir, "worktrees");
	const own = basename(worktreePath);
	// Most are called as their folder; git numbers a name that is taken, and a worktree can be moved.
	const names = (await readdir(folder).catch(() => [])).sort((a, b) => Number(b === own) - Number(a === own));
	for (const name of names) {
		const pointer = (await readFile(join(folder, name, "gitdir"), "utf8").catch(() => "")).trim();
		if (pointer !== "" && resolve(folder, name, pointer) === join(worktreePath, ".git")) return join(folder, name);
	}
	// Killed right at the start, git has not written where the worktree stands.
	return names[0] === own && !(await exists(join(folder, own, "gitdir"))) ? join(folder, own) : undefined;
}

/**
 * Checks that `.git` in the worktree is the pointer git made, and that it is on the issue's branch: git follows both
 * blindly, and an agent with full access could have replaced them.
 */
async function verifyPointer({ id, repository, branch, worktreePath }: Address): Promise<string> {
	const tampered = (wrong: Tampering, detail: string, gitDir = "") =>
		new Failure({ kind: "worktree-tampered", issue: id, branch, path: worktreePath, wrong, detail, gitDir });
	const pointer = join(worktreePath, ".git");
	const stats = await lstat(pointer).catch(() => undefined);
	if (!stats) throw tampered("pointer-missing", `${pointer} is missing`);
	if (!stats.isFile()) throw tampered("pointer-replaced", `${pointer} is no regular file`);
	const gitDir = /^gitdir: (.+)\n$/.exec(await readFile(pointer, "utf8"))?.[1] ?? "";
	// With worktree.useRelativePaths both pointers are relative to the folder they stand in.
	const inside = resolve(worktreePath, gitDir);
	if (dirname(inside) !== join(repository.commonDir, "worktrees") || basename(inside) === "") {
		throw tampered("pointer-replaced", `${pointer} points to ${gitDir || "nowhere"}`);
	}
	const back = (await readFile(join(inside, "gitdir"), "utf8").catch(() => "")).trim();
	const home = dirname(resolve(inside, back));
	if (back === "" || (await realpath(home).catch(() => "")) !== (await realpath(worktreePath))) {
		// Another worktree's folder is all right; it is the pointer that should not name it.
		const wrong = back !== "" && (await exists(home)) ? "pointer-replaced" : "administration";
		throw tampered(wrong, `${inside} does not point back to the worktree`);
	}
	const common = resolve(inside, (await readFile(join(inside, "commondir"), "utf8").catch(() => "")).trim());
	if ((await realpath(common).catch(() => "")) !== repository.commonDir) {
		throw tampered("administration", `${join(inside, "commondir")} points to ${common}`);
	}
	const head = (await readFile(join(inside, "HEAD"), "utf8").catch(() => "")).trim();
	if (head !== `ref: refs/heads/${branch}`) {
		throw tampered("head", `HEAD is "${head}", not the branch ${branch}`, inside);
	}
	return inside;
}

type Tampering = Extract<Problem, { readonly kind: "worktree-tampered" }>["wrong"];

async function exists(path: string): Promise<boolean> {
	return (await lstat(path).catch(() => undefined)) !== undefined;
}
