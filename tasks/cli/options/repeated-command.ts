import type { RunRequest } from "../request.ts";
import { shellWord } from "../words/format.ts";
import { type Names, type Say, sayWith } from "../words/say.ts";
import { nameOf, type OptionRow, shortOf } from "./option-row.ts";
import { OPTION_ROWS } from "./option-rows.ts";

/**
 * The words after the program's name that ask for the same run again, with every option that shaped it.
 * @param how "for real": of a rehearsal, the run that it rehearsed.
 */
export function repeatedCommand(request: RunRequest, how: "alike" | "for real" = "alike"): string {
	const { target } = request.options;
	const words = OPTION_ROWS.flatMap((row) => wordsOf(row, request, how));
	return [request.task, ...(target === undefined ? [] : [shellWord(target)]), ...words].join(" ");
}

/** A command that is suggested starts from the same base as the run that suggests it, and brings up to date for its goal. */
export function sayHere(say: Say, names: Names, request: RunRequest): Say {
	const { base } = request.options;
	const keeps = (words: string) => base === undefined || /^(?:-|discover)/.test(words) || words.includes("--base ");
	const withBase = (words: string) => say(keeps(words) ? words : `${words} --base ${shellWord(base ?? "")}`);
	return sayWith(withBase, say, names, (without) => [
		...wordsForAgents(request, without),
		...(request.options.rehearse ? ["--rehearse"] : []),
	]);
}

/** What was typed that changes what an agent is given, without one option: as true for one issue as for all. */
function wordsForAgents(request: RunRequest, without: string | undefined): readonly string[] {
	return OPTION_ROWS.filter((row) => row.forAgents && nameOf(row) !== without).flatMap((row) =>
		wordsOf(row, request, "alike"),
	);
}

function wordsOf(row: OptionRow, request: RunRequest, how: "alike" | "for real"): readonly string[] {
	const typed = request.typed[nameOf(row)];
	switch (row.again) {
		case "typed":
			return typed ? said(row, typed) : [];
		case "set": {
			const value = row.options ? request.options[row.options] : row.run && request[row.run];
			return value === undefined ? [] : said(row, [String(value)]);
		}
		case "typed, unless for real":
			return typed && how === "alike" ? said(row, typed) : [];
		default:
			return [];
	}
}

function said(row: OptionRow, values: readonly string[]): readonly string[] {
	const flag = shortOf(row) ?? `--${nameOf(row)}`;
	if (row.alone !== undefined)
		return values.map((value) => (value === row.alone ? flag : `${flag}=${shellWord(value)}`));
	return values.length === 0 ? [flag] : values.flatMap((value) => [flag, shellWord(value)]);
}
