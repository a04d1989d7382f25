import { lstat, readFile, realpath, rmdir } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { IssuePlan, RepositoryPaths } from "../contract/issue.ts";
import { Failure, type Problem } from "../contract/problem.ts";
import { branchTip } from "./branch.ts";
import { git, splitZ } from "./git.ts";
import { oneAtATime } from "./one-at-a-time.ts";
import { removeFolder } from "./remove-folder.ts";

/** A worktree of ours, named by the git directory that stands behind it. */
export interface Worktree {
	readonly path: string;
	/** `<common directory>/worktrees/<name>`, absolute. */
	readonly gitDir: string;
	/** The commit it stands on. */
	readonly head: string;
}

interface Listed {
	readonly path: string;
	readonly head: string;
	readonly branch: string | undefined;
	readonly prunable: boolean;
	/** Why it is locked; `""` when nobody said, absent when it is not. */
	readonly locked: string | undefined;
}

type Address = Pick<IssuePlan, "id" | "repository" | "base" | "branch" | "worktreePath">;

// Side by side, 9 % of `worktree add` fail (8 at once, git 2.39): it reads what another is just writing.
const exclusively = oneAtATime();

/**
 * Finds the worktree of an issue, and checks that it is what it should be.
 * @returns nothing when there is none.
 * @throws Failure `worktree-tampered` when the pointer or HEAD is not as we made it, `worktree-in-the-way` when something
 * else stands at its place.
 */
export async function findWorktree(issue: Address, signal?: AbortSignal): Promise<Worktree | undefined> {
	const listed = await list(issue.repository, signal);
	const own = listed.find((each) => each.path === issue.worktreePath);
	const stands = await exists(issue.worktreePath);
	// git calls one prunable whose `.git` is missing, also where the folder stands with all that an agent did in it.
	if (!own || (own.prunable && !stands)) {
		if (stands) throw new Failure({ kind: "worktree-in-the-way", path: issue.worktreePath });
		return undefined;
	}
	return { path: own.path, gitDir: await verifyPointer(issue), head: own.head };
}

/**
 * Creates the worktree of an issue on its branch: a new branch from the base, or an existing one.
 * What is made before a failure is undone.
 * @throws Failure `branch-checked-out`, `branch-in-the-way`, `worktree-in-the-way`, `git-failed`.
 */
export async function addWorktree(issue: Address, signal: AbortSignal): Promise<Worktree> {
	return exclusively(async () => {
		const { repository, branch, worktreePath, base } = issue;
		const cwd = repository.root;
		await verifyFree(issue, signal);
		const isNew = (await branchTip(repository, branch)) === undefined;
		const target = isNew ? ["-b", branch, "--", worktreePath, base.commit] : ["--", worktreePath, branch];
		try {
			await git(["worktree", "add", "-q", ...target], { cwd, signal });
			const worktree = { path: worktreePath, gitDir: await verifyPointer(issue) };
			return { ...worktree, head: await headOf(cwd, worktree) };
		} catch (error) {
			await undoAdd(issue, isNew);
			throw error;
		}
	});
}

/** How a merge into a worktree went; after a conflict the worktree is as it was before. */
export type Merge =
	| { readonly kind: "merged"; readonly worktree: Worktree }
	| { readonly kind: "conflict"; readonly files: readonly string[] };

/**
 * Merges a commit into the branch of a worktree: a fast-forward where the branch has nothing of its own.
 * @param name what the commit is called in the message of a merge commit.
 * @throws Failure `git-failed` when git can't merge for another reason than a conflict.
 */
export async function mergeInto(
	{ repository, branch }: Address,
	worktree: Worktree,
	{ name, commit }: { readonly name: string; readonly commit: string },
	signal: AbortSignal,
): Promise<Merge> {
	const options = { cwd: repository.root, worktree };
	const message = `Merge ${name} into ${branch}`;
	try {
		await git(["merge", "-q", "--no-verify", "--no-edit", "--no-rerere-autoupdate", "-m", message, commit], {
			...options,
			signal,
		});
	} catch (cause) {
		const unmerged = await git(["diff", "--name-only", "--diff-filter=U", "-z"], options);
		await git(["merge", "--abort"], { ...options, expect: [128] });
		const files = splitZ(unmerged.stdout);
		if (files.length === 0) throw cause;
		return { kind: "conflict", files };
	}
	return { kind: "merged", worktree: { ...worktree, head: await headOf(repository.root, worktree) } };
}

/**
 * Removes an issue's worktree; never with `--force`, so git itself refuses when something in it is not committed.
 * @throws Failure `worktree-locked`, or `worktree-not-removed` with git's reason.
 */
export async function removeWorktree(issue: Address, signal: AbortSignal): Promise<void> {
	await exclusively(async () => {
		const cwd = issue.repository.root;
		await git(["worktree", "remove", "--", issue.worktreePath], { cwd, signal }).catch((error) =>
			finishRemoval(issue, error),
		);
		// The folder of worktrees goes with the last of them; one that is not empty stays.
		await rmdir(dirname(issue.worktreePath)).catch(() => {});
	});
}

/** Ends what git has begun; where it has not, says why. */
async function finishRemoval({ repository, worktreePath }: Address, error: unknown): Promise<void> {
	if (!(error instanceof Failure)) throw error;
	const standing = (await list(repository)).find((each) => each.path === worktreePath);
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

/**
 * Takes back a worktree that was just added and that nobody has worked in.
 * @param tip what the branch pointed to before; without one, the branch was made with the worktree and goes with it.
 */
export async function withdrawWorktree(issue: Address, worktree: Worktree, tip: string | undefined): Promise<void> {
	await exclusively(async () => {
		const cwd = issue.repository.root;
		const ref = `refs/heads/${issue.branch}`;
		await git(["worktree", "remove", "--", issue.worktreePath], { cwd });
		const head = worktree.head;
		await git(["update-ref", ...(tip ? [ref, tip, head] : ["-d", ref, head])], { cwd });
		await rmdir(dirname(issue.worktreePath)).catch(() => {});
	});
}

/** The worktrees of a repository, as git knows them. */
async function list(repository: RepositoryPaths, signal?: AbortSignal): Promise<Listed[]> {
	const { stdout } = await git(["worktree", "list", "--porcelain", "-z"], {
		cwd: repository.root,
		...(signal ? { signal } : {}),
	});
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

async function verifyFree({ repository, branch, worktreePath }: Address, signal: AbortSignal): Promise<void> {
	const listed = await list(repository, signal);
	const holder = listed.find((each) => each.branch === `refs/heads/${branch}`);
	if (holder && holder.path !== worktreePath) {
		throw new Failure({ kind: "branch-checked-out", branch, path: holder.path });
	}
	if (await exists(worktreePath)) throw new Failure({ kind: "worktree-in-the-way", path: worktreePath });
	// A folder that was deleted by hand is still registered and keeps git from using the place again.
	if (listed.some((each) => each.path === worktreePath && each.prunable)) {
		await git(["worktree", "remove", "--", worktreePath], { cwd: repository.root, signal });
	}
	const [parent = ""] = branch.split("/");
	if (parent !== branch && (await branchTip(repository, parent))) {
		throw new Failure({ kind: "branch-in-the-way", branch, existing: parent });
	}
}

async function undoAdd({ repository, base, branch, worktreePath }: Address, made: boolean): Promise<void> {
	const cwd = repository.root;
	const left = (await list(repository)).find((each) => each.path === worktreePath);
	// git locks a worktree while it makes it; twice forced removes such a half-made one. It holds nobody's work yet.
	if (left) await git(["worktree", "remove", "-f", "-f", "--", worktreePath], { cwd }).catch(() => {});
	if (made) await git(["update-ref", "-d", `refs/heads/${branch}`, base.commit], { cwd }).catch(() => {});
	await rmdir(dirname(worktreePath)).catch(() => {});
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
	const head = (await readFile(join(inside, "HEAD"), "utf8").catch(() => "")).trim();
	if (head !== `ref: refs/heads/${branch}`) {
		throw tampered("head", `HEAD is "${head}", not the branch ${branch}`, inside);
	}
	return inside;
}

type Tampering = Extract<Problem, { readonly kind: "worktree-tampered" }>["wrong"];

async function headOf(cwd: string, worktree: Pick<Worktree, "path" | "gitDir">): Promise<string> {
	return (await git(["rev-parse", "HEAD"], { cwd, worktree })).stdout.trim();
}

async function exists(path: string): Promise<boolean> {
	return (await lstat(path).catch(() => undefined)) !== undefined;
}
