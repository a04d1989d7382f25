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
import { findAdministration } from "./worktree/administration.ts";

type Issue = Pick<IssuePlan, "id" | "repository" | "worktreePath">;

/**
 * What git refused, told by its reason: with the place, the issue's worktree if it stands, and what to type next.
 * @returns the error itself when it is no failure of git's.
 */
export async function explainRefusal(error: unknown, issue?: Issue, next: "goal" | "save" = "goal"): Promise<unknown> {
	const raw = problemOf(error);
	// Whatever it met on the way: without the repository, nothing else that could be said of it is true.
	if (issue && raw?.kind !== "attempt" && !(await exists(issue.repository.commonDir)))
		return repositoryGone(issue, error, next);
	if (!(raw?.kind === "git-failed" || raw?.kind === "objects-unfetched") || raw.issue !== undefined) return error;
	const about: Refused = issue ? { issue: issue.id, next, ...(await worktreeOf(issue)) } : {};
	const said = raw.kind === "git-failed" ? readRefusal(raw.stderr) : undefined;
	const problem = said && (await factsOf(said, raw.path, issue));
	return new Failure({ ...about, ...(problem ?? raw) }, { cause: error });
}

/** That an issue's repository is not where it was when the run began. */
async function repositoryGone(issue: Issue, cause: unknown, next: "goal" | "save"): Promise<Failure> {
	const { worktree } = await worktreeOf(issue);
	const { id, repository } = issue;
	const facts = {
		path: repository.root,
		issue: id,
		next: worktree === undefined ? next : "save",
		...given({ worktree }),
	};
	return new Failure({ kind: "repository-gone", ...facts }, { cause });
}

async function worktreeOf({ worktreePath }: Issue): Promise<{ readonly worktree?: string }> {
	return (await exists(worktreePath)) ? { worktree: worktreePath } : {};
}

async function factsOf(said: Said, path: string, issue: Issue | undefined): Promise<Problem> {
	// git names what is in its folder as it is seen from the checkout, wherever the worktree is that it works on.
	const root = issue?.repository.root ?? path;
	switch (said.kind) {
		case "filter-failed": {
			const { command, ...facts } = said;
			return { ...(facts.filter === undefined ? await filterOf(command, root, issue) : {}), ...facts, path };
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

/** The filter that a command belongs to; without a command, the only one that stays for many files. The file is the first that it has. */
async function filterOf(command: string | undefined, root: string, issue: Issue | undefined): Promise<Partial<Named>> {
	const { readSettings } = await import("./settings.ts");
	const { driversIn } = await import("./commands/filter-drivers.ts");
	const used = await usedFilters(root, issue);
	const found = driversIn(await readSettings({ root })).filter(({ name, clean, smudge, process }) => {
		if (command === undefined) return process !== "" && used.has(name);
		// git has put the file's name in the place of %f.
		return [clean, smudge, process].some((each) => each !== "" && command.startsWith(each.split("%f")[0] ?? ""));
	});
	const [only] = found;
	return only && found.length === 1 ? { filter: only.name, ...given({ file: used.get(only.name) }) } : {};
}

type Named = { readonly filter: string; readonly file: string };

/** The filters that attributes name for files that git was at work on, each with the first of them. */
async function usedFilters(root: string, issue: Issue | undefined): Promise<Map<string, string>> {
	const gitDir =
		issue && (await exists(issue.worktreePath)) && (await findAdministration(issue.repository, issue.worktreePath));
	const options = gitDir ? { cwd: root, worktree: { path: issue.worktreePath, gitDir } } : { cwd: root };
	// Neither looks into a file, as that would take its filter.
	const asked = gitDir
		? [
				["diff-files", "--name-only", "-z"],
				["ls-files", "-z", "-o", "--exclude-standard"],
			]
		: [["ls-files", "-z"]];
	const files = await Promise.all(asked.map(async (args) => (await git(args, options)).stdout));
	const { stdout } = await git(["check-attr", "-z", "--stdin", "filter"], { ...options, input: files.join("") });
	const used = new Map<string, string>();
	const answers = stdout.split("\0");
	for (let at = 0; at + 2 < answers.length; at += 3) {
		const [file = "", , name = ""] = answers.slice(at, at + 3);
		if (!used.has(name)) used.set(name, file);
	}
	return used;
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
