import { realpathSync } from "node:fs";
import { relative } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { Failure } from "../contract/problem.ts";
import type { Graph } from "../engine/graph.ts";
import { PACKAGE_ROOT } from "../store/package-root.ts";
import { readArguments } from "./arguments.ts";
import { gitAt, shellWord } from "./format.ts";
import { taskList, taskListAsJson } from "./listing.ts";
import { run } from "./run.ts";
import type { Say } from "./say.ts";
import { problemsAsJson, problemsOf } from "./summary.ts";
import { versions } from "./versions.ts";

/**
 * The command line of an orchfile: reads the arguments, does what they ask for and sets the exit code.
 * Does nothing when the orchfile is imported by another module.
 * @param url `import.meta.url` of the orchfile.
 */
export async function main(graph: Graph, url: string): Promise<void> {
	const orchfile = fileURLToPath(url);
	if (!process.argv[1] || realpathSync(process.argv[1]) !== realpathSync(orchfile)) return;
	const args = process.argv.slice(2);
	const command = `npx tsx ${shellWord(relative(process.cwd(), process.argv[1]) || process.argv[1])}`;
	let directory = process.cwd();
	const say: Say = Object.assign((words: string) => [command, directoryOf(args), words].filter(Boolean).join(" "), {
		git: (words: string) => `${gitAt(directory, process.cwd())} ${words}`,
	});
	// A reader that has seen enough (`| head`) is no reason to stop a night's run.
	for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
	try {
		const request = readArguments(args, command, PACKAGE_ROOT, graph.defaults);
		switch (request.kind) {
			case "help":
				process.stdout.write(request.text);
				return;
			case "version":
				process.stdout.write(`${await versions(PACKAGE_ROOT, request.codex, say)}\n`);
				return;
			case "list":
				process.stdout.write(
					`${request.json ? JSON.stringify(taskListAsJson(graph), undefined, "\t") : taskList(graph, say)}\n`,
				);
				return;
			case "run":
				directory = request.options.directory;
				process.exitCode = await run(graph, request, {
					stdout: process.stdout,
					stderr: process.stderr,
					stdin: process.stdin,
					env: process.env,
					cwd: process.cwd(),
					say,
				});
		}
	} catch (thrown) {
		const error = thrown instanceof Error ? thrown : new Error(String(thrown));
		for (const paragraph of problemsOf(error, say)) process.stderr.write(`${paragraph}\n`);
		if (args.includes("--json") || /^(?:1|true|yes|on)$/i.test(process.env.ORCH_JSON ?? "")) {
			process.stdout.write(
				`${JSON.stringify({ exitCode: 2, problems: problemsAsJson(error, say) }, undefined, "\t")}\n`,
			);
		}
		process.exitCode = error instanceof Failure ? 2 : 1;
	}
}

/** The folder as it was typed: a command that is suggested has to work from the same place. */
function directoryOf(args: readonly string[]): string {
	for (const [at, arg] of args.entries()) {
		const glued = /^(?:-C|--directory=)(.+)$/.exec(arg)?.[1];
		const value = glued ?? (arg === "-C" || arg === "--directory" ? args[at + 1] : undefined);
		if (value !== undefined) return `-C ${shellWord(value)}`;
	}
	return "";
}
