import type { RepositoryPaths } from "../contract/issue.ts";
import type { UnderWay } from "../contract/problems/work.ts";
import { parseStatus, statusOf } from "./commands/status.ts";
import { readCommitted } from "./documents.ts";
import { git } from "./git.ts";
import { findUnderWay } from "./under-way.ts";

/** How a file of the checkout stands to what is committed there. */
export interface FileStanding {
	/** The branch that is checked out; nothing on a detached HEAD. */
	readonly branch: string | undefined;
	/** Something that git has begun in the checkout and not ended: it commits no single file meanwhile. */
	readonly underWay: UnderWay | undefined;
	/** Its text as HEAD would have it checked out; nothing where HEAD does not have it. */
	readonly committed: string | undefined;
	/** What is staged of it is neither what HEAD has nor what the file is: a commit of the file would lose that. */
	readonly isStagedApart: boolean;
}

/** Looks how a file of the checkout stands. @param file relative to the top, with `/`. */
export async function standingOfFile(repository: RepositoryPaths, file: string): Promise<FileStanding> {
	const cwd = repository.root;
	const head = { name: "HEAD", commit: "HEAD" };
	const [branch, gitDir, status, texts] = await Promise.all([
		git(["symbolic-ref", "-q", "HEAD"], { cwd, expect: [1] }),
		git(["rev-parse", "--absolute-git-dir"], { cwd }),
		git(statusOf("--no-renames", "--untracked-files=all", "--", `:(top,literal)${file}`), { cwd }),
		readCommitted(repository, head, [file], (each) => each === file),
	]);
	const [entry] = parseStatus(status.stdout);
	return {
		branch: branch.stdout.trim().replace(/^refs\/heads\//, "") || undefined,
		underWay: await findUnderWay(gitDir.stdout.trim()),
		committed: texts.get(file),
		isStagedApart: entry !== undefined && !/^(?: .|.[ ?])$/.test(entry.state),
	};
}

/**
 * Commits files of the checkout as its person would, with the repository's hooks; whatever else is staged stays staged.
 * @returns the commit.
 * @throws Failure `git-failed`, with what a hook has said where one refuses.
 */
export async function commitFiles(
	{ root: cwd }: RepositoryPaths,
	files: readonly string[],
	message: string,
): Promise<string> {
	const flags = ["-q", "--only", "-F", "-", "--", ...files.map((file) => `:(top,literal)${file}`)];
	await git(["-c", "i18n.commitEncoding=UTF-8", "commit", ...flags], { cwd, input: message, asPerson: true });
	return (await git(["rev-parse", "HEAD"], { cwd })).stdout.trim();
}

/** The command that opens a person's editor, as git finds it; nothing where there is none that this terminal can show. */
export async function editorOf({ root: cwd }: RepositoryPaths): Promise<string | undefined> {
	const { exitCode, stdout } = await git(["var", "GIT_EDITOR"], { cwd, asPerson: true, expect: [1, 128] });
	return exitCode === 0 ? stdout.trim() || undefined : undefined;
}
