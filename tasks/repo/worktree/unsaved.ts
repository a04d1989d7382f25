import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { IssuePlan } from "../../contract/issue.ts";
import { Failure, problemOf } from "../../contract/problem.ts";
import type { AttemptRecord } from "../../contract/record.ts";
import { exists } from "../../system/paths.ts";
import { splitZ } from "../commands/split.ts";
import { git } from "../git.ts";
import { findAdministration } from "./administration.ts";
import { findElsewhere, findWorktree } from "./find.ts";
import { holderOf } from "./list.ts";
import type { Address, Worktree } from "./worktree.ts";

type Planned = Address & Pick<IssuePlan, "docPath">;

/** Where an attempt's work is that is not committed yet. */
export type Unsaved =
	| { readonly kind: "worktree"; readonly worktree: Worktree }
	/** It can't be committed as it stands; `path`: where it is, nothing where it is gone. */
	| { readonly kind: "apart"; readonly path: string | undefined; readonly error: Failure };

/**
 * Looks for the work of an attempt that is not committed: where its worktree was made, or where that was taken to. A worktree
 * with nothing in it of what was checked out was emptied: to commit it would delete everything.
 */
export async function findUnsaved(issue: Planned, record: Pick<AttemptRecord, "worktreePath">): Promise<Unsaved> {
	const { id, branch, worktreePath: path } = issue;
	let isTaken = false;
	try {
		const worktree = await findWorktree(issue);
		if (worktree && ((await exists(join(path, issue.docPath))) || (await holdsAny(issue))))
			return { kind: "worktree", worktree };
		isTaken = worktree !== undefined;
	} catch (error) {
		const problem = problemOf(error);
		if (!(error instanceof Failure) || !problem) throw error;
		isTaken =
			problem.kind === "worktree-in-the-way" ||
			(problem.kind === "worktree-tampered" && problem.wrong === "pointer-missing" && !(await holdsAny(issue)));
		if (!isTaken) return { kind: "apart", path, error };
	}
	const before = isTaken ? undefined : await findElsewhere(issue, record.worktreePath);
	if (before !== undefined) {
		const facts = { kind: "worktree-elsewhere", issue: id, path: before, expected: path } as const;
		return { kind: "apart", path: before, error: new Failure(facts) };
	}
	const moved = await findMoved(issue);
	const facts = { issue: id, branch, path, isTaken };
	return moved
		? { kind: "apart", path: moved.found, error: new Failure({ kind: "work-moved", ...facts, ...moved }) }
		: { kind: "apart", path: undefined, error: new Failure({ kind: "work-gone", ...facts }) };
}

/** Where the folder is now: git tells of what it has moved itself, and what else was moved still has its pointer. */
async function findMoved({ repository, branch, worktreePath }: Address) {
	const holder = await holderOf(repository, branch);
	// A copied repository lists the original's.
	const isOurs = holder !== undefined && dirname(dirname(await pointerIn(holder))) === repository.commonDir;
	if (isOurs && holder !== worktreePath) return { found: holder, way: "by-git" } as const;
	const standing = await findAdministration(repository, worktreePath);
	const gitDir = standing ?? join(repository.commonDir, "worktrees", basename(worktreePath));
	const places = [dirname(worktreePath), dirname(dirname(worktreePath)), dirname(repository.root)];
	for (const place of new Set(places)) {
		for (const entry of await readdir(place, { withFileTypes: true }).catch(() => [])) {
			const found = join(place, entry.name);
			if (!entry.isDirectory() || found === worktreePath) continue;
			if ((await pointerIn(found)) === gitDir)
				return { found, way: standing === undefined ? "forgotten" : "by-hand" } as const;
		}
	}
	return undefined;
}

/** git's folder that a folder names as its own; the folder itself where it names none. */
async function pointerIn(folder: string): Promise<string> {
	const pointer = await readFile(join(folder, ".git"), "utf8").catch(() => "");
	return resolve(folder, /^gitdir: (.+)\n$/.exec(pointer)?.[1] ?? "");
}

/** @throws Failure `worktree-elsewhere`, `work-moved`, … where what was not committed is not in its worktree, but somewhere. */
export async function verifyNotApart(issue: Planned, record: Pick<AttemptRecord, "worktreePath">): Promise<void> {
	const unsaved = await findUnsaved(issue, record);
	if (unsaved.kind === "apart" && unsaved.path !== undefined) throw unsaved.error;
}

/** True when a folder has anything at its top that the base has there: it may be the worktree. */
async function holdsAny({ repository, base, worktreePath }: Address): Promise<boolean> {
	const listed = await git(["ls-tree", "--name-only", "-z", base.commit], { cwd: repository.root });
	const names = new Set(splitZ(listed.stdout));
	return (await readdir(worktreePath).catch(() => [])).some((name) => names.has(name));
}
