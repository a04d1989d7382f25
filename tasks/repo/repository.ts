import { realpath, stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Base, RepositoryPaths } from "../contract/issue.ts";
import { nearest } from "../contract/names.ts";
import { Failure, problemOf } from "../contract/problem.ts";
import { isAtLeast } from "../contract/version.ts";
import { BRANCH_NAMES, parseRefNames } from "./commands/refs.ts";
import { git } from "./git.ts";

/** The oldest git whose answers are understood. */
export const OLDEST_GIT = "2.39";
const BRANCHES = "refs/heads/";

/**
 * Finds the repository a run takes place in.
 * @throws Failure when there is none, it is bare, it has no commit, or git is missing or too old.
 */
export async function openRepository(folder: string): Promise<RepositoryPaths> {
	const { paths, hasCommit } = await look(folder);
	if (!hasCommit) throw new Failure({ kind: "no-commits", path: paths.root });
	return paths;
}

/**
 * Finds a repository that may have no commit yet.
 * @throws Failure when there is none, it is bare, or git is missing or too old.
 */
export async function findRepository(folder: string): Promise<RepositoryPaths> {
	return (await look(folder)).paths;
}

interface Look {
	readonly paths: RepositoryPaths;
	readonly hasCommit: boolean;
}

async function look(folder: string): Promise<Look> {
	const cwd = resolve(folder);
	if (!(await stat(cwd).catch(() => undefined))?.isDirectory())
		throw new Failure({ kind: "folder-missing", path: cwd });
	const [found] = await Promise.all([locate(cwd), verifyGitVersion(cwd)]);
	return found;
}

/**
 * What issue branches start from: `name`, or the branch that is checked out.
 * @throws Failure `detached-head` or `unknown-base`.
 */
export async function resolveBase(repository: RepositoryPaths, name: string | undefined): Promise<Base> {
	const cwd = repository.root;
	if (name !== undefined) {
		const found = await git(["rev-parse", "--verify", "-q", "--end-of-options", `${name}^{commit}`], {
			cwd,
			expect: [1, 128],
		});
		if (found.exitCode !== 0) {
			throw new Failure({ kind: "unknown-base", name, nearest: nearest(name, await branchNames(cwd)) });
		}
		return { name, commit: found.stdout.trim() };
	}
	const { stdout } = await git(["rev-parse", "HEAD", "--symbolic-full-name", "HEAD"], { cwd });
	const [commit = "", head = ""] = stdout.split("\n");
	if (!head.startsWith(BRANCHES)) throw new Failure({ kind: "detached-head", commit });
	return { name: head.slice(BRANCHES.length), commit };
}

/**
 * Checks before anything starts that commits can be made: git refuses to make one without an author.
 * @param cwd the repository; a folder in none has the user's own settings.
 * @returns the author, as `Name <address>`.
 * @throws Failure `no-identity`.
 */
export async function verifyIdentity(cwd: string): Promise<string> {
	// Without this, git would make an address up from the host's name; with it, it does not look at this variable.
	const settings = process.env.EMAIL ? [] : ["-c", "user.useConfigOnly=true"];
	const [author = ""] = await Promise.all(
		["GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"].map(async (variable) => {
			const ident = await git([...settings, "var", variable], { cwd, expect: [128] });
			if (ident.exitCode !== 0) throw new Failure({ kind: "no-identity" });
			return ident.stdout;
		}),
	);
	return /^.*>/.exec(author)?.[0] ?? author.trim();
}

async function locate(cwd: string): Promise<Look> {
	// git prints what it knows before it stops at what it does not: no folder of a bare repository, no commit of a new one.
	const asked = ["--is-bare-repository", "--git-common-dir", "--show-toplevel", "HEAD^{commit}"];
	const found = await git(["rev-parse", "--path-format=absolute", ...asked], { cwd, expect: [128] }).catch((error) => {
		throw notARepository(cwd, error);
	});
	const [bare = "", commonDir, root, head] = found.stdout.split("\n");
	if (bare === "") throw await describeAbsence(cwd);
	if (bare === "true" || !root || !commonDir) throw new Failure({ kind: "bare-repository", path: cwd });
	const paths = { root: await realpath(root), commonDir: await realpath(commonDir) };
	return { paths, hasCommit: found.exitCode === 0 && head !== undefined && head !== "" };
}

async function describeAbsence(cwd: string): Promise<Failure> {
	try {
		await git(["rev-parse", "--git-dir"], { cwd });
	} catch (error) {
		return notARepository(cwd, error);
	}
	return new Failure({ kind: "not-a-repository", path: cwd, detail: "" });
}

function notARepository(cwd: string, error: unknown): Failure {
	const problem = problemOf(error);
	if (problem?.kind !== "git-failed") throw error;
	// `safe.bareRepository=explicit` makes git refuse a bare repository in the same breath as none at all.
	if (/bare repository/.test(problem.stderr)) return new Failure({ kind: "bare-repository", path: cwd });
	const detail = /not a git repository/.test(problem.stderr) ? "" : problem.stderr;
	return new Failure({ kind: "not-a-repository", path: cwd, detail }, { cause: error });
}

/**
 * Checks that git is there and knows what is asked of it.
 * @returns its version.
 * @throws Failure `program-missing`, `git-too-old`.
 */
export async function verifyGitVersion(cwd: string): Promise<string> {
	const found = /\d+\.\d+(\.\d+)?/.exec((await git(["version"], { cwd })).stdout)?.[0] ?? "unknown";
	if (isAtLeast(found, OLDEST_GIT)) return found;
	throw new Failure({ kind: "git-too-old", found, needed: OLDEST_GIT });
}

async function branchNames(cwd: string): Promise<string[]> {
	return parseRefNames((await git(BRANCH_NAMES, { cwd })).stdout);
}
