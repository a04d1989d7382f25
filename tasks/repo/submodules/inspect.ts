import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { given } from "../../contract/given.ts";
import type { IssuePlan, RepositoryPaths } from "../../contract/issue.ts";
import { Failure } from "../../contract/problem.ts";
import type { OrphanedCommits, SubmoduleWork } from "../../contract/problems/work.ts";
import { exists } from "../../system/paths.ts";
import { parseStatus, statusOf } from "../commands/status.ts";
import { type Gitlink, lsTree, parseSubmodules } from "../commands/tree.ts";
import { findUnopened } from "../commands/words.ts";
import { type GitOptions, git } from "../git.ts";
import type { Worktree } from "../worktree/worktree.ts";
import { findModules, type Module, originOf } from "./modules.ts";

/** What git is asked with, on behalf of one worktree. */
interface Look {
	readonly worktree: Worktree;
	readonly commonDir: string;
	/** The submodules of the commits that the agent started from. */
	readonly started: readonly Gitlink[];
	readonly modules: readonly Module[];
	readonly ask: (at: Worktree, args: readonly string[], expect?: GitOptions["expect"]) => ReturnType<typeof git>;
}

/**
 * Looks at the submodules of a worktree. What is done in one is on no branch of ours: neither what is changed there, nor what is
 * committed and has come neither to the clone nor to the submodule's remote.
 * @param started the submodules of the commits that the agent started from.
 * @param isCommitted that where they are to be is a part of the branch already, and so not lost.
 * @returns folders of submodules that are not as git checks them out, in which something lies all the same.
 * @throws Failure `submodule-work`.
 */
export async function inspectSubmodules(
	{ id, repository, branch }: Pick<IssuePlan, "id" | "repository" | "branch">,
	worktree: Worktree,
	started: readonly Gitlink[],
	signal: AbortSignal,
	isCommitted = false,
): Promise<string[]> {
	const ask: Look["ask"] = async ({ path, gitDir }, args, expect = []) => {
		// git refuses to answer, even about commits, for files whose folder is gone.
		const there = (await lstat(path).catch(() => undefined))?.isDirectory() ? path : worktree.path;
		return git(args, { cwd: repository.root, worktree: { path: there, gitDir }, signal, expect });
	};
	const modules = await findModules(worktree);
	const all = [...started, ...(await innerLinks(modules, started, ask))];
	const look = { worktree, commonDir: repository.commonDir, started: all, modules, ask };
	const links = await linksOf({ ...worktree, at: "" }, look);
	const inner = await Promise.all(modules.filter(({ isFilled }) => isFilled).map((each) => linksOf(each, look)));
	const unseen = await findUnseen([...all, ...links, ...inner.flat()], look);
	if (unseen.length > 0) return unseen;
	const moved = isCommitted ? [] : links;
	const work = [...modules.map((each) => workIn(each, look)), ...moved.map((each) => lostLink(each, look))];
	// What is done in an inner one changes the outer one.
	const submodules = (await Promise.all(work)).flat().sort((a, b) => b.path.length - a.path.length);
	if (submodules.length === 0) return [];
	throw new Failure({ kind: "submodule-work", issue: id, path: worktree.path, branch, submodules });
}

/**
 * Looks for commits that are only in the repositories which the submodules of a worktree had, after its folder has gone.
 * @param gitDir git's folder for the worktree.
 */
export async function findOrphanedCommits(
	{ root, commonDir }: RepositoryPaths,
	gitDir: string,
	signal: AbortSignal,
): Promise<OrphanedCommits[]> {
	const worktree = { path: root, gitDir };
	const ask: Look["ask"] = (at, args, expect = []) =>
		git(args, { cwd: root, worktree: { path: root, gitDir: at.gitDir }, signal, expect });
	const modules = await findModules(worktree);
	const look = { worktree, commonDir, started: [], modules, ask };
	const found = modules.map(async (module): Promise<OrphanedCommits[]> => {
		const source = await originOf(commonDir, gitDir, module.gitDir);
		const tips = await findLocalTips(module, source, look);
		return tips.length === 0 ? [] : [{ gitDir: module.gitDir, tips, ...given({ source }) }];
	});
	return (await Promise.all(found)).flat();
}

/** What there is in the submodules of a worktree beyond what was checked out: files, and commits that are nowhere else. */
export async function findAdded(repository: RepositoryPaths, worktree: Worktree): Promise<string[]> {
	const modules = (await findModules(worktree)).filter(({ isFilled }) => isFilled);
	const files = modules.map(async ({ at, ...module }) => {
		const flags = ["--untracked-files=all", "--no-renames", "--ignore-submodules=all"];
		const { stdout } = await git(statusOf(...flags), { cwd: repository.root, worktree: module });
		return parseStatus(stdout).flatMap(({ state, path }) => (state === " D" ? [] : [join(at, path)]));
	});
	const orphans = await findOrphanedCommits(repository, worktree.gitDir, new AbortController().signal);
	const commits = orphans.flatMap(({ gitDir, tips }) => tips.map(({ ref }) => `${ref} of ${gitDir}`));
	return [...(await Promise.all(files)).flat(), ...commits];
}

/** The submodules that the index of a repository has, with paths from the top of the worktree. */
async function linksOf(at: Worktree & Pick<Module, "at">, { ask }: Look): Promise<Gitlink[]> {
	const { stdout } = await ask(at, ["ls-files", "-s", "-z"]);
	return parseSubmodules(stdout).map(({ commit, path }) => ({ commit, path: join(at.at, path) }));
}

/** The submodules of submodules, as the commits that the agent started from have them. */
async function innerLinks(modules: readonly Module[], started: readonly Gitlink[], ask: Look["ask"]) {
	const known = [...started];
	const outerFirst = [...modules].sort((a, b) => a.at.length - b.at.length);
	for (const { at, ...module } of outerFirst) {
		if (!(await exists(join(module.gitDir, "modules")))) continue;
		for (const { commit } of known.filter(({ path }) => path === at)) {
			const { stdout } = await ask(module, lsTree("-r", commit), [128]);
			known.push(...parseSubmodules(stdout).map((link) => ({ ...link, path: join(at, link.path) })));
		}
	}
	return known.slice(started.length);
}

async function findUnseen(links: readonly Gitlink[], { worktree, modules }: Look): Promise<string[]> {
	const filled = new Set(modules.filter(({ isFilled }) => isFilled).map(({ at }) => at));
	const paths = [...new Set(links.map(({ path }) => path))].filter((path) => !filled.has(path));
	const found = paths.map(async (path) => {
		const inside = await readdir(join(worktree.path, path)).catch(() => []);
		return inside.length > 0 ? [path] : [];
	});
	return (await Promise.all(found)).flat();
}

/** What is only in this submodule of this worktree. */
async function workIn(module: Module, look: Look): Promise<SubmoduleWork[]> {
	const source = await originOf(look.commonDir, look.worktree.gitDir, module.gitDir);
	const [paths, tips] = await Promise.all([findChanged(module, look), findLocalTips(module, source, look)]);
	const { changed, hidden } = paths;
	if (changed.length + hidden.length + tips.length === 0) return [];
	return [{ path: module.at, changed, hidden, tips, ...given({ source }) }];
}

async function findChanged(module: Module, look: Look): Promise<Pick<SubmoduleWork, "changed" | "hidden">> {
	if (!module.isFilled) return { changed: [], hidden: [] };
	const flags = ["--untracked-files=all", "--ignored=matching", "--no-renames", "--ignore-submodules=dirty"];
	const { stdout, stderr } = await look.ask(module, statusOf(...flags));
	const entries = parseStatus(stdout);
	const ignored = entries.filter(({ state }) => state === "!!").map(({ path }) => path);
	const changed = entries.filter(({ state }) => state !== "!!").map(({ path }) => path);
	const hidden = ignored.length > 0 && (await hasNewRules(module, look)) ? ignored : [];
	return { changed: [...changed, ...findUnopened(stderr)], hidden };
}

/** True when what is ignored in a submodule may be so by rules that came to it after the agent had started. */
async function hasNewRules({ at, ...module }: Module, { started, ask }: Look): Promise<boolean> {
	const before = started.filter(({ path }) => path === at).map(({ commit }) => commit);
	const head = (await ask(module, ["rev-parse", "HEAD"])).stdout.trim();
	const [first] = before;
	if (first === undefined || before.includes(head)) return false;
	const diff = ["diff", "--quiet", "--no-ext-diff", first, head, "--", ":(glob)**/.gitignore"];
	return (await ask(module, diff, [1, 128])).exitCode !== 0;
}

/** Refs of a submodule, with HEAD, whose commits have come neither to its remote nor to the clone. */
async function findLocalTips(
	module: Worktree,
	source: string | undefined,
	{ started, ask }: Look,
): Promise<SubmoduleWork["tips"]> {
	const known = started.map(({ commit }) => `^${commit}`);
	const local = ["HEAD", "--branches", "--glob=refs/stas[h]", ...(source ? ["--tags"] : [])];
	const asked = ["rev-list", "--ignore-missing", ...local, "--not", "--remotes", "--not", ...known];
	const commits = new Set((await ask(module, asked)).stdout.split("\n").filter(Boolean));
	if (commits.size === 0) return [];
	const { stdout } = await ask(module, ["for-each-ref", "--format=%(objectname) %(refname)"]);
	const head = (await ask(module, ["rev-parse", "HEAD"])).stdout.trim();
	const refs = [`${head} HEAD`, ...stdout.split("\n").filter((line) => !line.includes(" refs/remotes/"))];
	const tips = refs.flatMap((line) => {
		const [commit = "", ref = ""] = line.split(" ");
		return commits.has(commit) ? [{ commit, ref }] : [];
	});
	const saved = await Promise.all(tips.map(({ commit }) => isKnown(commit, source ? [source] : [], ask, module)));
	return tips.filter((_, at) => !saved[at]);
}

/** A link that was moved to a commit which nobody could check out from here. */
async function lostLink({ commit, path }: Gitlink, look: Look): Promise<SubmoduleWork[]> {
	if (look.started.some((each) => each.path === path && each.commit === commit)) return [];
	const module = look.modules.find(({ at }) => at === path);
	const source = module && (await originOf(look.commonDir, look.worktree.gitDir, module.gitDir));
	const folders = [...(module ? [module.gitDir] : []), ...(source ? [source] : [])];
	// What is in the submodule itself, and not elsewhere, is told as its work.
	if (await isKnown(commit, folders, look.ask, look.worktree)) return [];
	return [{ path, changed: [], hidden: [], tips: [], pointer: commit, ...given({ source }) }];
}

/** True when a ref of one of these repositories holds the commit. */
async function isKnown(
	commit: string,
	folders: readonly string[],
	ask: Look["ask"],
	{ path }: Worktree,
): Promise<boolean> {
	for (const gitDir of folders) {
		const found = await ask({ path, gitDir }, ["rev-list", "-1", commit, "--not", "--all"], [128]);
		if (found.exitCode === 0 && found.stdout === "") return true;
	}
	return false;
}
