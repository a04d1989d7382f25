import { given } from "../contract/given.ts";
import { findMistakes, type Mistake } from "../engine/mistakes.ts";
import { PACKAGE_ROOT } from "../system/package-root.ts";
import { directoryIn, type Request, readArguments } from "./arguments.ts";
import type { Invocation } from "./invocation.ts";
import type { Orchfile } from "./orchfile.ts";
import type { Start } from "./surroundings.ts";
import { tellFailure } from "./tell-failure.ts";
import { columnsOf } from "./views/terminal.ts";
import { gitAt, revisionOf, shellWord } from "./words/format.ts";
import { type Names, type Say, sayWith } from "./words/say.ts";
import type { Width } from "./words/table-layout.ts";

// What a command does not need is not loaded for it: that would take longer than most commands take.

/**
 * Does what a program was started for: the whole of it but its process.
 * @param name the orchfile's, without its folder.
 * @param found what is wrong with the orchfile beside its graph.
 * @returns the exit code.
 */
export async function runProgram(
	graph: Orchfile,
	name: string,
	{ command, extras, orchfile }: Invocation,
	start: Start,
	found: readonly Mistake[] = [],
): Promise<number> {
	const { args, env, stdout } = start;
	const width = columnsOf(stdout, env);
	let directory = start.cwd;
	const place = () => directory;
	const mistakes = [...found, ...findMistakes(graph)];
	const say = sayAs(command, start, place, mistakes.length > 0 ? AS_WRITTEN : namesIn(graph));
	return tellFailure(start, say, place, async () => {
		if (args[0] === "complete" && args[1] === "--") {
			if (mistakes.length > 0) return 0;
			await (await import("./shell/complete-words.ts")).completeWords(graph, args.slice(2));
			return 0;
		}
		if (mistakes.length > 0) throw (await import("./orchfile-mistakes.ts")).graphFailure(mistakes, orchfile);
		const { request, subject } = await read(graph, args, command, orchfile);
		switch (request.kind) {
			case "help":
				stdout.write(`${await help(graph, request, args, say, width)}\n`);
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
					`${request.json ? JSON.stringify(taskListAsJson(graph), undefined, "\t") : taskList(graph, looksOf(graph), say, width)}\n`,
				);
				return 0;
			}
			case "run":
				directory = request.options.directory;
				return (await import("./run.ts")).run(
					graph,
					{ ...request, options: { ...request.options, ...given({ subject }) } },
					{ ...start, say, extras, ...given({ orchfile }) },
				);
		}
	});
}

async function help(
	graph: Orchfile,
	{ text, task }: { readonly text: string; readonly task?: string },
	args: readonly string[],
	say: Say,
	width: Width,
): Promise<string> {
	if (task === undefined)
		return (await import("./words/general-help.ts")).generalHelp(text, namesIn(graph).goal, say, width);
	return (await import("./help.ts")).helpText(graph, text, task, args, say, width);
}

/** Reads the arguments, by the settings of the orchfile. The usual ones go without saying, and without what checks them. */
async function read(
	{ layout, defaults, commit }: Orchfile,
	args: readonly string[],
	command: string,
	orchfile: string | undefined,
): Promise<{ readonly request: Request; readonly subject: string | undefined }> {
	try {
		const subject =
			commit === undefined ? undefined : (await import("../contract/commit-subject.ts")).readCommitSubject(commit);
		const own = layout === undefined ? undefined : (await import("../backlog/read-layout.ts")).readLayout(layout);
		return { request: readArguments(args, command, PACKAGE_ROOT, defaults, own), subject };
	} catch (thrown) {
		throw (await import("./orchfile-mistakes.ts")).withLines(thrown, orchfile);
	}
}

/** What the orchfile calls its first goal and the task that saves; a run says which goal it is about. */
function namesIn({ goals, tasks }: Orchfile): Names {
	const goal = Object.keys(goals)[0] ?? tasks.find(({ scope }) => scope === "issue")?.name ?? "";
	return { goal, save: tasks.find(({ role }) => role === "save")?.name ?? goal };
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
		{
			git: (words) => `${gitAt(directory(), cwd)} ${words}`,
			revision: (name) => shellWord(revisionOf(name, directory())),
		},
		names,
	);
}
