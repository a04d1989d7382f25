import { lstat, readFile, realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { Failure, type Problem } from "../../contract/problem.ts";
import { exists } from "../../system/paths.ts";
import { findAdministration } from "./administration.ts";
import type { Address, Worktree } from "./worktree.ts";

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
		throw (await forgotten(issue)) ?? new Failure({ kind: "worktree-in-the-way", path: issue.worktreePath });
	}
	return { path: issue.worktreePath, gitDir: await verifyPointer(issue) };
}

/**
 * Finds the worktree of an issue where it was made and does not belong any more, since the repository has been moved.
 * @param made where it was made.
 * @returns nothing where no worktree stands that is this repository's: a copy's records name the original's.
 */
export async function findElsewhere({ repository, worktreePath }: Address, made: string): Promise<string | undefined> {
	if (made === worktreePath || (await findAdministration(repository, made)) === undefined) return undefined;
	const pointer = await readFile(join(made, ".git"), "utf8").catch(() => "");
	const gitDir = resolve(made, /^gitdir: (.+)\n$/.exec(pointer)?.[1] ?? "");
	const isOurs = pointer !== "" && (dirname(dirname(gitDir)) === repository.commonDir || !(await exists(gitDir)));
	return isOurs ? made : undefined;
}

/** @throws Failure `worktree-elsewhere`. */
export async function verifyNotElsewhere(issue: Address, made: string | undefined): Promise<void> {
	const path = made === undefined ? undefined : await findElsewhere(issue, made);
	if (path === undefined) return;
	throw new Failure({ kind: "worktree-elsewhere", issue: issue.id, path, expected: issue.worktreePath });
}

/** That git's folder for a worktree was taken away, or both were moved: what stands in its place still points to where that was. */
async function forgotten({ id, repository, branch, worktreePath: path }: Address): Promise<Failure | undefined> {
	const pointer = await readFile(join(path, ".git"), "utf8").catch(() => "");
	const gitDir = resolve(path, /^gitdir: (.+)\n$/.exec(pointer)?.[1] ?? "");
	if (pointer === "" || (await exists(gitDir))) return undefined;
	const facts = { kind: "worktree-tampered", issue: id, branch, path } as const;
	const detail = `git's folder for it, ${gitDir}, is gone`;
	const folders = join(repository.commonDir, "worktrees");
	if (dirname(gitDir) === folders) return new Failure({ ...facts, wrong: "administration-missing", detail, gitDir });
	const own = join(folders, basename(gitDir));
	const head = (await readFile(join(own, "HEAD"), "utf8").catch(() => "")).trim();
	const back = (await readFile(join(own, "gitdir"), "utf8").catch(() => "")).trim();
	if (head !== `ref: refs/heads/${branch}` || (await exists(resolve(own, back)))) return undefined;
	const moved = `${detail}, since both were moved`;
	return new Failure({ ...facts, wrong: "administration", detail: moved, gitDir: own });
}

/**
 * Checks that `.git` in the worktree is the pointer git made, and that it is on the issue's branch: git follows both
 * blindly, and an agent with full access could have replaced them.
 * @returns git's folder for the worktree.
 * @throws Failure `worktree-tampered`.
 */
export async function verifyPointer({ id, repository, branch, worktreePath }: Address): Promise<string> {
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
	if (!(await exists(inside))) throw tampered("pointer-replaced", `${pointer} points to ${gitDir}, which is gone`);
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
		const underWay = await (await import("../under-way.ts")).findUnderWay(inside);
		if (underWay) throw new Failure({ kind: "work-under-way", issue: id, path: worktreePath, underWay, files: [] });
		throw tampered("head", `HEAD is "${head}", not the branch ${branch}`, inside);
	}
	return inside;
}

type Tampering = Extract<Problem, { readonly kind: "worktree-tampered" }>["wrong"];
