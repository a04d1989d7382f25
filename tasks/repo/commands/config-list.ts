import { splitZ } from "./split.ts";

/** A setting of git, as one of its files has it. */
export interface Setting {
	/** `system`, `global`, `local` or `worktree`; `command` for one of the environment. */
	readonly scope: string;
	/** Section and name in lower case, as git-config(1) lists them. */
	readonly key: string;
	/** `true` for a setting without a value, as git takes it. */
	readonly value: string;
}

/** Arguments of the command that {@link parseSettings} reads. */
export const CONFIG_LIST = ["config", "--list", "--show-scope", "-z"];

/**
 * Reads what `git config --list --show-scope -z` has printed.
 * @param given the settings, `key=value`, that came with the command itself: they are none of the user's.
 */
export function parseSettings(stdout: string, given: readonly string[] = []): Setting[] {
	const own = new Set(given.map((setting) => setting.replace(/^[^=]*/, (key) => key.toLowerCase())));
	const fields = splitZ(stdout);
	return fields.flatMap((entry, at): Setting[] => {
		const scope = fields[at - 1];
		if (at % 2 === 0 || scope === undefined) return [];
		const [key = "", ...lines] = entry.split("\n");
		const value = lines.length === 0 ? "true" : lines.join("\n");
		return scope === "command" && own.has(`${key}=${value}`) ? [] : [{ scope, key, value }];
	});
}
