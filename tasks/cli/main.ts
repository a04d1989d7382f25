import { basename } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { readLayout } from "../backlog/read-layout.ts";
import { PACKAGE_ROOT } from "../system/package-root.ts";
import { directoryIn, readArguments } from "./arguments.ts";
import { findInvocation, type Invocation } from "./invocation.ts";
import type { Orchfile } from "./orchfile.ts";
import { namesOf } from "./roles.ts";
import { ownStart, type Start } from "./surroundings.ts";
import { tellFailure } from "./tell-failure.ts";
import { gitAt, shellWord } from "./words/format.ts";
import { generalHelp } from "./words/general-help.ts";
import { type Names, type Say, sayWith } from "./words/say.ts";

// What a command does not need is not loaded for it: that would take longer than most commands take.

/**
 * The command line of an orchfile: reads the arguments, does what they ask for and sets the exit code.
 * Does nothing when the orchfile is imported by another module.
 * @param url `import.meta.url` of the orchfile.
 */
export async function main(graph: Orchfile, url: string): Promise<void> {
	const orchfile = fileURLToPath(url);
	const invocation = findInvocation(orchfile);
	if (invocation) process.exitCode = await runProgram(graph, basename(orchfile), invocation, ownStart());
}

/**
 * Does what a program was started for: the whole of it but its process.
 * @param name the orchfile's, without its folder.
 * @returns the exit code.
 */
export async function runProgram(
	graph: Orchfile,
	name: string,
	{ command, extras }: Invocation,
	start: Start,
): Promise<number> {
	const { args, stdout } = start;
	let directory = start.cwd;
	const place = () => directory;
	const say = sayAs(command, start, place, namesOf(graph));
	if (args[0] === "complete" && args[1] === "--") {
		await (await import("./shell/answer-shell.ts")).answerShell(graph, args.slice(2));
		return 0;
	}
	return tellFailure(start, say, place, async () => {
		const request = readArguments(args, command, PACKAGE_ROOT, graph.defaults, readLayout(graph.layout));
		switch (request.kind) {
			case "help":
				stdout.write(`${await help(graph, request, args, say)}\n`);
				return 0;
			case "completion":
				stdout.write((await import("./shell/completion-script.ts")).completionScript(request.shell, name, say));
				return 0;
			case "version":
				stdout.write(`${await (await import("./versions.ts")).versions(PACKAGE_ROOT, request.codex, say)}\n`);
				return 0;
			case "list": {
				const { taskList, taskListAsJson } = await import("./words/listing.ts");
				const { looksOf } = await import("./find.ts");
				stdout.write(
					`${request.json ? JSON.stringify(taskListAsJson(graph), undefined, "\t") : taskList(graph, looksOf(graph), say)}\n`,
				);
				return 0;
			}
			case "run":
				directory = request.options.directory;
				return (await import("./run.ts")).run(graph, request, { ...start, say, extras });
		}
	});
}

async function help(
	graph: Orchfile,
	{ text, task }: { readonly text: string; readonly task?: string },
	args: readonly string[],
	say: Say,
): Promise<string> {
	if (task === undefined) return generalHelp(text, namesOf(graph).goal, say);
	return (await import("./help.ts")).helpText(graph, text, task, args, say);
}

/** What the orchfile calls its commands that `init` writes. */
const AS_WRITTEN: Names = { goal: "dev", save: "persist" };

/** Says commands with the folder as it was typed: they have to work from the same place. */
export function sayAs(
	command: string,
	{ args, cwd }: Pick<Start, "args" | "cwd">,
	directory: () => string,
	names = AS_WRITTEN,
): Say {
	const typed = directoryIn(args);
	const around = typed === undefined ? command : `${command} -C ${shellWord(typed)}`;
	return sayWith(
		(words) => [around, words].filter(Boolean).join(" "),
		(words) => `${gitAt(directory(), cwd)} ${words}`,
		names,
	);
}
