import process from "node:process";
import type { Selection } from "../../engine/select.ts";
import { isPerIssue } from "../../engine/task.ts";
import type { RunRequest } from "../arguments.ts";
import type { Surroundings } from "../surroundings.ts";
import { notesView, quietView } from "./notes-view.ts";
import { canDraw } from "./terminal.ts";
import type { View } from "./view.ts";

/** Issues at once that a screen has room for with all their tasks. */
const MOST_IN_FULL = 3;

/** The view that fits what progress is written to: a live list, plain lines, GitHub's log, or nothing. */
export async function chooseView(
	request: RunRequest,
	{ stderr, env, say, github }: Surroundings,
	selection: Selection,
): Promise<View> {
	const write = (text: string): void => {
		// What an agent does in one breath goes out in one: a call of the system for every line is most of what a line costs.
		stderr.cork();
		stderr.write(text);
		process.nextTick(() => stderr.uncork());
	};
	if (request.quiet) return quietView(write);
	const { tasks } = selection;
	if (tasks.every(({ scope }) => scope === "run")) return notesView(write, say, request.verbose);
	if (github) {
		const { githubView } = await import("./github-view.ts");
		return githubView(write, github, say, { verbose: request.verbose, oneByOne: request.jobs === 1, tasks });
	}
	if (canDraw(stderr, env) && !request.verbose && tasks.some(isPerIssue)) {
		// Loaded only here: most commands draw nothing, and it takes as long to load as they take to run.
		const { liveView } = await import("./live-view.ts");
		return liveView(stderr, say, tasks, request.jobs, request.jobs > MOST_IN_FULL);
	}
	const { plainView } = await import("./plain-view.ts");
	return plainView(write, say, request.verbose, tasks, () => new Date());
}
