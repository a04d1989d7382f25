import type { RepositoryPaths } from "../contract/issue.ts";
import { CONFIG_LIST, parseSettings, type Setting } from "./commands/config-list.ts";
import { FIXED } from "./fixed-settings.ts";
import { git } from "./git.ts";

/** Every setting of git that holds in a repository; of several for one key, the last is in effect. */
export async function readSettings({ root }: Pick<RepositoryPaths, "root">): Promise<Setting[]> {
	return parseSettings((await git(CONFIG_LIST, { cwd: root })).stdout, FIXED);
}
