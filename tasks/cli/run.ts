import type { Backlog } from "../contract/backlog.ts";
import type { IssuePlan } from "../contract/issue.ts";
import { nearest } from "../contract/nearest.ts";
import type { RunOptions } from "../contract/options.ts";
import { Failure } from "../contract/problem.ts";
import { createExecution, type ExecuteOptions, execute, type RunReport } from "../engine/execute.ts";
import type { Graph } from "../engine/graph.ts";
import { isGood, type Outcome } from "../engine/outcome.ts";
import { findOutOfDate } from "../engine/question.ts";
import { type Selection, select } from "../engine/select.ts";
import type { Task } from "../engine/task.ts";
import type { RunRequest } from "./arguments.ts";
import { shellWord } from "./format.ts";
import { backlogTable, planTable } from "./listing.ts";
import { liveView } from "./live-view.ts";
import { statusOf } from "./outcome-words.ts";
import { plainView } from "./plain-view.ts";
import { listenForSignals } from "./signals.ts";
import { closingLines, closingTable, problemParagraphs, reportAsJson } from "./summary.ts";
import { quietView, type View } from "./view.ts";
import type { Say } from "./words.ts";

/** Where a run's words go, and how it is called. */
export interface Surroundings {
	readonly stdout: NodeJS.WriteStream;
	readonly stderr: NodeJS.WriteStream;
	readonly env: NodeJS.ProcessEnv;
	readonly cwd: string;
	readonly say: Say;
}

/**
 * Runs one task or goal and returns the exit code: 0 everything done or up to date, 1 some issue is not, 2 nothing was
 * started, 128 + the signal's number after an interruption.
 * @throws Failure when what was asked for does not exist or lacks its target.
 */
export async function run(graph: Graph, request: RunRequest, around: Surroundings): Promise<number> {
	const goals = findGoals(graph, request);
	const wanted = select(graph.tasks, goals);
	const source = wanted.tasks.find((node) => node.source)?.source;
	const onlyLook = request.dryRun || request.question;
	const selection = source && onlyLook ? select(graph.tasks, [source]) : wanted;
	const view = chooseView(request, around, selection);
	const signals = listenForSignals(
		() => view.say("Stopping: the agents are being ended, and what they did is kept. Ctrl-C again to stop at once."),
		() => around.stderr.isTTY && around.stderr.write("\u001b[?25h\n"),
	);
	const options: ExecuteOptions<RunOptions, IssuePlan> = {
		options: request.options,
		jobs: request.jobs,
		failFast: request.failFast,
		force: request.force,
		interrupt: signals.interrupt,
		terminate: signals.terminate,
		endsRun,
		onEvent: (event) => view.onEvent(event),
	};
	try {
		const report = await execute(selection, options);
		await view.close();
		const failed = [...report.run.values()].find((outcome) => outcome.status === "failed");
		if (signals.exitCode() === undefined && failed?.status === "failed") throw failed.error;
		const planned = source && goodValue(report.run.get(source.name));
		if (request.question && planned) {
			const execution = createExecution(wanted, options);
			const outOfDate = await findOutOfDate(execution, planned as IssuePlan[]);
			return outOfDate.length === 0 ? 0 : 1;
		}
		return conclude(graph, request, report, goals, wanted, signals.exitCode(), around);
	} finally {
		await view.close();
		signals.release();
	}
}

function conclude(
	graph: Graph,
	request: RunRequest,
	report: RunReport<IssuePlan>,
	goals: readonly Task[],
	wanted: Selection,
	signal: number | undefined,
	{ stdout, stderr, cwd, say }: Surroundings,
): number {
	const print = (text: string) => text && stdout.write(`${text}\n`);
	const printJson = (value: unknown) => print(JSON.stringify(value, undefined, "\t"));
	if (report.issues.length === 0) {
		if (signal !== undefined) {
			stderr.write("Interrupted before anything was started.\n");
			return signal;
		}
		const [value] = [...report.run.values()].flatMap((outcome) => (isGood(outcome) ? [outcome.value] : [])).slice(-1);
		if (Array.isArray(value) && request.json) printJson(value);
		else if (Array.isArray(value)) print(planTable(value, request.dryRun ? wanted.tasks : []));
		else if (isBacklog(value)) request.json ? printJson(value) : print(backlogTable(value));
		else if (request.json) printJson(reportAsJson(report, 0, say));
		else if (goals.some((node) => node.scope === "issue")) print("Nothing to run: every issue is closed.");
		else print(`${goals.map((node) => node.name).join(", ")}: done`);
		return 0;
	}
	const allGood = report.issues.every((issue) => statusOf(report.outcomes.get(issue.id) ?? new Map()).good);
	const exitCode = signal ?? (allGood ? 0 : 1);
	if (request.json) printJson(reportAsJson(report, exitCode, say));
	else {
		for (const issue of report.issues) {
			const { word } = statusOf(report.outcomes.get(issue.id) ?? new Map());
			if (word === "up to date") print(`'${request.task} ${issue.id}' is up to date.`);
		}
		print(closingTable(report, cwd, hasAttempts(graph, wanted)));
	}
	for (const paragraph of problemParagraphs(report, say)) stderr.write(`\n${paragraph}\n`);
	const lines = closingLines(report, say(commandOf(request)));
	if (lines.length > 0) stderr.write(`\n${lines.join("\n")}\n`);
	return exitCode;
}

function findGoals(graph: Graph, request: RunRequest): readonly Task[] {
	const { task: name } = request;
	const known = new Map([
		...graph.tasks.map((node) => [node.name, [node]] as const),
		...Object.entries(graph.goals).map(([goal, { tasks }]) => [goal, tasks] as const),
	]);
	const found = known.get(name);
	if (!found) throw new Failure({ kind: "unknown-task", name, nearest: nearest(name, [...known.keys()]) });
	if (request.options.target === undefined && found.some((node) => node.scope === "issue")) {
		const message = `"${name}" takes a target: a milestone (M1) or the id of an issue`;
		throw new Failure({ kind: "usage", message });
	}
	return found;
}

function chooseView(request: RunRequest, { stderr, env, say }: Surroundings, selection: Selection): View {
	const write = (text: string) => stderr.write(text);
	if (request.quiet) return quietView(write);
	const perIssue = selection.tasks.filter((node) => node.scope === "issue").map((node) => node.name);
	const isTerminal = stderr.isTTY && !env.CI && env.TERM !== "dumb";
	if (isTerminal && !request.verbose && perIssue.length > 0) return liveView(stderr, say, perIssue);
	return plainView(write, say, request.verbose);
}

/** What every further issue would meet alike. */
function endsRun(error: Error): boolean {
	if (!(error instanceof Failure)) return false;
	return error.problems.some(
		(problem) => problem.kind === "disk-full" || (problem.kind === "attempt" && problem.everyTurn),
	);
}

function hasAttempts(graph: Graph, selection: Selection): boolean {
	return graph.tasks.some((node) => node.name.startsWith("phase:") && selection.tasks.includes(node));
}

function goodValue(outcome: Outcome<unknown> | undefined): unknown {
	return outcome && isGood(outcome) ? outcome.value : undefined;
}

function isBacklog(value: unknown): value is Backlog {
	return typeof value === "object" && value !== null && "milestoneDocs" in value;
}

/** The words after the program's name that ask for the same run again. */
function commandOf({ task, options, jobs, failFast }: RunRequest): string {
	return [
		task,
		...(options.target === undefined ? [] : [shellWord(options.target)]),
		...(options.issue === undefined ? [] : ["--issue", shellWord(options.issue)]),
		...(options.project === undefined ? [] : ["--project", shellWord(options.project)]),
		...(options.base === undefined ? [] : ["--base", shellWord(options.base)]),
		...(jobs === 1 ? [] : ["-j", String(jobs)]),
		...(failFast ? ["-S"] : []),
	].join(" ");
}
