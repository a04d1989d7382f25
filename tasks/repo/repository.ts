import { realpath, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { given } from "../contract/given.ts";
import type { Base, RepositoryPaths } from "../contract/issue.ts";
import { type Layout, REHEARSAL_BRANCHES } from "../contract/layout.ts";
import { nearest } from "../contract/names.ts";
import type { RunOptions } from "../contract/options.ts";
import { Failure } from "../contract/problem.ts";
import { isAtLeast } from "../contract/version.ts";
import { askedOnce, loadOnce } from "../system/once.ts";
import { branchFolder, isIntegration, issueOfBranch } from "./addresses.ts";
import { BRANCH_NAMES, parseRefNames } from "./commands/refs.ts";
import { git } from "./git.ts";

/** The oldest git whose answers are understood. */
export const OLDEST_GIT = "2.39";
const BRANCHES = "refs/heads/";

const loadAbsence = loadOnce(() => import("./no-repository.ts"));

/** One git is found in a process, and stays what it is. */
const onceAProcess = askedOnce<string>();

/** What a base is called as a rule, where the branch that was checked out before does not tell. */
const USUAL = ["main", "master", "trunk", "develop"];

/**
 * Finds the repository a run takes place in.
 * @throws Failure when there is none, it is bare, it has no commit, or git is missing or too old.
 */
export async function openRepository(folder: string): Promise<RepositoryPaths> {
	const { paths, hasCommit } = await look(folder);
	if (hasCommit) return paths;
	// A branch that names a commit which is not there is no new one.
	const named = await git(["rev-parse", "--verify", "-q", "HEAD"], { cwd: paths.root, expect: [1, 128] });
	if (named.exitCode !== 0) throw new Failure({ kind: "no-commits", path: paths.root });
	await git(["cat-file", "commit", named.stdout.trim()], { cwd: paths.root });
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
		const branch = await commitOf(cwd, asBranch(name));
		if (branch !== undefined) return { name, commit: branch };
		const commit = await commitOf(cwd, name);
		if (commit === undefined) {
			throw new Failure({ kind: "unknown-base", name, nearest: nearest(name, await branchNames(cwd)) });
		}
		return { name: name.replace(/^(?:refs\/)?heads\//, ""), commit };
	}
	const { stdout } = await git(["rev-parse", "HEAD", "--symbolic-full-name", "HEAD"], { cwd });
	const [commit = "", head = ""] = stdout.split("\n");
	if (!head.startsWith(BRANCHES)) throw await detached(repository, commit);
	return { name: head.slice(BRANCHES.length), commit };
}

/** A name, or an expression that begins with one, as that of a branch: git itself would take a tag of that name first. */
function asBranch(name: string): string | undefined {
	return /^(?:HEAD|@)(?:$|[~^@])/.test(name) || name.startsWith("refs/") ? undefined : `${BRANCHES}${name}`;
}

async function commitOf(cwd: string, revision: string | undefined): Promise<string | undefined> {
	if (revision === undefined) return undefined;
	const args = ["rev-parse", "--verify", "-q", "--end-of-options", `${revision}^{commit}`];
	const found = await git(args, { cwd, expect: [1, 128] });
	return found.exitCode === 0 ? found.stdout.trim() : undefined;
}

/**
 * What issue branches start from: what `--base` names, or the branch that is checked out. That of an issue has to be named.
 * @param isId whether an issue is called so, for a layout whose branches have no folder of their own.
 * @throws Failure `base-of-issue`, and as {@link resolveBase}.
 */
export async function findBase(
	repository: RepositoryPaths,
	{ base: name, layout }: Pick<RunOptions, "base" | "layout">,
	isId: (id: string) => boolean = () => false,
): Promise<Base> {
	const base = await resolveBase(repository, name);
	if (name !== undefined) return base;
	const isPutTogether = isIntegration(layout, base.name) && (await isTaken(repository, base.commit));
	if (!isPutTogether && !isOfIssue(base.name, layout, isId)) return base;
	const start = await findStart(
		repository,
		(branch) => !isOfIssue(branch, layout, isId) && !isIntegration(layout, branch),
	);
	throw new Failure({
		kind: "base-of-issue",
		branch: base.name,
		...given({ start, isPutTogether: isPutTogether || undefined }),
	});
}

/** True for a commit with which an issue's work was put on a branch with others'. */
async function isTaken({ root }: RepositoryPaths, commit: string): Promise<boolean> {
	const { takenIn } = await import("../contract/integration-message.ts");
	const { stdout } = await git(["log", "-1", "--no-show-signature", "--format=%B", commit], { cwd: root });
	return takenIn(stdout).length > 0;
}

async function detached({ root }: RepositoryPaths, commit: string): Promise<Failure> {
	const gitDir = (await git(["rev-parse", "--absolute-git-dir"], { cwd: root })).stdout.trim();
	const underWay = await (await import("./under-way.ts")).findUnderWay(gitDir);
	return new Failure({ kind: "detached-head", commit, ...given({ underWay }) });
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
	const asked = ["--is-bare-repository", "--git-common-dir", "--absolute-git-dir", "--show-toplevel", "HEAD^{commit}"];
	const found = await git(["rev-parse", "--path-format=absolute", ...asked], { cwd, expect: [128] }).catch(
		async (error) => {
			throw await (await loadAbsence()).notARepository(cwd, error);
		},
	);
	const [bare = "", commonDir, gitDir, root, head] = found.stdout.split("\n");
	if (bare === "") throw await (await loadAbsence()).describeAbsence(cwd);
	if (bare === "true" || !root || !commonDir) throw await (await loadAbsence()).describeBare(cwd, commonDir ?? cwd);
	const here = { root: await realpath(root), commonDir: await realpath(commonDir) };
	const paths = commonDir === gitDir ? here : { ...here, ...(await (await import("./home.ts")).findHome(here)) };
	return { paths, hasCommit: found.exitCode === 0 && /^[0-9a-f]+$/.test(head ?? "") };
}

/**
 * Checks that git is there and knows what is asked of it.
 * @returns its version.
 * @throws Failure `program-missing`, `git-too-old`.
 */
export function verifyGitVersion(cwd: string): Promise<string> {
	return onceAProcess("version", async () => {
		const found = /\d+\.\d+(\.\d+)?/.exec((await git(["version"], { cwd })).stdout)?.[0] ?? "unknown";
		if (isAtLeast(found, OLDEST_GIT)) return found;
		throw new Failure({ kind: "git-too-old", found, needed: OLDEST_GIT });
	});
}

async function branchNames(cwd: string): Promise<string[]> {
	return parseRefNames((await git(BRANCH_NAMES, { cwd })).stdout);
}

function isOfIssue(branch: string, layout: Layout, isId: (id: string) => boolean): boolean {
	if (branch.startsWith(REHEARSAL_BRANCHES)) return true;
	// A rehearsal refuses what the run that it rehearses would.
	const work = { ...layout, branch: layout.workBranch ?? layout.branch };
	const id = issueOfBranch(work, branch);
	return id !== undefined && (branchFolder(work) !== "" || isId(id));
}

/** The branch to go back to: of those that can be checked out here, the last that was, the usual ones, or the only one. */
async function findStart({ root }: RepositoryPaths, isStart: (branch: string) => boolean): Promise<string | undefined> {
	const listed = await git(["for-each-ref", "--format=%(refname:lstrip=2)%00%(worktreepath)", "refs/heads"], {
		cwd: root,
	});
	const free = listed.stdout
		.split("\n")
		.map((line) => line.split("\0"))
		.flatMap(([branch = "", worktree]) => (branch !== "" && worktree === "" && isStart(branch) ? [branch] : []));
	// Loose: else a branch that has the name of a tag comes as `heads/…`.
	const before = await git(["rev-parse", "--abbrev-ref=loose", "@{-1}"], { cwd: root, expect: [128] });
	const likely = [before.stdout.trim(), ...USUAL].find((branch) => free.includes(branch));
	return likely ?? (free.length === 1 ? free[0] : undefined);
}
