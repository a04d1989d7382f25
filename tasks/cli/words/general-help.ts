import type { Say } from "./say.ts";
import type { Width } from "./table-layout.ts";
import { wrap } from "./wrap.ts";

/**
 * The help's last lines: where the tasks are, and what is true of every option.
 * @param goal one that there is help about.
 */
export function generalHelp(text: string, goal: string, say: Say, width?: Width): string {
	return [
		text.trimEnd(),
		[
			wrap(
				"A target is a milestone, by its full name or what stands before its first - or _, or the id of an issue.",
				width,
			),
			wrap(
				"Options have variables (ORCH_JOBS=2), but --all, --rehearse and those of Clean, Documents, Integrate, Other.",
				width,
			),
			`The tasks: ${say("--list")}`,
			`About one of them: ${say(`help ${goal}`)}`,
		].join("\n"),
	].join("\n\n");
}

/** The help about `init`, which is no task: it is there before there is an orchfile. */
export function initHelp(say: Say): string {
	return [
		"init: write an orchfile that reads the backlog that is there, and checks it; a milestone with one issue where there is none. What stands is left as it is",
		`Usage: ${say("init [milestone] [options]")}`,
		[
			"Options:",
			"  --project <name>       the folder below docs/projects",
			"  --issue <id>           the id of the first issue",
			"  --family <name>        the form of the backlog to take, where there are several; none for a sample",
			"  -y, --yes              ask nothing; so it is where there is no terminal",
			"  -n, --dry-run          write nothing",
			"  -C, --directory <dir>  the repository at this folder",
			"  --json                 print the result as JSON",
		].join("\n"),
		["Examples:", `  ${say("init")}`, `  ${say("init M1 --project web --issue WEB-1")}`].join("\n"),
	].join("\n\n");
}
