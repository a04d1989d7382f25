import { Failure } from "../contract/problem.ts";
import type { Start } from "./surroundings.ts";
import { topOf } from "./words/format.ts";
import type { Say } from "./words/say.ts";

/**
 * Does what the command line asks for; what goes wrong is told.
 * @param directory the folder that it is about.
 * @returns the exit code: the action's own, or 2 for a failure and 1 for a defect.
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
		if (args.includes("--json") || /^(?:1|true|yes|on)$/i.test(env.ORCH_JSON ?? "")) {
			stdout.write(
				`${inertJson(JSON.stringify({ exitCode: 2, problems: problemsAsJson(error, say) }, undefined, "\t"))}\n`,
			);
		}
		return error instanceof Failure ? 2 : 1;
	}
}
