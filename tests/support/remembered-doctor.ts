import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { examineCodex as ask } from "../../tasks/runner/codex/doctor.ts";
import { codexHome } from "../../tasks/runner/codex/secret-files.ts";
import type { CheckRequest, RunnerHealth } from "../../tasks/runner/runner.ts";

export { placesOf } from "../../tasks/runner/codex/doctor.ts";

// Stands in the bundle of `program.ts` where the runner imports its doctor: in every world Codex says the same to the same
// configuration, and to ask it and its sandbox takes longer than all else that a run without a turn does.

const answers = new Map<string, RunnerHealth>();
let isRemembering = false;

/** Whether the next run may be told what Codex has answered to another one. */
export function rememberAnswers(may: boolean): void {
	isRemembering = may;
}

/** Asks Codex itself, unless it has found nothing wrong with a home that is like this one. */
export async function examineCodex(request: CheckRequest, signal: AbortSignal): Promise<RunnerHealth> {
	if (!isRemembering || request.program !== undefined) return ask(request, signal);
	const about = homeNow();
	const known = answers.get(about);
	if (known) return known;
	const answer = await ask(request, signal);
	if (Object.values(answer.problems).every((found) => found.length === 0)) answers.set(about, answer);
	return answer;
}

/** What Codex and its sandbox go by, without the port that is another one in each world. */
function homeNow(): string {
	const read = (folder: string) => {
		try {
			return readdirSync(folder).sort();
		} catch {
			return [];
		}
	};
	const names = [read(codexHome()), read(process.env.HOME ?? "")];
	const configuration = readFileSync(join(codexHome(), "config.toml"), "utf8").replace(
		/127\.0\.0\.1:\d+/g,
		"127.0.0.1",
	);
	const variables = Object.keys(process.env).filter((name) => !name.startsWith("GIT_"));
	return JSON.stringify([names, configuration, variables.sort()]);
}
