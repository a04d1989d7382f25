import { readLayout } from "../backlog/read-layout.ts";
import { PACKAGE_ROOT } from "../system/package-root.ts";
import { readArguments } from "./arguments.ts";
import type { Invocation } from "./invocation.ts";
import type { Orchfile } from "./orchfile.ts";
import { namesOf } from "./roles.ts";
import { sayAs } from "./say-as.ts";
import type { Start } from "./surroundings.ts";
import { tellFailure } from "./tell-failure.ts";
import { generalHelp } from "./words/general-help.ts";
import type { Say } from "./words/say.ts";

// What a command does not need is not loaded for it: that would take longer than most commands take.

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
		await (await import("./shell/complete-words.ts")).completeWords(graph, args.slice(2));
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
