import type { Say } from "./say.ts";

/** The help's last lines: where the tasks are, and what is true of every option. */
export function generalHelp(text: string, say: Say): string {
	return [
		text.trimEnd(),
		[
			"A target is a milestone, by its full name or what stands before its first - or _, or the id of an issue.",
			"An option, other than --rehearse and those under Clean and Other, has a variable: ORCH_MAX_TOKENS=5M.",
			`The tasks: ${say("--list")}`,
			`About one of them: ${say("help dev")}`,
		].join("\n"),
	].join("\n\n");
}
