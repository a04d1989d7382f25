import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { RepositoryPaths } from "../contract/issue.ts";
import type { Setting } from "./commands/config-list.ts";

/**
 * Names of the hooks that git would run for this repository. Commits made here skip them, since they could be files that
 * an agent has just written; whoever relies on them should know.
 */
export async function findActiveHooks(repository: RepositoryPaths, settings: readonly Setting[]): Promise<string[]> {
	const own = settings.findLast(({ key }) => key === "core.hookspath")?.value;
	const folder = own ? join(own.startsWith("/") ? "" : repository.root, own) : join(repository.commonDir, "hooks");
	const names = (await readdir(folder).catch(() => [])).filter((name) => HOOKS.has(basename(name)));
	const executable = await Promise.all(
		names.map(async (name) => ((await stat(join(folder, name))).mode & 0o111) !== 0),
	);
	return names.filter((_, at) => executable[at]).sort();
}

const HOOKS = new Set([
	"pre-commit",
	"prepare-commit-msg",
	"commit-msg",
	"post-commit",
	"post-checkout",
	"reference-transaction",
]);
