import { resolve } from "node:path";
import { absolutePath } from "../system/find-program.ts";
import { homeFolder } from "../system/home-folder.ts";
import { RUN_VARIABLE, THIS_RUN } from "../system/this-run.ts";

/**
 * What git needs of the environment: where the user's configuration is and what it says, whose commits are made, and what
 * signing and time zones ask for. Nothing that names another repository, and no date, which all commits of a night would have.
 */
const PASSED_ON =
	/^(?:HOME|XDG_CONFIG_HOME|GIT_CONFIG_(?:GLOBAL|SYSTEM|NOSYSTEM|PARAMETERS|COUNT|(?:KEY|VALUE)_\d+)|GIT_ATTR_NOSYSTEM|GIT_(?:AUTHOR|COMMITTER)_(?:NAME|EMAIL)|EMAIL|GNUPGHOME|GPG_TTY|SSH_AUTH_SOCK|TMPDIR|TZ|USER|LOGNAME)$/;

/** Those of them that git reads as a path from its own working directory, which is not where the user has set them. */
const PATHS = new Set(["GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "TMPDIR"]);

/** What names another repository than the one that git is run in. */
const ELSEWHERE =
	/^GIT_(?:DIR|WORK_TREE|INDEX_FILE|COMMON_DIR|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|NAMESPACE|PREFIX|(?:LITERAL|GLOB|NOGLOB|ICASE)_PATHSPECS)$/;

/** The variables of one git. @param asPerson for one that does what a person has asked for in so many words. */
export function environment(asPerson = false): Record<string, string> {
	if (asPerson) return personsOwn();
	// In a hook of a commit, git has set this, and the author is that commit's, who may be somebody else.
	const isHook = process.env.GIT_INDEX_FILE !== undefined;
	const passed = Object.entries(process.env).flatMap(([name, value]) => {
		if (value === undefined || !PASSED_ON.test(name) || (isHook && name.startsWith("GIT_AUTHOR_"))) return [];
		return [[name, PATHS.has(name) && value !== "" ? resolve(value) : value] as const];
	});
	return {
		HOME: homeFolder(),
		...Object.fromEntries(passed),
		PATH: absolutePath(),
		LC_ALL: "C",
		GIT_TERMINAL_PROMPT: "0",
		GIT_OPTIONAL_LOCKS: "0",
		// No option of the command line has a say in what git traces, and a trace would stand among its warnings.
		GIT_TRACE2: "0",
		GIT_TRACE2_EVENT: "0",
		GIT_TRACE2_PERF: "0",
		// An editor that opens would wait for ever.
		GIT_EDITOR: "false",
		[RUN_VARIABLE]: THIS_RUN.nonce,
	};
}

/** Everything that a person's shell has; git's own words are English all the same, in an encoding that hooks can read files in. */
function personsOwn(): Record<string, string> {
	const kept = Object.entries(process.env).flatMap(([name, value]) =>
		value === undefined || ELSEWHERE.test(name) ? [] : [[name, value] as const],
	);
	return { ...Object.fromEntries(kept), LC_ALL: "C.UTF-8", LANGUAGE: "C" };
}
