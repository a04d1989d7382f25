import { join } from "node:path";
import { splitZ } from "../commands/split.ts";
import { type Gitlink, lsTree, parseSubmodules } from "../commands/tree.ts";
import { git } from "../git.ts";
import type { Worktree } from "../worktree/worktree.ts";
import { findSource } from "./modules.ts";

/** A repository with submodules, and where the clone has what these are filled from. */
export interface Parent {
	readonly worktree: Worktree;
	/** Folder of git whose `modules` has the clone's submodules. */
	readonly commonDir: string;
	/** The repository's files in the checkout. */
	readonly files: string;
}

/** A submodule of a commit by its name in `.gitmodules`, with what the clone has of it. */
export interface Declared extends Gitlink {
	readonly name: string;
	/** git's folder for it in the clone; absent where the clone does not hold it. */
	readonly source: string | undefined;
	/** Its files in the checkout, whether they are there or not. */
	readonly files: string;
}

/** The submodules of a commit that `.gitmodules` names; a link without a name is one that git itself can't fill. */
export async function declaredIn(parent: Parent, commit: string, signal: AbortSignal): Promise<Declared[]> {
	const options = { cwd: parent.worktree.path, worktree: parent.worktree, signal };
	const links = parseSubmodules((await git(lsTree("-r", commit), options)).stdout);
	if (links.length === 0) return [];
	const asked = ["config", "-z", "--blob", `${commit}:.gitmodules`, "--get-regexp", "^submodule\\..*\\.path$"];
	const { stdout } = await git(asked, { ...options, expect: [1, 128] });
	const names = new Map(
		splitZ(stdout).map((entry) => {
			const end = entry.indexOf("\n");
			return [entry.slice(end + 1), entry.slice("submodule.".length, end - ".path".length)];
		}),
	);
	const declared = links.map(async (link): Promise<Declared[]> => {
		const name = names.get(link.path);
		// As git does: a name is a part of a path.
		if (!name || name.split("/").includes("..")) return [];
		const files = join(parent.files, link.path);
		return [{ ...link, name, files, source: await findSource(parent.commonDir, name, files) }];
	});
	return (await Promise.all(declared)).flat();
}
