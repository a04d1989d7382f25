import { access, constants, lstat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { given } from "../contract/given.ts";
import type { IssuePlan } from "../contract/issue.ts";
import { Failure, type Problem, problemOf } from "../contract/problem.ts";
import type { Refused } from "../contract/problems/git.ts";
import { exists, findNearest } from "../system/paths.ts";
import { readRefusal, type Said } from "./commands/refusal.ts";
import { git } from "./git.ts";
import { findUnderWay } from "./under-way.ts";

type Issue = Pick<IssuePlan, "id" | "repository" | "worktreePath">;

/**
 * What git refused, told by its reason: with the place, the issue's worktree if it stands, and what to type next.
 * @returns the error itself when it is no failure of git's.
 */
export async function explainRefusal(error: unknown, issue?: Issue, next: "goal" | "save" = "goal"): Promise<unknown> {
	const raw = problemOf(error);
	if (!(raw?.kind === "git-failed" || raw?.kind === "objects-unfetched") || raw.issue !== undefined) return error;
	const about: Refused = issue
		? { issue: issue.id, next, ...((await exists(issue.worktreePath)) ? { worktree: issue.worktreePath } : {}) }
		: {};
	const said = raw.kind === "git-failed" ? readRefusal(raw.stderr) : undefined;
	const problem = said && (await factsOf(said, raw.path, issue));
	return new Failure({ ...about, ...(problem ?? raw) }, { cause: error });
}

async function factsOf(said: Said, path: string, issue: Issue | undefined): Promise<Problem> {
	// git names what is in its folder as it is seen from the checkout, wherever the worktree is that it works on.
	const root = issue?.repository.root ?? path;
	switch (said.kind) {
		case "filter-failed": {
			const { command, ...facts } = said;
			return { ...facts, path, ...given({ filter: facts.filter ?? (await filterOf(command, root)) }) };
		}
		case "ref-blocked": {
			const named = said.path.startsWith("refs/") ? join(root, ".git", said.ref) : resolve(root, said.path);
			return { ...said, path: await findNearest(named) };
		}
		case "git-unwritable": {
			const folder = await unwritable(resolve(root, said.path));
			return { ...said, path: folder, isOwn: (await lstat(folder)).uid === process.getuid?.() };
		}
		case "file-refused":
			return { ...said, path, part: partOf(said.file) };
		case "index-broken":
			return { ...said, path, index: await indexOf(path) };
		case "object-damaged":
			return {
				...said,
				path: root,
				...given({ remote: await remoteOf(root) }),
				...(said.file === undefined ? {} : { file: resolve(root, said.file) }),
			};
		case "config-broken":
			return said.file === undefined ? said : { ...said, file: resolve(root, said.file) };
		case "lock-file":
			return { ...said, path: resolve(root, said.path) };
		case "not-signed":
		case "identity-lost":
			return { ...said, path };
		case "branch-checked-out": {
			// git lists no branch where a rebase or a bisect of it has detached HEAD.
			const gitDir = (await git(["rev-parse", "--absolute-git-dir"], { cwd: said.path })).stdout.trim();
			const underWay = await findUnderWay(gitDir);
			if (!underWay || !issue) return said;
			return { kind: "work-under-way", issue: issue.id, path: said.path, underWay, files: [] };
		}
		case "branch-in-the-way":
			return said;
	}
}

/** The name of the filter that a command belongs to; without a command, of the only one that stays for many files. */
async function filterOf(command: string | undefined, root: string): Promise<string | undefined> {
	const { readSettings } = await import("./settings.ts");
	const used = command === undefined ? await usedFilters(root) : undefined;
	const names = new Set<string>();
	for (const { key, value } of await readSettings({ root })) {
		const [, name, way] = /^filter\.(.+)\.(clean|smudge|process)$/.exec(key) ?? [];
		if (name === undefined) continue;
		// git has put the file's name in the place of %f.
		const isIt = used ? way === "process" && used.has(name) : command?.startsWith(value.split("%f")[0] ?? "");
		if (isIt) names.add(name);
	}
	return names.size === 1 ? [...names][0] : undefined;
}

/** The filters that attributes name for files of the checkout. */
async function usedFilters(root: string): Promise<Set<string>> {
	const files = (await git(["ls-files", "-z"], { cwd: root })).stdout;
	const { stdout } = await git(["check-attr", "-z", "--stdin", "filter"], { cwd: root, input: files });
	return new Set(stdout.split("\0").filter((_, at) => at % 3 === 2));
}

/** The nearest of a path and the folders around it that is there and can't be written to. */
async function unwritable(path: string): Promise<string> {
	const start = await findNearest(path);
	for (const at of [start, dirname(start)]) {
		if (
			await access(at, constants.W_OK).then(
				() => false,
				() => true,
			)
		)
			return at;
	}
	return start;
}

/** What of a file's name could stand for git's own folder, with the folders before it. */
function partOf(file: string): string {
	const parts = file.split("/");
	// Letters without a width, which one of Apple's file systems passes over.
	const plain = (part: string) => part.replace(/[\u200b-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g, "");
	const at = parts.findIndex((part) => /^(?:\.git|git~\d)(?:[ .:]|$)/i.test(plain(part)));
	return at === -1 ? file : parts.slice(0, at + 1).join("/");
}

async function indexOf(path: string): Promise<string> {
	const { stdout } = await git(["rev-parse", "--path-format=absolute", "--git-path", "index"], { cwd: path });
	return stdout.trim();
}

async function remoteOf(cwd: string): Promise<string | undefined> {
	const { stdout } = await git(["remote"], { cwd, expect: [128] });
	const remotes = stdout.split("\n").filter(Boolean);
	return remotes.includes("origin") ? "origin" : remotes[0];
}
