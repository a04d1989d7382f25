import type { RunRequest } from "../request.ts";
import { shellWord } from "../words/format.ts";
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

/** What was typed that changes what an agent is given, without one option: as true for one issue as for all. */
export function wordsForAgents(request: RunRequest, without: string | undefined): readonly string[] {
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
