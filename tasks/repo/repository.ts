import { realpath, stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Base, RepositoryPaths } from "../contract/issue.ts";
import { nearest } from "../contract/nearest.ts";
import { Failure } from "../contract/problem.ts";
import { git } from "./git.ts";

const OLDEST_GIT = "2.39";

/**
 * Finds the repository a run takes place in.
 * @throws Failure when there is none, it is bare, it has no commit, or git is missing or too old.
 */
export async function openRepository(folder: string): Promise<RepositoryPaths> {
	const paths = await findRepository(folder);
	const cwd = paths.root;
	const head = await git(["rev-parse", "--verify", "-q", "HEAD^{commit}"], { cwd, expect: [1, 128] });
	if (head.exitCode !== 0) throw new Failure({ kind: "no-commits", path: cwd });
	return paths;
}

/** The same for a repository that may have no commit yet. */
export async function findRepository(folder: string): Promise<RepositoryPaths> {
	const cwd = resolve(folder);
	if (!(await stat(cwd).catch(() => undefined))?.isDirectory())
		throw new Failure({ kind: "folder-missing", path: cwd });
	const [paths] = await Promise.all([locate(cwd), verifyGitVersion(cwd)]);
	return paths;
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
	const branch = await git(["symbolic-ref", "-q", "--short", "HEAD"], { cwd, expect: [1] });
	const commit = (await git(["rev-parse", "HEAD"], { cwd })).stdout.trim();
	if (branch.exitCode !== 0) throw new Failure({ kind: "detached-head", commit });
	return { name: branch.stdout.trim(), commit };
}

/**
 * Checks before anything starts that commits can be made: git refuses to make one without an author.
 * @throws Failure `no-identity`.
 */
export async function verifyIdentity(repository: RepositoryPaths): Promise<void> {
	const cwd = repository.root;
	for (const variable of ["GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"]) {
		// Without this, git would make an address up from the host's name.
		const ident = await git(["-c", "user.useConfigOnly=true", "var", variable], { cwd, expect: [128] });
		if (ident.exitCode !== 0) throw new Failure({ kind: "no-identity" });
	}
}

async function locate(cwd: string): Promise<RepositoryPaths> {
	const found = await git(["rev-parse", "--is-bare-repository", "--path-format=absolute", "--git-common-dir"], {
		cwd,
		expect: [128],
	}).catch((error) => {
		throw notARepository(cwd, error);
	});
	if (found.exitCode !== 0) throw await describeAbsence(cwd);
	const [bare, commonDir] = found.stdout.split("\n");
	if (bare === "true") throw new Failure({ kind: "bare-repository", path: cwd });
	const root = await git(["rev-parse", "--path-format=absolute", "--show-toplevel"], { cwd, expect: [128] });
	if (root.exitCode !== 0) throw new Failure({ kind: "bare-repository", path: cwd });
	return { root: await realpath(root.stdout.replace(/\n$/, "")), commonDir: await realpath(commonDir ?? "") };
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
	const [problem] = error instanceof Failure ? error.problems : [];
	if (problem?.kind !== "git-failed") throw error;
	// `safe.bareRepository=explicit` makes git refuse a bare repository in the same breath as none at all.
	if (/bare repository/.test(problem.stderr)) return new Failure({ kind: "bare-repository", path: cwd });
	const detail = /not a git repository/.test(problem.stderr) ? "" : problem.stderr;
	return new Failure({ kind: "not-a-repository", path: cwd, detail }, { cause: error });
}

async function verifyGitVersion(cwd: string): Promise<void> {
	const found = /\d+\.\d+(\.\d+)?/.exec((await git(["version"], { cwd })).stdout)?.[0] ?? "unknown";
	const [major = 0, minor = 0] = found.split(".").map(Number);
	const [neededMajor = 0, neededMinor = 0] = OLDEST_GIT.split(".").map(Number);
	if (major < neededMajor || (major === neededMajor && minor < neededMinor)) {
		throw new Failure({ kind: "git-too-old", found, needed: OLDEST_GIT });
	}
}

async function branchNames(cwd: string): Promise<string[]> {
	return (await git(["for-each-ref", "--format=%(refname:short)", "refs/heads"], { cwd })).stdout
		.split("\n")
		.filter(Boolean);
}
