import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { RepositoryPaths } from "../contract/issue.ts";
import { git } from "./git.ts";

/**
 * Names of the hooks that git would run for this repository. Commits made here skip them, since they could be files that
 * an agent has just written; whoever relies on them should know.
 */
export async function findActiveHooks(repository: RepositoryPaths): Promise<string[]> {
	// The door to git sets core.hooksPath itself, so the user's own value is asked for by file, not in effect.
	const { stdout } = await git(["config", "--show-scope", "-z", "--get-all", "core.hooksPath"], {
		cwd: repository.root,
		expect: [1],
	});
	const fields = stdout.split("\0");
	const own = fields.filter((_, at) => at % 2 === 1 && fields[at - 1] !== "command").at(-1);
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
