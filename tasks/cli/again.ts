import type { RunRequest } from "./arguments.ts";
import { shellWord } from "./words/format.ts";

/** The words after the program's name that ask for the same run again. */
export function againWords({ task, options, jobs, failFast }: RunRequest, how: "alike" | "for real" = "alike"): string {
	const rehearse = how === "alike" ? options.rehearse : undefined;
	return [
		task,
		...(options.target === undefined ? [] : [shellWord(options.target)]),
		...(options.issue === undefined ? [] : ["--issue", shellWord(options.issue)]),
		...(options.project === undefined ? [] : ["--project", shellWord(options.project)]),
		...(options.base === undefined ? [] : ["--base", shellWord(options.base)]),
		...(options.network ? ["--network"] : []),
		...(options.env ?? []).flatMap((name) => ["--env", name]),
		...(options.gitAccess ? ["--git-access"] : []),
		...(options.codex === undefined ? [] : ["--codex", shellWord(options.codex)]),
		...(jobs === 1 ? [] : ["-j", String(jobs)]),
		...(rehearse === undefined ? [] : [rehearse === "pass" ? "--rehearse" : `--rehearse=${rehearse}`]),
		...(failFast ? ["-S"] : []),
	].join(" ");
}
