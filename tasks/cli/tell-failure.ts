import process from "node:process";
import { Failure } from "../contract/problem.ts";
import { topOf } from "./words/format.ts";
import type { Say } from "./words/say.ts";

/**
 * Does what the command line asks for; what goes wrong is told, and sets the exit code.
 * @param directory the folder that it is about.
 */
export async function tellFailure(
	args: readonly string[],
	say: Say,
	directory: () => string,
	action: () => Promise<void>,
): Promise<void> {
	// A reader that has seen enough (`| head`) is no reason to stop a night's run.
	for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
	try {
		await action();
	} catch (thrown) {
		const { errorAnnotations } = await import("./reports/annotations.ts");
		const { annotate, findGithub, inertJson } = await import("./reports/github.ts");
		const { problemsAsJson, problemsOf } = await import("./words/summary.ts");
		const error = thrown instanceof Error ? thrown : new Error(String(thrown));
		const github = findGithub(process.env, process.cwd(), (text) => process.stderr.write(text));
		if (github) annotate(errorAnnotations(error, say), topOf(directory()), github);
		else for (const paragraph of problemsOf(error, say)) process.stderr.write(`${paragraph}\n`);
		if (args.includes("--json") || /^(?:1|true|yes|on)$/i.test(process.env.ORCH_JSON ?? "")) {
			process.stdout.write(
				`${inertJson(JSON.stringify({ exitCode: 2, problems: problemsAsJson(error, say) }, undefined, "\t"))}\n`,
			);
		}
		process.exitCode = error instanceof Failure ? 2 : 1;
	}
}
