import type { Graph } from "./graph.ts";
import { closeOver } from "./select.ts";
import { isPerIssue, SPEC_KEYS, type Task } from "./task.ts";

/** A mistake in how a graph is declared. */
export interface Mistake {
	/** Made where it was written. */
	readonly site?: Error | undefined;
	/** The keys that lead to it in the graph, where it stands in the graph itself. */
	readonly path?: readonly string[];
	readonly what: string;
	readonly expected: string;
	/** What was written for a key, and the keys there are. */
	readonly meant?: readonly [written: string, known: readonly string[]];
}

const GRAPH_KEYS = ["tasks", "goals", "defaults", "layout", "commit"];
const GOAL_KEYS = ["summary", "tasks"];
const FOR_EACH_KEYS = ["hold"];

/** Everything that is wrong with a graph as it is declared, whatever its type says: nobody has to have checked that. */
export function findMistakes(graph: Graph): Mistake[] {
	if (!isRecord(graph) || isTask(graph))
		return [{ what: `main was given ${shown(graph)}`, expected: "the graph, with tasks and goals" }];
	const { tasks, goals, defaults } = graph;
	const unknown = Object.keys(graph).filter((key) => !GRAPH_KEYS.includes(key));
	const found = [
		...unknown.map((key) => unknownKey("the graph", key, GRAPH_KEYS, { path: [key] })),
		...wrong(Array.isArray(tasks), "tasks", tasks, "a list of tasks", { path: tasks === undefined ? [] : ["tasks"] }),
		...wrong(isRecord(goals), "goals", goals, "goals by their names, or {}", {
			path: goals === undefined ? [] : ["goals"],
		}),
		...wrong(defaults === undefined || isRecord(defaults), "defaults", defaults, "values by the names of options", {
			path: ["defaults"],
		}),
		...Object.entries(isRecord(defaults) ? defaults : {}).flatMap(([name, value]) =>
			wrong(typeof value === "string", `defaults: ${name}`, value, "a string, as it is typed", {
				path: ["defaults", name],
			}),
		),
	];
	if (!Array.isArray(tasks)) return found;
	const listed = tasks.filter(isTask);
	for (const each of tasks.filter((every) => !isTask(every)))
		found.push({ what: `tasks has ${shown(each)}`, expected: A_TASK, path: ["tasks"] });
	found.push(...listed.flatMap(inTask), ...inOrder(listed));
	for (const [name, goal] of Object.entries(isRecord(goals) ? goals : {})) found.push(...inGoal(name, goal, listed));
	const inEdges = listed.flatMap((node) => [...edgesOf(node), ...(isTask(node.source) ? [node.source] : [])]);
	const inGoals = Object.values(isRecord(goals) ? goals : {}).flatMap((goal) => goal?.tasks ?? []);
	const unlisted = new Set([...inEdges, ...inGoals].filter((node) => isTask(node) && !tasks.includes(node)));
	for (const node of unlisted)
		found.push({ site: node.site, what: `task ${named(node)} is used, but not listed`, expected: "it under tasks" });
	return found;
}

const A_TASK = "a task that `task` or a `forEach` has made";

/** A name that the command line can take for one. */
const TYPED = /^[^\s-]\S*$/;
const A_WORD = "a word that can be typed: no blanks, no dash in front";

function inTask(node: Task): Mistake[] {
	const { name, site, summary, run, upToDate, hold, watch, isMended, role, isIntermediate, source } = node;
	const at = { site };
	const task = `task ${named(node)}`;
	const isFunction = (value: unknown) => value === undefined || typeof value === "function";
	const isTyped = typeof name === "string" && TYPED.test(name);
	return [
		...wrong(isTyped, "a task's name", name, A_WORD, at),
		...node.unknown.map((key) =>
			key.startsWith("forEach.")
				? unknownKey(`the forEach of ${task}`, key.slice("forEach.".length), FOR_EACH_KEYS, at)
				: unknownKey(task, key, SPEC_KEYS, at),
		),
		...wrong(typeof summary === "string", `${task}: summary`, summary, "a line of text", at),
		...wrong(typeof run === "function", `${task}: run`, run, "a function", at),
		...wrong(isFunction(upToDate), `${task}: upToDate`, upToDate, "a function, or nothing", at),
		...wrong(isFunction(hold), `${task}: hold`, hold, "a function, or nothing", at),
		...wrong(isFunction(isMended), `${task}: isMended`, isMended, "a function, or nothing", at),
		...wrong(isFunction(watch), `${task}: watch`, watch, "a function, or nothing", at),
		...wrong(role === undefined || typeof role === "string", `${task}: role`, role, "a string, or nothing", at),
		...wrong(typeof isIntermediate === "boolean", `${task}: intermediate`, isIntermediate, "true, or nothing", at),
		...(isPerIssue(node)
			? wrong(isTask(source) && source.scope === "run", `${task}: the list of its forEach`, source, A_RUN_TASK, at)
			: []),
		...inEdgesOf(node, "needs"),
		...inEdgesOf(node, "after"),
	];
}

const A_RUN_TASK = "a task that `task` has made and that waits for no issue";

function inEdgesOf(node: Task, key: "needs" | "after"): Mistake[] {
	const edges: unknown = node[key];
	const what = `task ${named(node)}: ${key}`;
	const at = { site: node.site };
	if (!isRecord(edges)) return wrong(false, what, edges, "tasks by names, as in { plan }", at);
	return Object.entries(edges).flatMap(([name, edge]) => {
		if (!isTask(edge)) return wrong(false, `${what}.${name}`, edge, A_TASK, at);
		if (isPerIssue(node))
			return wrong(edge.scope !== "closing", `${what}.${name}`, edge, "a task that is done before the issues are", at);
		if (key === "needs" && edge.scope === "issue")
			return wrong(false, `${what}.${name}`, edge, "it under after: a run-wide task is told of every issue", at);
		return [];
	});
}

function inOrder(listed: readonly Task[]): Mistake[] {
	const above = new Set<Task>();
	const names = new Map<string, Task>();
	return listed.flatMap((node) => {
		const twin = names.get(node.name);
		names.set(node.name, node);
		const isSame = above.has(node);
		const later = edgesOf(node).filter((edge) => isTask(edge) && !above.has(edge) && listed.includes(edge));
		above.add(node);
		if (isSame) return [{ site: node.site, what: `task ${named(node)} is listed twice`, expected: "it once" }];
		const { site } = node;
		return [
			...(twin ? [{ site, what: `two tasks are called ${named(node)}`, expected: "a name for each" }] : []),
			...later.map((edge) => {
				const what = `task ${named(node)} is listed above ${named(edge)}, which it waits for`;
				return { site, what, expected: `${named(edge)} above it` };
			}),
		];
	});
}

function inGoal(name: string, goal: Graph["goals"][string], listed: readonly Task[]): Mistake[] {
	const path = ["goals", name];
	const what = `goal "${name}"`;
	if (!isRecord(goal)) return wrong(false, what, goal, "a summary and tasks", { path });
	const { tasks, summary } = goal;
	const found = [
		...Object.keys(goal)
			.filter((key) => !GOAL_KEYS.includes(key))
			.map((key) => unknownKey(what, key, GOAL_KEYS, { path: [...path, key] })),
		...wrong(typeof summary === "string", `${what}: summary`, summary, "a line of text", { path }),
	];
	if (!TYPED.test(name)) found.push({ path, what: `a goal's name is ${shown(name)}`, expected: A_WORD });
	if (listed.some((node) => node.name === name))
		found.push({ path, what: `${what} is called as a task is`, expected: "another name" });
	if (!Array.isArray(tasks) || tasks.length === 0)
		return [...found, ...wrong(false, `${what}: tasks`, tasks, "a list of at least one task", { path })];
	found.push(...tasks.flatMap((each) => wrong(isTask(each), `${what}: one of its tasks`, each, A_TASK, { path })));
	if (found.length > 0 || !tasks.every((each) => isWhole(each))) return found;
	const sources = new Set([...closeOver(tasks)].filter(isPerIssue).map(({ source }) => source));
	if (sources.size > 1)
		found.push({
			path,
			what: `${what} has tasks of ${sources.size} lists of issues`,
			expected: "those of one forEach",
		});
	return found;
}

/** True where everything that a task leads to is a task. */
function isWhole(node: Task, seen = new Set<unknown>()): boolean {
	if (seen.has(node)) return true;
	seen.add(node);
	const next = [...edgesOf(node), ...(isPerIssue(node) ? [node.source] : [])];
	return next.every((each) => isTask(each) && isWhole(each, seen));
}

function edgesOf({ needs, after }: Task): Task[] {
	return [...Object.values(needs ?? {}), ...Object.values(after ?? {})];
}

function unknownKey(of: string, key: string, known: readonly string[], at: Pick<Mistake, "site" | "path">): Mistake {
	const expected = known.length === 1 ? `nothing but ${known[0]}` : `only ${known.join(", ")}`;
	return { ...at, what: `${of} has ${key}`, expected, meant: [key, known] };
}

function wrong(
	isRight: boolean,
	what: string,
	value: unknown,
	expected: string,
	at: Pick<Mistake, "site" | "path">,
): Mistake[] {
	return isRight ? [] : [{ ...at, what: `${what} is ${shown(value)}`, expected }];
}

function named({ name }: Task): string {
	return JSON.stringify(name) ?? "undefined";
}

function isTask(value: unknown): value is Task {
	return isRecord(value) && "scope" in value && value.site instanceof Error;
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value in a few characters. */
function shown(value: unknown): string {
	if (isTask(value)) return `task ${named(value)}`;
	if (typeof value === "function") return `the function ${value.name || "that stands there"}`;
	if (isRecord(value)) return `{ ${Object.keys(value).slice(0, 4).join(", ")} }`;
	if (Array.isArray(value)) return value.length === 0 ? "an empty list" : `a list of ${value.length}`;
	return typeof value === "bigint" || typeof value === "symbol"
		? String(value)
		: (JSON.stringify(value) ?? "undefined");
}
