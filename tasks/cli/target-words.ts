import type { RunRequest } from "./request.ts";
import { shellWord } from "./words/format.ts";

/**
 * True where it was said which issues a run is about: by a target, or by having typed that all of them are, or all of a project. A
 * variable says it for whatever is typed, and so for nothing that may cost money.
 */
export function isTargeted({ options, typed }: RunRequest): boolean {
	return options.target !== undefined || options.all === true || typed.project !== undefined;
}

/** The issues that a run is about, as a heading has them and what says the goal takes them: a milestone, an issue, `--all`, `--project p`. */
export function aboutOf(request: Pick<RunRequest, "options">): string {
	return request.options.target ?? targetWords(request).trim();
}

/** What was typed of the issues that a run is about, as it is typed again. */
export function targetWords({ options: { target, all, project } }: Pick<RunRequest, "options">): string {
	const words = [
		...(target === undefined ? [] : [shellWord(target)]),
		...(all === true ? ["--all"] : []),
		...(project === undefined ? [] : ["--project", shellWord(project)]),
	];
	return words.map((word) => ` ${word}`).join("");
}
