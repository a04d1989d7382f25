import { cp, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { RepositoryPaths } from "../../contract/issue.ts";
import { Failure } from "../../contract/problem.ts";
import { tellDiskFull } from "../../system/disk-space.ts";
import { exists } from "../../system/paths.ts";
import { removeFolder } from "../../system/remove-folder.ts";
import { readingAll } from "../commands/tree.ts";
import { git } from "../git.ts";
import type { Worktree } from "../worktree/worktree.ts";
import { type Declared, declaredIn, type Parent } from "./declared.ts";
import { findModules, type Module } from "./modules.ts";

/**
 * Brings the submodules of a worktree to where a commit has them, from what the clone holds of them: nothing is fetched. Those that
 * the clone does not hold stay empty. Only for a worktree in which no agent has worked yet, and that has the files of the commit.
 * @throws Failure `submodule-missing` when the clone has the submodule, but not that commit of it; `disk-full`.
 */
export async function alignSubmodules(
	{ root, commonDir }: RepositoryPaths,
	worktree: Worktree,
	commit: string,
	signal: AbortSignal,
): Promise<void> {
	await tellDiskFull(worktree.gitDir, () => align({ worktree, commonDir, files: root }, "", commit, signal));
}

async function align(parent: Parent, prefix: string, commit: string, signal: AbortSignal): Promise<void> {
	const { path, gitDir } = parent.worktree;
	const modules = await findModules(parent.worktree);
	const wanted = await declaredIn(parent, commit, signal);
	for (const each of wanted) {
		const there = modules.find(({ at, isFilled }) => isFilled && at === each.path);
		const fresh: Worktree = { path: join(path, each.path), gitDir: join(gitDir, "modules", each.name) };
		// One that a set-up has emptied again stays so.
		if (!there && (!each.source || (await exists(fresh.gitDir)))) continue;
		if (!there) await make(fresh, each.source ?? "", signal);
		const worktree = there ?? fresh;
		await checkOut(worktree, each, prefix + each.path, signal);
		const inner = { worktree, commonDir: each.source ?? worktree.gitDir, files: each.files };
		await align(inner, `${prefix}${each.path}/`, each.commit, signal);
	}
	const isWanted = ({ at }: Module) => wanted.some((each) => at === each.path || at.startsWith(`${each.path}/`));
	for (const gone of modules.filter((each) => !isWanted(each))) {
		if (gone.isFilled) await removeFolder(gone.path);
		await rm(gone.gitDir, { recursive: true, force: true });
	}
}

/** Makes the repository of a submodule where git would clone it to, with the objects, settings and refs of the clone's own. */
async function make(worktree: Worktree, source: string, signal: AbortSignal): Promise<void> {
	const { path, gitDir } = worktree;
	await mkdir(path, { recursive: true });
	await mkdir(gitDir, { recursive: true });
	const options = { cwd: path, worktree, signal };
	await git(["-c", "init.defaultRefFormat=files", "init", "-q", "--template="], options);
	const config = join(gitDir, "config");
	// With the settings comes the remote, by its full address whatever .gitmodules says.
	const settings = await readFile(join(source, "config"), "utf8");
	await writeFile(config, settings.replace(/^\s*refstorage\s*=.*$/gim, ""));
	await git(["config", "--file", config, "core.worktree", relative(gitDir, path)], options);
	await mkdir(join(gitDir, "objects/info"), { recursive: true });
	await writeFile(join(gitDir, "objects/info/alternates"), `${join(source, "objects")}\n`);
	for (const name of ["shallow", "info"]) {
		if (await exists(join(source, name))) await cp(join(source, name), join(gitDir, name), { recursive: true });
	}
	// The key of git-crypt, and what Git LFS has fetched.
	for (const name of ["git-crypt", "lfs"]) {
		if (await exists(join(source, name))) await symlink(join(source, name), join(gitDir, name));
	}
	// Without the clone's branches: one that is here was made here.
	const format = "%(if)%(symref)%(then)%(else)%(objectname) %(refname)%(end)";
	const asked = ["for-each-ref", `--format=${format}`, "refs/remotes", "refs/tags"];
	const { stdout } = await git(asked, { ...options, worktree: { path, gitDir: source } });
	await writeFile(join(gitDir, "packed-refs"), stdout.replace(/^\n/gm, ""));
	await writeFile(join(path, ".git"), `gitdir: ${relative(path, gitDir)}\n`);
}

/** Checks out the commit that a submodule is to be at. */
async function checkOut(
	worktree: Worktree,
	{ commit, files }: Declared,
	submodule: string,
	signal: AbortSignal,
): Promise<void> {
	// Fetched into the clone's own submodule, whose objects are this one's.
	const broughtBy = ["-C", files, ...readingAll(commit)];
	const options = { cwd: worktree.path, worktree, signal, broughtBy };
	const filtered = { ...options, filtered: true };
	const isNew = !(await exists(join(worktree.gitDir, "index")));
	if (!isNew && (await readFile(join(worktree.gitDir, "HEAD"), "utf8")).trim() === commit) return;
	const found = await git(["cat-file", "-e", `${commit}^{commit}`], { ...options, expect: [1, 128] });
	if (found.exitCode !== 0) throw new Failure({ kind: "submodule-missing", submodule, commit, checkout: files });
	if (!isNew) await git(["checkout", "-q", "--detach", commit, "--"], filtered);
	else {
		await writeFile(join(worktree.gitDir, "HEAD"), `${commit}\n`);
		await git(["reset", "--hard", "-q"], filtered);
	}
}
