import type { RepositoryPaths } from "../contract/issue.ts";
import { git } from "./git.ts";

/** A setting of git, as one of its files has it. */
export interface Setting {
	/** `system`, `global`, `local` or `worktree`. */
	readonly scope: string;
	/** Section and name in lower case, as git-config(1) lists them. */
	readonly key: string;
	/** `""` for a setting without a value. */
	readonly value: string;
}

/** Every setting of git that holds in a repository; of several for one key, the last is in effect. */
export async function readSettings({ root }: RepositoryPaths): Promise<Setting[]> {
	const { stdout } = await git(["config", "--list", "--show-scope", "-z"], { cwd: root });
	const fields = stdout.split("\0").slice(0, -1);
	return fields.flatMap((entry, at): Setting[] => {
		const scope = fields[at - 1];
		// What the door to git itself sets is none of the user's.
		if (at % 2 === 0 || scope === undefined || scope === "command") return [];
		const [key = "", ...lines] = entry.split("\n");
		return [{ scope, key, value: lines.join("\n") }];
	});
}
