import { lstat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Failure, problemOf } from "../contract/problem.ts";
import { exists } from "../system/paths.ts";
import { git } from "./git.ts";
import { findCheckouts } from "./home.ts";

/** Why git says that a repository is bare: one that has files checked out, as a clone that is bare has no index, says so by mistake. */
export async function describeBare(cwd: string, commonDir: string): Promise<Failure> {
	const isCheckedOut = basename(commonDir) === ".git" && (await exists(join(commonDir, "index")));
	return isCheckedOut
		? new Failure({ kind: "bare-by-setting", path: dirname(commonDir) })
		: new Failure({ kind: "bare-repository", path: cwd, worktrees: await findCheckouts(commonDir) });
}

/** Why git finds no repository where it has not said so. */
export async function describeAbsence(cwd: string): Promise<Failure> {
	try {
		await git(["rev-parse", "--git-dir"], { cwd });
	} catch (error) {
		return notARepository(cwd, error);
	}
	return new Failure({ kind: "not-a-repository", path: cwd, detail: "" });
}

/** What git has said of a folder in which it finds no repository that it can use. */
export async function notARepository(cwd: string, error: unknown): Promise<Failure> {
	const problem = problemOf(error);
	if (problem?.kind !== "git-failed") throw error;
	const words = problem.stderr;
	// `safe.bareRepository=explicit` makes git refuse a bare repository in the same breath as none at all.
	const [, bare] = /bare repository '(.+)' \(/.exec(words) ?? [];
	if (bare !== undefined) return describeBare(cwd, bare);
	const [, safe] = /dubious ownership in repository at '(.+)'/.exec(words) ?? [];
	if (safe) return new Failure({ kind: "repository-not-yours", path: cwd, safe }, { cause: error });
	if (/Expected git repo version|unknown repository extension/.test(words))
		return new Failure({ kind: "repository-too-new", path: cwd, detail: wordsOf(words) }, { cause: error });
	if (/bad config/.test(words)) throw error;
	if (!/not a git repository/.test(words))
		return new Failure({ kind: "not-a-repository", path: cwd, detail: words }, { cause: error });
	const pointer = await lstat(join(cwd, ".git")).catch(() => undefined);
	if (!pointer) return new Failure({ kind: "not-a-repository", path: cwd, detail: "" }, { cause: error });
	const wrong = pointer.isDirectory() ? "head" : "pointer";
	return new Failure({ kind: "repository-broken", path: cwd, wrong, detail: wordsOf(words) }, { cause: error });
}

function wordsOf(stderr: string): string {
	return stderr.replace(/^fatal: /, "").replace(/\nStopping at [\s\S]*/, "");
}
