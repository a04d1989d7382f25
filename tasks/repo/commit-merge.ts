import type { RepositoryPaths } from "../contract/issue.ts";
import { git } from "./git.ts";
import { makeCommit } from "./make-commit.ts";

/**
 * Commits what a merge has come to, or what it adds where there is one parent alone; no ref is moved.
 * @param message nothing where the merge is only tried: that commit is nobody's, unsigned, and the same for the same tree and parents.
 */
export async function commitMerge(
	repository: RepositoryPaths,
	tree: string,
	parents: readonly string[],
	message: string | undefined,
	signal: AbortSignal,
): Promise<string> {
	const options = { cwd: repository.root, signal };
	const made =
		message === undefined
			? git(["hash-object", "-t", "commit", "-w", "--stdin"], { ...options, input: unsigned(tree, parents) })
			: makeCommit(
					repository,
					["commit-tree", ...(await signing(repository)), ...parents.flatMap((each) => ["-p", each]), "-F", "-", tree],
					{ ...options, input: message },
				);
	return (await made).stdout.trim();
}

function unsigned(tree: string, parents: readonly string[]): string {
	const from = parents.map((each) => `parent ${each}`);
	const whose = ["author", "committer"].map((each) => `${each} orchfile <> 0 +0000`);
	return [`tree ${tree}`, ...from, ...whose, "", "a merge that was tried", ""].join("\n");
}

/** `commit-tree` signs only when it is told to, whatever the user's configuration says. */
async function signing({ root, rehearsal }: RepositoryPaths): Promise<string[]> {
	if (rehearsal) return [];
	const asked = await git(["config", "--type=bool", "--get", "commit.gpgSign"], { cwd: root, expect: [1] });
	return asked.stdout.trim() === "true" ? ["-S"] : [];
}
