import { Failure, type Problem } from "../contract/problem.ts";
import { Output } from "./output.ts";
import type { Start } from "./surroundings.ts";
import { topOf } from "./words/format.ts";
import type { Say } from "./words/say.ts";

/** What a task of the orchfile's own has done, once it was started. */
const OF_TASKS: readonly string[] = ["task-threw", "task-answer"] satisfies Problem["kind"][];

/**
 * Does what the command line asks for; what goes wrong is told.
 * @param directory the folder that it is about.
 * @returns the exit code: the action's own, or 2 for a failure, 1 for a defect and for what a task of the orchfile's own has thrown; 1 at least where what
 * was said could not be written.
 */
export async function tellFailure(
	start: Start,
	say: Say,
	directory: () => string,
	action: () => Promise<number>,
): Promise<number> {
	const { stdout, stderr } = start;
	const outputs = [new Output(stdout, "standard output"), new Output(stderr, "standard error")];
	const exitCode = await codeOf(start, say, directory, action);
	const [lost] = (await Promise.all(outputs.map((each) => each.findLost()))).filter((each) => each !== undefined);
	if (!lost) return exitCode;
	// Where the one is full, the other may not be; of what a program reads, a sentence would make something else.
	const other = lost.stream === "standard error" ? stdout : stderr;
	if (other === stderr || !isJson(start)) {
		const { paragraphOf } = await import("./words/problem-words.ts");
		other.write(`${paragraphOf(lost, say)}\n`);
	}
	return exitCode || 1;
}

function isJson({ args, env }: Start): boolean {
	return args.includes("--json") || /^(?:1|true|yes|on)$/i.test(env.ORCH_JSON ?? "");
}

async function codeOf(start: Start, say: Say, directory: () => string, action: () => Promise<number>): Promise<number> {
	const { args, cwd, env, stdout, stderr } = start;
	try {
		return await action();
	} catch (thrown) {
		const { errorAnnotations } = await import("./reports/annotations.ts");
		const { annotate, findGithub, inertJson } = await import("./reports/github.ts");
		const { problemsAsJson } = await import("./words/report-json.ts");
		const { problemsOf } = await import("./words/summary.ts");
		const error = thrown instanceof Error ? thrown : new Error(String(thrown));
		const github = findGithub(env, cwd, (text) => stderr.write(text));
		if (github) annotate(errorAnnotations(error, say), topOf(directory()), github);
		else for (const paragraph of problemsOf(error, say)) stderr.write(`${paragraph}\n`);
		if (args.includes("--verbose") && error.cause instanceof Error) stderr.write(`${error.cause.stack}\n`);
		const exitCode = exitCodeOf(error);
		if (isJson(start)) {
			stdout.write(
				`${inertJson(JSON.stringify({ exitCode, problems: problemsAsJson(error, say) }, undefined, "\t"))}\n`,
			);
		}
		return exitCode;
	}
}

/** The exit code of a command that ended with an error. */
export function exitCodeOf(error: Error): number {
	return error instanceof Failure && error.problems.every(({ kind }) => !OF_TASKS.includes(kind)) ? 2 : 1;
}
