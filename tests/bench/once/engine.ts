// Runs a random graph of tasks that do nothing by our engine or by p-graph, and prints the milliseconds.
import { PGraph } from "p-graph";
import { execute } from "../../../tasks/engine/execute.ts";
import type { IssueLike } from "../../../tasks/engine/issue.ts";
import { select } from "../../../tasks/engine/select.ts";
import { forEach, task } from "../../../tasks/engine/task.ts";
import { random } from "../../support/soak.ts";

const [engine = "", ...numbers] = process.argv.slice(2);
const [count = 0, mostBlockers = 0, jobs = 0, seed = 0] = numbers.map(Number);
const issues = randomGraph();
let ran = 0;
const took = await (engine === "ours" ? runOurs() : runTheirs());
if (ran !== count) throw new Error(`${ran} of ${count} tasks ran`);
process.stdout.write(String(took));

/** Each may wait for some that were made before, and they come in another order. */
function randomGraph(): IssueLike[] {
	const { integer, shuffled } = random(seed);
	const made = Array.from({ length: count }, (_, at): IssueLike => {
		const wanted = at === 0 ? 0 : integer(mostBlockers + 1);
		const blockers = new Set(Array.from({ length: wanted }, () => `I-${integer(at)}`));
		return { id: `I-${at}`, blockers: [...blockers] };
	});
	return shuffled(made);
}

async function nothing(): Promise<null> {
	ran++;
	return null;
}

/** From the declaration of the graph to the outcome of its last task, as for theirs. */
async function runOurs(): Promise<number> {
	const from = performance.now();
	const plan = task("plan", { summary: "", run: async () => issues });
	const each = forEach(plan)("each", { summary: "", run: nothing });
	await execute(select([plan, each], [each]), {
		options: undefined,
		jobs,
		failFast: false,
		force: false,
		interrupt: new AbortController().signal,
		terminate: new AbortController().signal,
		endsRun: () => false,
		onEvent() {},
	});
	return performance.now() - from;
}

async function runTheirs(): Promise<number> {
	const from = performance.now();
	const nodes = new Map(issues.map(({ id }) => [id, { run: nothing }]));
	const edges = issues.flatMap(({ id, blockers }) => blockers.map((blocker): [string, string] => [blocker, id]));
	await new PGraph(nodes, edges).run({ concurrency: jobs });
	return performance.now() - from;
}
