import type { IssuePlan } from "../contract/issue.ts";
import type { Survey } from "../contract/value.ts";
import type { RunReport } from "../engine/execute.ts";
import { createExecution } from "../engine/execution.ts";
import type { Graph } from "../engine/graph.ts";
import { isGood, type Outcome } from "../engine/outcome.ts";
import { type Selection, select } from "../engine/select.ts";
import { Standings } from "../engine/standing.ts";
import { isPerIssue, type Task } from "../engine/task.ts";
import type { RunRequest } from "./arguments.ts";
import { type FoundLook, findGoals, lookOf } from "./find.ts";
import { backlogBehind, heldIn } from "./held.ts";
import { executeOptions, observe } from "./observe.ts";
import { standingSelection } from "./roles.ts";
import type { Display, Shown } from "./shown.ts";
import { askStandings, goalAbout } from "./standing.ts";
import type { Surroundings } from "./surroundings.ts";
import { isTargeted } from "./target-words.ts";
import { notesView, quietView } from "./views/notes-view.ts";
import { canDraw, columnsOf } from "./views/terminal.ts";
import type { WaitingLine } from "./views/waiting-line.ts";
import { topOf } from "./words/format.ts";
import type { Say } from "./words/say.ts";
import { wrap } from "./words/wrap.ts";

/** Shows what a word asks to look at, and returns the exit code. */
export async function show(
	graph: Graph,
	look: FoundLook,
	request: RunRequest,
	around: Surroundings,
	asked?: Selection,
): Promise<number> {
	if (look.without && !isTargeted(request)) {
		around.stdout.write(`${await look.without(graph, request, displayOf(around))}\n`);
		return 0;
	}
	const { rehearse } = request.options;
	if (rehearse && !request.quiet) {
		const { rehearsalOpening } = await import("./words/rehearsal-words.ts");
		around.stderr.write(`${wrap(rehearsalOpening(rehearse, "looks"), columnsOf(around.stderr, around.env))}\n\n`);
	}
	const found = await find(graph, look, request, around, asked);
	if (typeof found === "number") return found;
	const { shown, text, say } = found;
	if (text !== undefined) around.stdout.write(`${text}\n`);
	if (look.annotate && around.github) {
		const { annotate } = await import("./reports/github.ts");
		annotate(await look.annotate(shown, around.say), topOf(request.options.directory), around.github);
	}
	const again = async () => {
		const next = await find(graph, look, { ...request, quiet: true }, around, asked);
		return typeof next === "number" ? shown : next.shown;
	};
	if (look.act) return look.act(shown, request, { ...around, say }, displayOf(around), again);
	return (await look.exitCode?.(shown)) ?? 0;
}

/** Looks, and puts it into words; on a terminal a line says meanwhile what is being done. @returns the exit code of a signal instead. */
async function find(
	graph: Graph,
	look: FoundLook,
	request: RunRequest,
	surroundings: Surroundings,
	asked: Selection | undefined,
): Promise<{ readonly shown: Shown; readonly text: string | undefined; readonly say: Say } | number> {
	const waiting = await startWaiting(look, request, surroundings);
	const around = waiting ? { ...surroundings, stderr: waiting.stream } : surroundings;
	try {
		const write = (text: string) => around.stderr.write(text);
		const view = request.quiet ? quietView(write) : notesView(write, around.say, request.verbose);
		const { report, signal } = await observe(request, await selectionOf(graph, look, request), view);
		if (signal !== undefined) {
			write("Interrupted before anything was started.\n");
			return signal;
		}
		const returned = goodValue(report.run.get(look.node.name));
		const value = look.complete ? await look.complete(returned, request, around) : returned;
		const backlog = backlogBehind(look.node, report);
		const held = look.asksStandings ? heldIn(look.node, report, request) : [];
		const goal = asked || !look.asksStandings ? undefined : goalAbout(graph, value as Survey, request);
		const selection = asked ?? standingSelection(graph, goal);
		const issues = (valueOfNeed(look.node, "plan", report) ?? []) as readonly IssuePlan[];
		const standings = look.asksStandings ? await askStandings(issues, value as Survey, selection, request) : [];
		const shown: Shown = { value, standings, held, backlog };
		const say = goal === undefined ? around.say : (around.sayFor?.(goal) ?? around.say);
		return { shown, text: await look.print?.(shown, request, say, displayOf(around)), say };
	} finally {
		waiting?.erase();
	}
}

async function selectionOf({ tasks, ...graph }: Graph, look: FoundLook, request: RunRequest): Promise<Selection> {
	if (!look.readsBacklog) return select(tasks, [look.node]);
	const { readingGraphsBacklog } = await import("./graph-backlog.ts");
	const node = readingGraphsBacklog({ ...graph, tasks }, look.node, request);
	return select(
		tasks.map((each) => (each === look.node ? node : each)),
		[node],
	);
}

/** `doctor` takes seconds, and so may any look at a large backlog. */
async function startWaiting(
	{ summary }: FoundLook,
	{ task, quiet }: RunRequest,
	{ stderr, env }: Surroundings,
): Promise<WaitingLine | undefined> {
	const columns = columnsOf(stderr, env);
	if (quiet || columns === undefined || !canDraw(stderr, env)) return undefined;
	const { startWaitingLine } = await import("./views/waiting-line.ts");
	return startWaitingLine(stderr, `${task}: ${summary} …`, columns);
}

/** Answers `-n`: the plan, and what would be done with each issue. */
export async function dryRun(graph: Graph, request: RunRequest, around: Surroundings): Promise<number> {
	const selection = select(graph.tasks, findGoals(graph, request, around.extras));
	const perIssue = selection.tasks.filter(isPerIssue);
	const plan = lookOf(graph, "plan");
	if (!plan) throw new Error("the orchfile has no task that surveys its issues, which -n shows");
	const exitCode = await show(graph, plan, request, around, perIssue.length > 0 ? selection : undefined);
	const closing = selection.tasks.filter(({ scope }) => scope === "closing");
	const lines = [
		...(perIssue.length > 0 ? [`Each: ${perIssue.map(({ name }) => name).join(" → ")}`] : []),
		...(closing.length > 0 ? [`At the end: ${closing.map(({ name }) => name).join(" → ")}`] : []),
	];
	if (exitCode === 0 && !request.json && lines.length > 0)
		around.stdout.write(`\n${wrap(lines.join("\n"), displayOf(around).width)}\n`);
	return exitCode;
}

/** Answers `-q`: finds out whether there is anything to do, and does nothing. */
export async function question(graph: Graph, request: RunRequest, around: Surroundings): Promise<number> {
	const selection = select(graph.tasks, findGoals(graph, request, around.extras));
	const source = selection.tasks.find((node) => node.source)?.source;
	if (!source) return 1;
	const view = quietView((text) => around.stderr.write(text));
	const { report, signal } = await observe(request, select(graph.tasks, [source]), view);
	if (signal !== undefined) return signal;
	const planned = goodValue(report.run.get(source.name)) as IssuePlan[];
	const standings = new Standings(createExecution(selection, executeOptions(request)), planned);
	for (const issue of planned) if (!(await standings.isUpToDate(issue))) return 1;
	return 0;
}

/** What a task was given of what it needs, by the key of the edge. */
function valueOfNeed(node: Task, key: string, report: RunReport<IssuePlan>): unknown {
	const need = node.needs[key];
	return need && goodValue(report.run.get(need.name));
}

function goodValue(outcome: Outcome<unknown> | undefined): unknown {
	return outcome && isGood(outcome) ? outcome.value : undefined;
}

/** Node looks at `NO_COLOR` and `TERM`. */
function displayOf({ stdout, env }: Surroundings): Display {
	const width = columnsOf(stdout, env);
	if (!stdout.isTTY) return { decoration: "none", width };
	return { decoration: stdout.hasColors(env) ? "colours" : "marks", width };
}
