import { Failure, type Problem } from "../contract/problem.ts";
import type { Start } from "./surroundings.ts";
import { topOf } from "./words/format.ts";
import type { Say } from "./words/say.ts";

/** What a task of the orchfile's own has done, once it was started. */
const OF_TASKS: readonly string[] = ["task-threw", "task-answer"] satisfies Problem["kind"][];

/**
 * Does what the command line asks for; what goes wrong is told.
 * @param directory the folder that it is about.
 * @returns the exit code: the action's own, or 2 for a failure, 1 for a defect and for what a task of the orchfile's own has thrown.
 */
export async function tellFailure(
	{ args, cwd, env, stdout, stderr }: Start,
	say: Say,
	directory: () => string,
	action: () => Promise<number>,
): Promise<number> {
	// A reader that has seen enough (`| head`) is no reason to stop a night's run.
	for (const stream of [stdout, stderr]) stream.on("error", () => {});
	try {
		return await action();
	} catch (thrown) {
		const { errorAnnotations } = await import("./reports/annotations.ts");
		const { annotate, findGithub, inertJson } = await import("./reports/github.ts");
		const { problemsAsJson, problemsOf } = await import("./words/summary.ts");
		const error = thrown instanceof Error ? thrown : new Error(String(thrown));
		const github = findGithub(env, cwd, (text) => stderr.write(text));
		if (github) annotate(errorAnnotations(error, say), topOf(directory()), github);
		else for (const paragraph of problemsOf(error, say)) stderr.write(`${paragraph}\n`);
		if (args.includes("--verbose") && error.cause instanceof Error) stderr.write(`${error.cause.stack}\n`);
		const isTold = error instanceof Failure && error.problems.every(({ kind }) => !OF_TASKS.includes(kind));
		const exitCode = isTold ? 2 : 1;
		if (args.includes("--json") || /^(?:1|true|yes|on)$/i.test(env.ORCH_JSON ?? "")) {
			stdout.write(
				`${inertJson(JSON.stringify({ exitCode, problems: problemsAsJson(error, say) }, undefined, "\t"))}\n`,
			);
		}
		return exitCode;
	}
}
