import { createHash } from "node:crypto";
import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import type { TestRepository } from "./repository.ts";

/** Everything about a main checkout that a run has to leave alone. Two of them are compared with `toEqual`. */
export interface Snapshot {
	/** The content of `.git/HEAD`, and of `.git/config`. */
	readonly head: string;
	readonly config: string;
	/** SHA-256 of the bytes of `.git/index`. */
	readonly index: string;
	/** Every ref by its full name. */
	readonly refs: Readonly<Record<string, string>>;
	/** Mode and SHA-256 of every file outside `.git`, by path; a link has its target instead, a folder nothing. */
	readonly files: Readonly<Record<string, string>>;
	/** `git worktree list`, a line an entry. */
	readonly worktrees: readonly string[];
}

/** What is looked at beyond what no run may ever change. */
export interface SnapshotSettings {
	/**
	 * Also `logs/`, and what lies beside the checkout; for what may not create anything at all. Without the logs for what may
	 * only be remembered as refused.
	 */
	readonly everything?: boolean | "but logs";
}

/** Takes a snapshot of a repository without refreshing its index. The branches of issues, and their locks, are left out unless `everything` is asked for. */
export async function snapshot(
	repository: TestRepository,
	{ everything = false }: SnapshotSettings = {},
): Promise<Snapshot> {
	const gitDir = join(repository.path, ".git");
	const [head, config, index, refs, files, worktrees, beside] = await Promise.all([
		readFile(join(gitDir, "HEAD"), "utf8"),
		readFile(join(gitDir, "config"), "utf8"),
		readFile(join(gitDir, "index")),
		repository.git(["for-each-ref", "--format=%(refname) %(objectname)"]),
		filesIn(repository.path, (path) => path === ".git" || (path === "logs" && everything !== true)),
		repository.git(["worktree", "list", "--porcelain"]),
		everything ? readdir(repository.folder) : [],
	]);
	const named = refs
		.split("\n")
		.filter((line) => line !== "" && (everything || !/^refs\/(?:heads\/issue|orch)\//.test(line)))
		.map((line) => line.split(" ") as [string, string]);
	return {
		head,
		config,
		index: hash(index),
		refs: Object.fromEntries(named),
		files: { ...files, ...Object.fromEntries(beside.sort().map((name) => [`../${name}`, ""])) },
		worktrees: worktrees.split("\n"),
	};
}

async function filesIn(
	root: string,
	isLeftOut: (path: string) => boolean,
	folder = "",
): Promise<Record<string, string>> {
	const found: Record<string, string> = {};
	for (const name of (await readdir(join(root, folder))).sort()) {
		const path = join(folder, name);
		if (isLeftOut(path)) continue;
		const stats = await lstat(join(root, path));
		const mode = stats.mode.toString(8);
		if (stats.isDirectory()) Object.assign(found, { [path]: mode }, await filesIn(root, isLeftOut, path));
		else if (stats.isSymbolicLink()) found[path] = `${mode} ${await readlink(join(root, path))}`;
		else found[path] = `${mode} ${hash(await readFile(join(root, path)))}`;
	}
	return found;
}

function hash(bytes: Uint8Array): string {
	return createHash("sha256").update(bytes).digest("hex");
}
