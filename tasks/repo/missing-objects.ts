import { given } from "../contract/given.ts";
import type { Base, RepositoryPaths } from "../contract/issue.ts";
import { Failure, problemOf } from "../contract/problem.ts";
import type { Setting } from "./commands/config-list.ts";
import { lsTree, parseBlobs, parseSkipped, readingAll } from "./commands/tree.ts";
import { git } from "./git.ts";

/** The files that a worktree of a commit is filled with. */
interface Filling {
	/** Bytes of those that are there, as git stores them. */
	readonly size: number;
	/** How many the repository has not fetched; `null` where it lacks folders, so that nobody can tell. */
	readonly missing: number | null;
}

/** True for a clone that git leaves objects out of until they are needed (`--filter`): no run of ours fetches them. */
export function isPartial(settings: readonly Setting[]): boolean {
	return settings.some(({ key, value }) => /^remote\..*\.promisor$/.test(key) && value === "true");
}

/**
 * Looks what a worktree of a commit would be filled with in a partial clone: the files that are there, and those that are not. Where
 * the checkout is sparse, worktrees are too.
 */
export async function findFilling({ root }: RepositoryPaths, commit: string, signal?: AbortSignal): Promise<Filling> {
	const options = { cwd: root, ...given({ signal }) };
	const listed = await git(["rev-list", "--objects", "--missing=print", "--no-walk", `${commit}^{tree}`], {
		...options,
		expect: [128],
	});
	const missing = new Set([...listed.stdout.matchAll(/^\?([0-9a-f]+)$/gm)].map(([, object = ""]) => object));
	const files = await filesIn(root, commit, signal).catch((error) => {
		if (problemOf(error)?.kind !== "objects-unfetched") throw error;
		return undefined;
	});
	if (!files) return { size: 0, missing: null };
	const there = files.filter((blob) => !missing.has(blob));
	const sizes = await git(["cat-file", "--batch-check=%(objectsize)"], { ...options, input: `${there.join("\n")}\n` });
	const size = sizes.stdout.split("\n").reduce((sum, each) => sum + (Number(each) || 0), 0);
	return { size, missing: files.length - there.length };
}

/**
 * Checks that a worktree of the base can be filled.
 * @throws Failure `objects-missing`.
 */
export async function verifyComplete(repository: RepositoryPaths, base: Base, signal?: AbortSignal): Promise<void> {
	const { missing } = await findFilling(repository, base.commit, signal);
	if (missing !== 0)
		throw new Failure({
			kind: "objects-missing",
			base: base.name,
			count: missing,
			broughtBy: readingAll(base.commit),
		});
}

/** The blobs that a worktree has: one that is sparse, those that the checkout has of them, or would have. */
async function filesIn(root: string, commit: string, signal: AbortSignal | undefined): Promise<string[]> {
	const options = { cwd: root, ...given({ signal }) };
	const [tree, index] = await Promise.all([git(lsTree("-r", commit), options), git(["ls-files", "-z", "-t"], options)]);
	const { isLeftOut } = parseSkipped(index.stdout);
	return parseBlobs(tree.stdout).flatMap(({ blob, path }) => (isLeftOut(path) ? [] : [blob]));
}
