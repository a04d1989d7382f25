import { writeSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import type { Backlog } from "../backlog/backlog.ts";
import type { Activity } from "../contract/activity.ts";
import type { IssuePlan } from "../contract/issue.ts";
import { nearest } from "../contract/nearest.ts";
import type { ActionOptions } from "../contract/options.ts";
import { Failure } from "../contract/problem.ts";
import type { Scenario } from "../contract/scenario.ts";
import { execute, type RunReport } from "../engine/execute.ts";
import { createExecution, type ExecuteOptions } from "../engine/execution.ts";
import type { Graph } from "../engine/graph.ts";
import { isGood, type Outcome } from "../engine/outcome.ts";
import { findOutOfDate } from "../engine/question.ts";
import { type Selection, select } from "../engine/select.ts";
import type { Task } from "../engine/task.ts";
import type { RunRequest } from "./arguments.ts";
import { LOOKS, type Look } from "./looks.ts";
import { repeatedCommand } from "./options/repeated-command.ts";
import { annotate, findGithub, inertStreams } from "./reports/github.ts";
import type { Reports } from "./reports/reports.ts";
import { listenForSignals } from "./signals.ts";
import type { Surroundings } from "./surroundings.ts";
import { plainView } from "./views/plain-view.ts";
import { canDraw } from "./views/terminal.ts";
import { quietView, type View } from "./views/view.ts";
import type { Decoration } from "./words/doctor-words.ts";
import { shellWord, topOf } from "./words/format.ts";
import { statusOf } from "./words/outcome-words.ts";
import type { Say } from "./words/say.ts";
import { verifyRehearsal } from "./words/scenario-words.ts";
import { closingLines, closingTable, problemParagraphs, reportAsJson } from "./words/summary.ts";

/** What can be typed in the place of a task and is none. */
const WORDS = ["help", "completion"];

/** For what runs no issues. */
const NO_REPORTS: Reports = { concluded: async (_, exitCode) => exitCode, refused: async () => {} };

// Loaded where it is needed, as everything is that most commands do without.
const rehearsalWords = () => import("./words/rehearsal-words.ts");

/** Issues at once that a screen has room for with all their tasks. */
const MOST_IN_FULL = 3;

/**
 * Runs one task or goal and returns the exit code: 0 everything done or up to date, 1 some issue is not, 2 nothing was
 * started, 128 + the signal's number after an interruption.
 * @throws Failure when what was asked for does not exist or lacks its target.
 */
export async function run(graph: Graph, request: RunRequest, surroundings: Surroundings): Promise<number> {
	const { stderr, env, cwd, say } = surroundings;
	if (request.options.rehearse) verifyRehearsal(request.task);
	const github = findGithub(env, cwd, (text) => stderr.write(text));
	const streams = github ? { ...inertStreams(surroundings, request.json), github } : {};
	const sayHere = sayWithBase(say, request);
	const rehearsing = request.options.rehearse ? await rehearsalWords() : undefined;
	const around = { ...surroundings, ...streams, say: rehearsing?.sayInRehearsal(sayHere) ?? sayHere };
	const look = findLook(graph, request);
	if (look?.without && request.options.target === undefined) {
		around.stdout.write(`${await look.without(graph, request)}\n`);
		return 0;
	}
	const runsIssues = !look && !request.question && !request.dryRun;
	if (request.reportJunit && (look || request.question))
		around.stderr.write("--report-junit: no issue is run here, so there is no report.\n");
	// From here on this program waits for others, for a night. V8 would keep 40 MB of garbage around for speed that nobody needs, and
	// every process begins as a copy of this one, which takes the longer the larger it is.
	if (runsIssues) setFlagsFromString("--optimize-for-size");
	const reports = runsIssues ? await (await import("./reports/reports.ts")).openReports(request, around) : NO_REPORTS;
	try {
		return await runGoals(graph, request, { surroundings, around, reports, look });
	} catch (error) {
		await reports.refused(error instanceof Error ? error : new Error(String(error)));
		throw error;
	}
}

/** What is known of a run before its goals are. `surroundings` are as they were given, `around` as they are used. */
interface Prepared {
	readonly surroundings: Surroundings;
	readonly around: Surroundings;
	readonly reports: Reports;
	readonly look: FoundLook | undefined;
}

async function runGoals(
	graph: Graph,
	request: RunRequest,
	{ surroundings, around, reports, look }: Prepared,
): Promise<number> {
	const goals = look ? [look.node] : findGoals(graph, request, around.extras);
	const selection = select(graph.tasks, goals);
	if (request.question && !look) return question(graph, request, around, selection);
	if (request.dryRun && !look) return dryRun(graph, request, surroundings, selection);
	const scenario = request.options.rehearse;
	const observed = () => observe(request, around, selection);
	if (scenario && !request.quiet)
		around.stderr.write(`${(await rehearsalWords()).rehearsalOpening(scenario, !look)}\n\n`);
	const { report, signal } = await (scenario && !look ? rehearsed(scenario, observed) : observed());
	if (report.issues.length > 0) {
		const { exitCode, closing } = await conclude(graph, request, report, selection, signal, around);
		if (scenario) {
			const forReal = sayWithBase(surroundings.say, request)(repeatedCommand(request, "for real"));
			const { rehearsalClosing } = await rehearsalWords();
			around.stderr.write(`\n${rehearsalClosing(report, forReal, around.cwd, around.say).join("\n")}\n`);
		}
		return reports.concluded(report, exitCode, closing);
	}
	if (signal !== undefined) {
		const line = "Interrupted before anything was started.";
		around.stderr.write(`${line}\n`);
		return reports.concluded(report, signal, [line]);
	}
	const value = goodValue(report.run.get(goals.at(-1)?.name ?? ""));
	const text = look ? await look.print(value, request, around.say, decorationOf(around)) : plainResult(goals, request);
	around.stdout.write(`${text}\n`);
	if (look?.annotate && around.github)
		annotate(await look.annotate(value, around.say), topOf(request.options.directory), around.github);
	if (look?.act) return look.act(value, goodValue(report.run.get("discover")) as Backlog, request, around);
	return look ? ((await look.exitCode?.(value)) ?? 0) : reports.concluded(report, 0, [text]);
}

async function rehearsed<T>(scenario: Scenario, action: () => Promise<T>): Promise<T> {
	return (await import("../rehearsal/rehearse.ts")).rehearse(scenario, action);
}

/** Node looks at `NO_COLOR` and `TERM`. */
function decorationOf({ stdout, env }: Surroundings): Decoration {
	if (!stdout.isTTY) return "none";
	return stdout.hasColors(env) ? "colours" : "marks";
}

/** Executes a selection while a view shows it, and signals stop it. */
async function observe(
	request: RunRequest,
	around: Surroundings,
	selection: Selection,
): Promise<{ readonly report: RunReport<IssuePlan>; readonly signal: number | undefined }> {
	const view = await chooseView(request, around, selection);
	const spent = new Map<string, number>();
	const signals = listenForSignals(
		() => view.say("Stopping: the agents are being ended, and what they did is kept. Ctrl-C again to stop at once."),
		// listr2 holds back what is written to the stream while it draws.
		() => canDraw(around.stderr, around.env) && writeSync(2, "\u001b[?25h\n"),
	);
	try {
		const report = await execute<ActionOptions, IssuePlan>(selection, {
			...executeOptions(request),
			interrupt: signals.interrupt,
			terminate: signals.terminate,
			isSpent: () => [...spent.values()].reduce((sum, tokens) => sum + tokens, 0) >= request.maxRunTokens,
			onEvent: (event) => {
				const activity = event.kind === "task-activity" && (event.activity as Activity);
				if (activity && activity.kind === "usage" && event.kind === "task-activity") {
					spent.set(event.issue ?? "", activity.usage.inputTokens + activity.usage.outputTokens);
				}
				view.onEvent(event);
			},
		});
		const failed = [...report.run.values()].find((outcome) => outcome.status === "failed");
		if (signals.exitCode() === undefined && failed?.status === "failed") throw failed.error;
		return { report, signal: signals.exitCode() };
	} finally {
		await view.close();
		signals.release();
	}
}

/** Answers `-n`: the plan, and what would be done with each issue. */
async function dryRun(graph: Graph, request: RunRequest, around: Surroundings, selection: Selection): Promise<number> {
	const exitCode = await run(graph, { ...request, task: "plan", dryRun: false }, around);
	const names = selection.tasks.filter((node) => node.scope === "issue").map((node) => node.name);
	if (exitCode === 0 && !request.json && names.length > 0) around.stdout.write(`\nEach: ${names.join(" → ")}\n`);
	return exitCode;
}

/** A command that is suggested starts from the same base as the run that suggests it. */
function sayWithBase(say: Say, { options }: RunRequest): Say {
	const { base } = options;
	if (base === undefined) return say;
	const withBase = (words: string) =>
		say(/^(?:-|discover)/.test(words) || words.includes("--base ") ? words : `${words} --base ${shellWord(base)}`);
	return Object.assign(withBase, { git: say.git });
}

/** Answers `-q`: finds out whether there is anything to do, and does nothing. */
async function question(
	graph: Graph,
	request: RunRequest,
	around: Surroundings,
	selection: Selection,
): Promise<number> {
	const source = selection.tasks.find((node) => node.source)?.source;
	if (!source) return 1;
	const { report, signal } = await observe({ ...request, quiet: true }, around, select(graph.tasks, [source]));
	if (signal !== undefined) return signal;
	const planned = goodValue(report.run.get(source.name)) as IssuePlan[];
	const outOfDate = await findOutOfDate(createExecution(selection, executeOptions(request)), planned);
	return outOfDate.length === 0 ? 0 : 1;
}

function executeOptions(request: RunRequest): ExecuteOptions<ActionOptions, IssuePlan> {
	const never = new AbortController().signal;
	const { options, jobs, failFast, force } = request;
	return {
		options: { ...options, jobs },
		jobs,
		failFast,
		force,
		interrupt: never,
		terminate: never,
		endsRun,
		onEvent: () => {},
	};
}

/** Prints what became of the issues, and returns the exit code with the lines it closed with. */
async function conclude(
	graph: Graph,
	request: RunRequest,
	report: RunReport<IssuePlan>,
	selection: Selection,
	signal: number | undefined,
	around: Surroundings,
): Promise<{ readonly exitCode: number; readonly closing: readonly string[] }> {
	const { stdout, stderr, cwd, say, github } = around;
	const statuses = report.issues.map((issue) => statusOf(report.outcomes.get(issue.id) ?? new Map()));
	const exitCode = signal ?? (statuses.every(({ good }) => good) ? 0 : 1);
	if (request.json)
		stdout.write(`${JSON.stringify(reportAsJson(report, exitCode, request.options, say), undefined, "\t")}\n`);
	else {
		for (const [at, issue] of report.issues.entries()) {
			if (statuses[at]?.word === "up to date") stdout.write(`'${request.task} ${issue.id}' is up to date.\n`);
		}
		stdout.write(
			`${closingTable(report, cwd, hasAttempts(graph, selection), request.options.rehearse !== undefined)}\n`,
		);
	}
	// GitHub shows an annotation in the log as well.
	if (github) {
		const { issueAnnotations } = await import("./reports/annotations.ts");
		annotate(issueAnnotations(report, say), topOf(request.options.directory), github);
	} else for (const paragraph of problemParagraphs(report, say)) stderr.write(`\n${paragraph}\n`);
	const closing = closingLines(report, say(repeatedCommand(request)), request, cwd, say);
	if (closing.length > 0) stderr.write(`\n${closing.join("\n")}\n`);
	return { exitCode, closing };
}

function plainResult(goals: readonly Task[], { json }: RunRequest): string {
	if (json) return JSON.stringify({ exitCode: 0, issues: [] });
	if (goals.some((node) => node.scope === "issue")) return "Nothing to run: every issue is closed.";
	return `${goals.map((node) => node.name).join(", ")}: done`;
}

type FoundLook = Look & { readonly node: Task };

function findLook(graph: Graph, { task, options }: RunRequest): FoundLook | undefined {
	const look = LOOKS[task];
	const node = look && graph.tasks.find((each) => each.name === look.task);
	if (!node) return undefined;
	if (look.needsTarget && options.target === undefined) throw missingTarget(task);
	return { ...look, node };
}

function findGoals(graph: Graph, { task: name, options }: RunRequest, extras: readonly string[]): readonly Task[] {
	const known = new Map([
		...graph.tasks.map((node) => [node.name, [node]] as const),
		...Object.entries(graph.goals).map(([goal, { tasks }]) => [goal, tasks] as const),
	]);
	const found = known.get(name);
	if (!found) throw unknownTask(graph, name, options.target, extras);
	if (options.target === undefined && found.some((node) => node.scope === "issue")) throw missingTarget(name);
	return found;
}

/** That nothing is called so, with what was meant perhaps: a name like it, or task and target the other way round. */
export function unknownTask(graph: Graph, name: string, target = "", extras: readonly string[] = []): Failure {
	const names = [...graph.tasks.map((node) => node.name), ...Object.keys(graph.goals), ...Object.keys(LOOKS)];
	const all = new Set([...names, ...WORDS, ...extras]);
	const meant = names.includes(target) ? [`${target} ${name}`] : nearest(name, [...all]);
	return new Failure({ kind: "unknown-task", name, nearest: meant });
}

function missingTarget(name: string): Failure {
	const message = `"${name}" takes a target: a milestone (M1) or the id of an issue`;
	return new Failure({ kind: "usage", message, task: name });
}

async function chooseView(
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
	const perIssue = selection.tasks.filter((node) => node.scope === "issue").map((node) => node.name);
	if (github) {
		const { githubView } = await import("./views/github-view.ts");
		return githubView(write, github, say, { verbose: request.verbose, oneByOne: request.jobs === 1 });
	}
	if (canDraw(stderr, env) && !request.verbose && perIssue.length > 0) {
		// Loaded only here: most commands draw nothing, and it takes as long to load as they take to run.
		const { liveView } = await import("./views/live-view.ts");
		return liveView(stderr, say, perIssue, request.jobs > MOST_IN_FULL);
	}
	return plainView(write, say, request.verbose);
}

/** What every further issue would meet alike. */
function endsRun(error: Error): boolean {
	if (!(error instanceof Failure)) return false;
	return error.problems.some(
		(problem) =>
			problem.kind === "disk-full" ||
			problem.kind === "repository-tampered" ||
			(problem.kind === "attempt" && problem.everyTurn),
	);
}

function hasAttempts(graph: Graph, selection: Selection): boolean {
	return graph.tasks.some((node) => node.name.startsWith("phase:") && selection.tasks.includes(node));
}

function goodValue(outcome: Outcome<unknown> | undefined): unknown {
	return outcome && isGood(outcome) ? outcome.value : undefined;
}
