import { randomUUID } from "node:crypto";
import { posix } from "node:path";
import type { Base, RepositoryPaths } from "../contract/issue.ts";
import type { Problem } from "../contract/problem.ts";
import { splitZ } from "./commands/split.ts";
import { parseStatus, statusOf } from "./commands/status.ts";
import { lsTree, parseFiles, readingAll } from "./commands/tree.ts";
import { git } from "./git.ts";

const NAMES = ["--name-only", "-z", "--no-renames", "--no-ext-diff", "--ignore-submodules=all"];

/**
 * The documents that an agent would not see, or would see differently, because the base does not hold them as they
 * stand in the checkout.
 * @param files paths relative to the repository, as a rule all below `folders`.
 */
export async function findUncommitted(
	repository: RepositoryPaths,
	base: Base,
	folders: readonly string[],
	files: readonly string[],
): Promise<Problem[]> {
	const cwd = repository.root;
	// A list of an orchfile's own may have documents from elsewhere.
	const isBelow = files.every((file) => folders.some((folder) => file.startsWith(`${folder}/`)));
	const where = isBelow ? folders : ["."];
	const [committed, different] = await Promise.all([
		git(["ls-tree", "-r", "-z", "--name-only", base.commit, "--", ...where], { cwd }),
		git(["diff", ...NAMES, base.commit, "--", ...where], { cwd }),
	]);
	const inBase = new Set(splitZ(committed.stdout));
	const changed = new Set(splitZ(different.stdout));
	const found = files.filter((file) => !inBase.has(file) || changed.has(file));
	if (found.length === 0) return [];
	// In its short form, a branch that has the name of a tag comes as `heads/…`.
	const head = await git(["symbolic-ref", "-q", "HEAD"], { cwd, expect: [1] });
	const branch = head.stdout.trim().replace(/^refs\/heads\//, "");
	const elsewhere = branch !== "" && branch !== base.name ? { elsewhere: branch } : {};
	const ignored = await git(["check-ignore", "-z", "--stdin"], {
		cwd,
		input: found.map((file) => `${file}\0`).join(""),
		expect: [1],
	});
	const isIgnored = new Set(splitZ(ignored.stdout));
	return found.map((file): Problem => {
		const state = inBase.has(file) ? "different" : "missing";
		const how = isIgnored.has(file) ? { isIgnored: true as const } : {};
		return { kind: "document-not-committed", file, base: base.name, state, ...elsewhere, ...how };
	});
}

/** True when a file of the checkout is as a commit has it; false where there is no such commit or file. */
export async function isAsCommitted({ root }: RepositoryPaths, commit: string, file: string): Promise<boolean> {
	const args = ["--literal-pathspecs", "diff", "--quiet", "--no-ext-diff", commit, "--", file];
	const [same, there] = await Promise.all([
		git(args, { cwd: root, expect: [1, 128] }),
		// By its name alone: a partial clone need not have what was in it then.
		git(lsTree(commit, "--", file), { cwd: root, expect: [128] }),
	]);
	return same.exitCode === 0 && there.stdout !== "";
}

/** True when a file of the checkout is as the base has it, and a commit had the same in another place. */
export async function isMovedOnly(
	repository: RepositoryPaths,
	base: Base,
	commit: string,
	file: string,
): Promise<boolean> {
	if (!(await isAsCommitted(repository, base.commit, file))) return false;
	const [now, before] = await Promise.all(
		[lsTree(base.commit, "--", file), lsTree("-r", commit)].map(async (args) =>
			parseFiles((await git(args, { cwd: repository.root })).stdout),
		),
	);
	return before?.some(({ blob }) => blob === now?.[0]?.blob) === true;
}

/** Paths in the checkout that are changed or untracked: the agents won't see them. */
export async function findLocalChanges(repository: RepositoryPaths): Promise<string[]> {
	const { stdout } = await git(statusOf("--no-renames", "--ignore-submodules=all"), { cwd: repository.root });
	return parseStatus(stdout).map(({ path }) => path);
}

/** Paths below folders that are another on the base of now than on that of before, or on one of them alone. */
export async function findMoved(
	{ root: cwd }: RepositoryPaths,
	before: Base,
	now: Base,
	folders: readonly string[],
): Promise<string[]> {
	return splitZ((await git(["diff", ...NAMES, before.commit, now.commit, "--", ...folders], { cwd })).stdout);
}

/** The text of files below folders, by their paths, as they would be checked out from a commit. */
export async function readCommitted(
	{ root: cwd }: RepositoryPaths,
	{ commit }: Base,
	folders: readonly string[],
	isWanted: (file: string) => boolean,
): Promise<ReadonlyMap<string, string>> {
	const listed = splitZ((await git(["ls-tree", "-r", "-z", commit, "--", ...folders], { cwd })).stdout);
	const files = listed.flatMap((entry) => {
		const [, oid, file] = /^100\d+ blob (\S+)\t(.*)$/s.exec(entry) ?? [];
		return oid !== undefined && file !== undefined && isWanted(file) ? [{ oid, file }] : [];
	});
	// What git tells in front of each is in bytes, which a text has no more.
	const mark = randomUUID();
	const { stdout } = await git(["cat-file", `--batch=${mark}`, "-z", "--filters"], {
		cwd,
		input: files.map(({ oid, file }) => `${oid} ${file}\0`).join(""),
		broughtBy: readingAll(commit),
	});
	const texts = stdout.split(`${mark}\n`).slice(1);
	return new Map(files.map(({ file }, at) => [file, (texts[at] ?? "").slice(0, -1)]));
}

/** The folders in which markdown lies that git tracks, with the number of files, the most first. */
export async function findMarkdownFolders({
	root,
}: RepositoryPaths): Promise<{ readonly folder: string; readonly files: number }[]> {
	const { stdout } = await git(["ls-files", "-z", "--", "*.md"], { cwd: root });
	const counts = new Map<string, number>();
	for (const file of splitZ(stdout)) {
		const folder = posix.dirname(file);
		if (folder !== ".") counts.set(folder, (counts.get(folder) ?? 0) + 1);
	}
	return [...counts].map(([folder, files]) => ({ folder, files })).sort((a, b) => b.files - a.files);
}
