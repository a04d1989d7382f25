import { basename } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { readLayout } from "../backlog/read-layout.ts";
import { PACKAGE_ROOT } from "../system/package-root.ts";
import { directoryIn, readArguments } from "./arguments.ts";
import { findInvocation } from "./invocation.ts";
import type { Orchfile } from "./orchfile.ts";
import { ownSurroundings } from "./surroundings.ts";
import { tellFailure } from "./tell-failure.ts";
import { gitAt, shellWord } from "./words/format.ts";
import { generalHelp } from "./words/general-help.ts";
import { type Say, withNames } from "./words/say.ts";

// What a command does not need is not loaded for it: that would take longer than most commands take.

/**
 * The command line of an orchfile: reads the arguments, does what they ask for and sets the exit code.
 * Does nothing when the orchfile is imported by another module.
 * @param url `import.meta.url` of the orchfile.
 */
export async function main(graph: Orchfile, url: string): Promise<void> {
	const orchfile = fileURLToPath(url);
	const invocation = findInvocation(orchfile);
	if (!invocation) return;
	const { command, extras } = invocation;
	const args = process.argv.slice(2);
	let directory = process.cwd();
	const place = () => directory;
	const say = sayAs(command, args, place);
	if (args[0] === "complete" && args[1] === "--") {
		return (await import("./shell/answer-shell.ts")).answerShell(graph, args.slice(2));
	}
	await tellFailure(args, say, place, async () => {
		const request = readArguments(args, command, PACKAGE_ROOT, graph.defaults, readLayout(graph.layout));
		switch (request.kind) {
			case "help":
				process.stdout.write(`${await help(graph, request, args, say)}\n`);
				return;
			case "completion":
				process.stdout.write(
					(await import("./shell/completion-script.ts")).completionScript(request.shell, basename(orchfile), say),
				);
				return;
			case "version":
				process.stdout.write(`${await (await import("./versions.ts")).versions(PACKAGE_ROOT, request.codex, say)}\n`);
				return;
			case "list": {
				const { taskList, taskListAsJson } = await import("./words/listing.ts");
				const { LOOKS } = await import("./looks.ts");
				process.stdout.write(
					`${request.json ? JSON.stringify(taskListAsJson(graph), undefined, "\t") : taskList(graph, LOOKS, say)}\n`,
				);
				return;
			}
			case "run":
				directory = request.options.directory;
				process.exitCode = await (await import("./run.ts")).run(graph, request, ownSurroundings(say, extras));
		}
	});
}

async function help(
	graph: Orchfile,
	{ text, task }: { readonly text: string; readonly task?: string },
	args: readonly string[],
	say: Say,
): Promise<string> {
	if (task === undefined) return generalHelp(text, say);
	return (await import("./help.ts")).helpText(graph, text, task, args, say);
}

/** Says commands with the folder as it was typed: they have to work from the same place. */
export function sayAs(command: string, args: readonly string[], directory: () => string): Say {
	const typed = directoryIn(args);
	const around = typed === undefined ? command : `${command} -C ${shellWord(typed)}`;
	const inFolder = (words: string) => [around, words].filter(Boolean).join(" ");
	return withNames(
		Object.assign(inFolder, { git: (words: string) => `${gitAt(directory(), process.cwd())} ${words}` }),
	);
}
