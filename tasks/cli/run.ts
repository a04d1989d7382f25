import { setFlagsFromString } from "node:v8";
import { Failure } from "../contract/problem.ts";
import type { Scenario } from "../contract/scenario.ts";
import type { Graph } from "../engine/graph.ts";
import { select } from "../engine/select.ts";
import type { RunRequest } from "./arguments.ts";
import { findGoals, findLook } from "./find.ts";
import { observe } from "./observe.ts";
import { repeatedCommand, wordsForAgents } from "./options/repeated-command.ts";
import { findGithub, inertStreams } from "./reports/github.ts";
import type { Reports } from "./reports/reports.ts";
import { namesOf, standingSelection } from "./roles.ts";
import type { Surroundings } from "./surroundings.ts";
import { shellWord } from "./words/format.ts";
import { type Names, type Say, sayWith } from "./words/say.ts";

/** For what runs no issues. */
const NO_REPORTS: Reports = { concluded: async (_, exitCode) => exitCode, refused: async () => {} };

// Loaded where it is needed, as everything is that most commands do without.
const rehearsalWords = () => import("./words/rehearsal-words.ts");

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
	if (look) return (await import("./look.ts")).show(graph, look, request, around);
	if (request.question) return (await import("./look.ts")).question(graph, request, around);
	if (request.dryRun) return (await import("./look.ts")).dryRun(graph, request, around);
	return runGoals(graph, request, surroundings, around);
}

/** Surroundings as a run uses them: inert where GitHub reads along, and with commands that stay in this run's terms. */
async function prepare(graph: Graph, request: RunRequest, surroundings: Surroundings): Promise<Surroundings> {
	const { stderr, env, cwd } = surroundings;
	const { goal } = request;
	if (goal !== undefined && !Object.hasOwn(graph.goals, goal)) {
		const message = `there is no goal "${goal}"; the orchfile has ${Object.keys(graph.goals).join(", ") || "none"}`;
		throw new Failure({ kind: "usage", message });
	}
	const github = findGithub(env, cwd, (text) => stderr.write(text));
	const streams = github ? { ...inertStreams(surroundings, request.json), github } : {};
	const { rehearse } = request.options;
	const rehearsable = rehearse ? await import("./rehearsable.ts") : undefined;
	rehearsable?.verifyRehearsable(graph, request.task);
	const names = namesOf(graph, goal ?? request.task);
	const say = sayHere(surroundings.say, names, request);
	return {
		...surroundings,
		...streams,
		say: rehearsable ? (await rehearsalWords()).sayInRehearsal(say, (word) => rehearsable.isAlike(graph, word)) : say,
	};
}

async function runGoals(
	graph: Graph,
	request: RunRequest,
	surroundings: Surroundings,
	around: Surroundings,
): Promise<number> {
	// From here on this program waits for others, for a night. V8 would keep 40 MB of garbage around for speed that nobody needs, and
	// every process begins as a copy of this one, which takes the longer the larger it is.
	setFlagsFromString("--optimize-for-size");
	const reports = await openReports(request, around);
	try {
		const goals = findGoals(graph, request, around.extras);
		const selection = select(graph.tasks, goals);
		const blockersSelection = standingSelection(graph, request.task);
		const scenario = request.options.rehearse;
		if (scenario && !request.quiet)
			around.stderr.write(`${(await rehearsalWords()).rehearsalOpening(scenario, true)}\n\n`);
		const observed = () => observe(request, around, selection, blockersSelection);
		const { report, signal } = await (scenario ? rehearsed(scenario, observed) : observed());
		const { conclude } = await import("./conclude.ts");
		const { exitCode, closing } = await conclude(request, report, goals, signal, around);
		if (scenario && report.issues.length > 0) {
			const forReal = sayHere(
				surroundings.say,
				namesOf(graph, request.task),
				request,
			)(repeatedCommand(request, "for real"));
			const { rehearsalClosing } = await rehearsalWords();
			around.stderr.write(`\n${rehearsalClosing(report, forReal, around.cwd, around.say).join("\n")}\n`);
		}
		return reports.concluded(report, exitCode, closing);
	} catch (error) {
		await reports.refused(error instanceof Error ? error : new Error(String(error)));
		throw error;
	}
}

async function openReports(request: RunRequest, around: Surroundings): Promise<Reports> {
	if (request.reportJunit === undefined && around.github === undefined) return NO_REPORTS;
	return (await import("./reports/reports.ts")).openReports(request, around);
}

async function rehearsed<T>(scenario: Scenario, action: () => Promise<T>): Promise<T> {
	return (await import("../rehearsal/rehearse.ts")).rehearse(scenario, action);
}

/** A command that is suggested starts from the same base as the run that suggests it, and brings up to date for its goal. */
function sayHere(say: Say, names: Names, request: RunRequest): Say {
	const { base } = request.options;
	const keeps = (words: string) => base === undefined || /^(?:-|discover)/.test(words) || words.includes("--base ");
	const withBase = (words: string) => say(keeps(words) ? words : `${words} --base ${shellWord(base ?? "")}`);
	return sayWith(withBase, say.git, names, (without) => [
		...wordsForAgents(request, without),
		...(request.options.rehearse ? ["--rehearse"] : []),
	]);
}
