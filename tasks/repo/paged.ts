import type { RepositoryPaths } from "../contract/issue.ts";
import { configured, withoutShell } from "../system/configured-zx.ts";
import { findProgram } from "../system/find-program.ts";
import { FIXED } from "./fixed-settings.ts";
import { environment } from "./git-environment.ts";

/** What a person reads is coloured as they like it; nothing of theirs or of a file's is run for it but their pager. */
const OPTIONS = [...FIXED, "color.ui=auto", "color.diff=auto"].flatMap((setting) => ["-c", setting]);
const DIFF = ["diff", "-M", "--no-ext-diff", "--no-textconv"];

/**
 * Shows in git's pager what one commit has changed since another: in this terminal, until the person leaves it.
 * @returns false where git has none that holds back what would command the terminal: nothing was shown then.
 */
export async function pageDiff(repository: RepositoryPaths, from: string, to: string): Promise<boolean> {
	const pager = (await start(repository, ["var", "GIT_PAGER"], "pipe")).stdout.trim();
	if (pager === "" || pager === "cat") return false;
	// Ctrl-C is for the pager, which is read on in.
	const stay = () => {};
	process.on("SIGINT", stay);
	try {
		await start(repository, [...DIFF, from, to, "--"], "inherit");
	} finally {
		process.off("SIGINT", stay);
	}
	return true;
}

/** In the terminal's foreground, unlike every other git. */
function start({ root }: RepositoryPaths, args: readonly string[], stdout: "pipe" | "inherit") {
	const own = Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_") || name === "GIT_PAGER");
	const { LC_ALL: _, ...ours } = environment();
	return configured({
		cwd: root,
		env: { ...ours, ...Object.fromEntries(own) },
		stdio: ["inherit", stdout, "inherit"],
		spawn: withoutShell(findProgram("git"), [...OPTIONS, ...args]),
		shell: true,
		quote: String,
		quiet: true,
		nothrow: true,
	})`git`;
}
