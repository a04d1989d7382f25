import { Failure } from "../contract/problem.ts";
import type { Graph } from "../engine/graph.ts";
import { select } from "../engine/select.ts";
import { findGoals } from "./find.ts";
import { observe } from "./observe.ts";
import { OF_INTEGRATION } from "./options/morning-rows.ts";
import type { RunRequest } from "./request.ts";
import { withRole } from "./roles.ts";
import type { Surroundings } from "./surroundings.ts";
import { quietView } from "./views/notes-view.ts";
import { knownValue } from "./words/value-words.ts";

/** True for a word that asks for nothing but to put accepted issues together. */
export function isIntegrating({ tasks }: Graph, { task }: RunRequest): boolean {
	return tasks.some(({ name, role }) => name === task && role === "integrate");
}

/** The request by which it is only looked at what would be put together. */
export function foreseeing(request: RunRequest): RunRequest {
	return { ...request, options: { ...request.options, foresee: true } };
}

/** Answers `-q` for what puts issues together: whether it has something to do. */
export async function foreseeQuietly(graph: Graph, request: RunRequest, around: Surroundings): Promise<number> {
	const selection = select(graph.tasks, findGoals(graph, request, around.extras));
	const view = quietView((text) => around.stderr.write(text));
	const { report, signal } = await observe(foreseeing(request), selection, view);
	if (signal !== undefined) return signal;
	const [outcome] = report.closing.values();
	if (outcome?.status === "failed") throw outcome.error;
	const value = outcome && knownValue(outcome);
	if (value?.kind === "nothing-to-integrate") return 0;
	return value?.kind === "integrated" && !value.isNew && value.foreseen?.open.length === 0 ? 0 : 1;
}

/**
 * Checks that what only means something where issues are put together is asked for with that.
 * @throws Failure `usage`.
 */
export function verifyIntegrating(graph: Graph, request: RunRequest): void {
	const given = OF_INTEGRATION.find((key) => request.typed[key] !== undefined);
	if (given === undefined) return;
	const asked = [
		...graph.tasks.filter(({ name }) => name === request.task),
		...(graph.goals[request.task]?.tasks ?? []),
	];
	if (withRole(asked, "integrate").length > 0) return;
	const [node] = withRole(graph.tasks, "integrate");
	const message = node ? `--${given} belongs to "${node.name}"` : `--${given} has no task of this orchfile to go with`;
	throw new Failure({ kind: "usage", message });
}
