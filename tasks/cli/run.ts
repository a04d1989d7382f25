import { setFlagsFromString } from "node:v8";
import type { Graph } from "../engine/graph.ts";
import type { RunRequest } from "./arguments.ts";
import { findLook, unknownGoal } from "./find.ts";
import { OF_INTEGRATION } from "./options/morning-rows.ts";
import { sayHere } from "./options/repeated-command.ts";
import { judgingGoal, namesOf } from "./roles.ts";
import type { Surroundings } from "./surroundings.ts";
import { isTargeted, targetWords } from "./target-words.ts";
import { oneLine } from "./words/format.ts";

/**
 * Runs one task or goal and returns the exit code: 0 everything done or up to date, 1 some issue is not, 2 nothing was
 * started, 128 + the signal's number after an interruption.
 * @throws Failure when what was asked for does not exist or lacks its target.
 */
export async function run(graph: Graph, request: RunRequest, surroundings: Surroundings): Promise<number> {
	const around = await prepare(graph, request, surroundings);
	const look = findLook(graph, request);
	if (request.reportJunit && (look || request.question))
		around.stderr.write("--report-junit: no issue is run here, so there is no report.\n");
	if (OF_INTEGRATION.some((key) => request.typed[key] !== undefined))
		(await import("./foresee.ts")).verifyIntegrating(graph, request);
	if (look) return (await import("./look.ts")).show(graph, look, request, around);
	const foresees = request.question || request.dryRun ? await import("./foresee.ts") : undefined;
	if (foresees?.isIntegrating(graph, request)) {
		if (request.question) return foresees.foreseeQuietly(graph, request, around);
		return (await import("./run-goals.ts")).runGoals(graph, foresees.foreseeing(request), surroundings, around);
	}
	if (request.question) return (await import("./look.ts")).question(graph, request, around);
	if (request.dryRun) return (await import("./look.ts")).dryRun(graph, request, around);
	sayFirst(graph, request, around);
	// From here on this program waits for others, for a night. V8 would keep 40 MB of garbage around for speed that nobody needs, and
	// every process begins as a copy of this one, which takes the longer the larger it is. What is loaded next counts already.
	setFlagsFromString("--optimize-for-size");
	return (await import("./run-goals.ts")).runGoals(graph, request, surroundings, around);
}

/**
 * Says that the run has begun, before anything is loaded for it or asked of git and Codex, which may take seconds. Nothing is said of
 * what can't be run; GitHub's log has groups instead.
 */
function sayFirst({ goals, tasks }: Graph, request: RunRequest, { stderr, github }: Surroundings): void {
	const { task, options, quiet } = request;
	const isKnown = Object.hasOwn(goals, task) || tasks.some(({ name }) => name === task);
	// A rehearsal has an opening of its own.
	if (quiet || github || !isKnown || !isTargeted(request) || options.rehearse) return;
	stderr.write(
		`${oneLine(`${task}${targetWords(request)}`)}: reading the backlog, then looking whether a run can start.\n`,
	);
}

/** Surroundings as a run uses them: inert where GitHub reads along, and with commands that stay in this run's terms. */
async function prepare(graph: Graph, request: RunRequest, surroundings: Surroundings): Promise<Surroundings> {
	const { stderr, env, cwd } = surroundings;
	const { goal } = request;
	if (goal !== undefined && !Object.hasOwn(graph.goals, goal)) throw unknownGoal(graph, goal);
	const reports = env.GITHUB_ACTIONS === "true" ? await import("./reports/github.ts") : undefined;
	const github = reports?.findGithub(env, cwd, (text) => stderr.write(text));
	const streams = reports && github ? { ...reports.inertStreams(surroundings, request.json), github } : {};
	const { rehearse } = request.options;
	const rehearsable = rehearse ? await import("./rehearsable.ts") : undefined;
	rehearsable?.verifyRehearsable(graph, request.task);
	const inRehearsal = rehearsable && (await import("./words/rehearsal-words.ts")).sayInRehearsal;
	const sayFor = (word: string) => {
		const say = sayHere(surroundings.say, namesOf(graph, word), request);
		return inRehearsal ? inRehearsal(say, (each) => rehearsable.isAlike(graph, each)) : say;
	};
	return { ...surroundings, ...streams, sayFor, say: sayFor(goal ?? goalToSay(graph, request.task)) };
}

/** Work that is put together has been judged: it is gone on with by the goal that judges. */
function goalToSay(graph: Graph, task: string): string {
	const isIntegrating = graph.tasks.some(({ name, role }) => name === task && role === "integrate");
	return (isIntegrating ? judgingGoal(graph) : undefined) ?? task;
}
