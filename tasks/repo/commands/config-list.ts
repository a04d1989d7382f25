import { splitZ } from "./split.ts";

/** A setting of git, as one of its files has it. */
export interface Setting {
	/** `system`, `global`, `local` or `worktree`. */
	readonly scope: string;
	/** Section and name in lower case, as git-config(1) lists them. */
	readonly key: string;
	/** `""` for a setting without a value. */
	readonly value: string;
}

/** Arguments of the command that {@link parseSettings} reads. */
export const CONFIG_LIST = ["config", "--list", "--show-scope", "-z"];

/** Reads what `git config --list --show-scope -z` has printed, but for what comes with the command itself. */
export function parseSettings(stdout: string): Setting[] {
	const fields = splitZ(stdout);
	return fields.flatMap((entry, at): Setting[] => {
		const scope = fields[at - 1];
		// What the door to git itself sets is none of the user's.
		if (at % 2 === 0 || scope === undefined || scope === "command") return [];
		const [key = "", ...lines] = entry.split("\n");
		return [{ scope, key, value: lines.join("\n") }];
	});
}
