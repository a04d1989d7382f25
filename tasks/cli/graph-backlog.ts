import type { Backlog } from "../backlog/backlog.ts";
import { execute } from "../engine/execute.ts";
import type { Graph } from "../engine/graph.ts";
import { isGood } from "../engine/outcome.ts";
import { select } from "../engine/select.ts";
import type { RunContext, Task } from "../engine/task.ts";
import { ours } from "../system/once.ts";
import type { RunRequest } from "./arguments.ts";
import { executeOptions } from "./observe.ts";
import { withRole } from "./roles.ts";

/**
 * A task that reads the backlog by itself, given the graph's own way of reading it, whose task it can't need: it goes on where
 * that fails.
 */
export function readingGraphsBacklog(graph: Graph, node: Task, request: RunRequest): Task {
	const source = sourceOf(graph);
	if (!source) return node;
	const run = ours(async (input: object, context: RunContext<unknown>) =>
		node.run({ discover: () => read(graph, source, request, context), ...input } as never, context as never),
	);
	return { ...node, run };
}

/** The task that the plan is made from. */
function sourceOf({ tasks }: Graph): Task | undefined {
	const [plan] = withRole(tasks, "plan");
	return plan?.needs.backlog ?? withRole(tasks, "backlog")[0];
}

/** @throws what the task, or what it needs, failed for. */
async function read(graph: Graph, source: Task, request: RunRequest, context: RunContext<unknown>): Promise<Backlog> {
	const { run } = await execute(select(graph.tasks, [source]), {
		...executeOptions(request),
		interrupt: context.signal,
		onEvent: (event) => {
			if (event.kind === "task-activity") context.report(event.activity as never);
		},
	});
	const outcome = run.get(source.name);
	if (outcome && isGood(outcome)) return outcome.value as Backlog;
	context.signal.throwIfAborted();
	const failed = [...run.values()].find((each) => each.status === "failed");
	throw failed?.status === "failed" ? failed.error : new Error(`${source.name} was not run`);
}
