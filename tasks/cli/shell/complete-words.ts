import { readLayout } from "../../backlog/read-layout.ts";
import type { RunOptions } from "../../contract/options.ts";
import { branchTips } from "../../repo/branch.ts";
import { openRepository } from "../../repo/repository.ts";
import { PACKAGE_ROOT } from "../../system/package-root.ts";
import { readArguments } from "../arguments.ts";
import type { Orchfile } from "../orchfile.ts";
import { type BacklogNames, NO_NAMES, readBacklogNames } from "./backlog-names.ts";
import { unquoted } from "./shell-words.ts";

/** Completes the last of the words that are typed. Says nothing when it can't: whoever types is no reader of messages. */
export async function completeWords(graph: Orchfile, typed: readonly string[]): Promise<void> {
	try {
		// Loaded only here: nothing else needs the library.
		const { complete, optionGiven } = await import("./completion.ts");
		const words = typed.map((word) => unquoted(word) ?? word);
		const given = optionGiven(words);
		const isTarget = given === undefined && words.length > 1 && !words.at(-1)?.startsWith("-");
		const isName = isTarget || given?.completes === "issues" || given?.completes === "projects";
		complete(words, {
			graph,
			names: isName ? await namesFor(graph, words.slice(0, -1)) : NO_NAMES,
			branches: given?.completes === "branches" ? await branchesFor(graph, words.slice(0, -1)) : [],
			variables: given?.completes === "variables" ? Object.keys(process.env) : [],
		});
	} catch {
		// Nothing is offered.
	}
}

/** The names in the backlog that these words are about. */
export async function namesFor(graph: Orchfile, words: readonly string[]): Promise<BacklogNames> {
	const options = runOptions(graph, words);
	return options ? readBacklogNames(graph, options) : NO_NAMES;
}

async function branchesFor(graph: Orchfile, words: readonly string[]): Promise<readonly string[]> {
	const { directory } = runOptions(graph, words) ?? { directory: process.cwd() };
	return [...(await branchTips(await openRepository(directory), "")).keys()];
}

/** The repository and project that are named, whatever else is wrong with the words. */
function runOptions(graph: Orchfile, words: readonly string[]): RunOptions | undefined {
	const named = [optionValue(words, "-C", "--directory"), optionValue(words, undefined, "--project")];
	try {
		const flags = named.flatMap((value, at) =>
			value === undefined ? [] : [`--${at === 0 ? "directory" : "project"}=${value}`],
		);
		const request = readArguments(["discover", ...flags], "", PACKAGE_ROOT, {}, readLayout(graph.layout));
		return request.kind === "run" ? request.options : undefined;
	} catch {
		return undefined;
	}
}

/** The value of an option as it was typed. */
function optionValue(words: readonly string[], short: string | undefined, long: string): string | undefined {
	for (const [at, word] of words.entries()) {
		if (word === short || word === long) return words[at + 1];
		if (word.startsWith(`${long}=`)) return word.slice(long.length + 1);
		if (short && word.startsWith(short)) return word.slice(short.length);
	}
	return undefined;
}
