import type { Backlog } from "../../backlog/backlog.ts";
import type { Issue } from "../../contract/issue.ts";
import type { RunOptions } from "../../contract/options.ts";
import { isOpen } from "../../contract/state.ts";
import type { Graph } from "../../engine/graph.ts";
import type { RunContext } from "../../engine/task.ts";
import { withRole } from "../roles.ts";

/** What a target or an option can name: of the documents as they stand now, each with its title where it has one. */
export interface BacklogNames {
	readonly milestones: readonly string[];
	readonly projects: readonly string[];
	readonly issues: readonly Pick<Issue, "id" | "title" | "milestone" | "project">[];
	/** Ids of the issues that an agent may do. */
	readonly open: ReadonlySet<string>;
}

/** The names in a backlog that can't be read, or is not wanted: none. */
export const NO_NAMES: BacklogNames = { milestones: [], projects: [], issues: [], open: new Set() };

/** Reads the names in the backlog, by the orchfile's own task; nothing where they can't be read, for whatever reason. */
export async function readBacklogNames(graph: Graph, options: RunOptions): Promise<BacklogNames> {
	const [discover] = withRole(graph.tasks, "backlog");
	if (!discover || Object.keys({ ...discover.needs, ...discover.after }).length > 0) return NO_NAMES;
	const context: RunContext<RunOptions> = { options, signal: new AbortController().signal, report: () => {} };
	try {
		const { issues } = (await discover.run({} as never, context as never)) as Backlog;
		const wanted = options.project === undefined ? issues : issues.filter((each) => each.project === options.project);
		return {
			milestones: [...new Set(wanted.flatMap((each) => each.milestone ?? []))],
			projects: [...new Set(issues.map((each) => each.project))],
			issues: wanted,
			open: new Set(wanted.filter((each) => isOpen(each, options.layout.states)).map(({ id }) => id)),
		};
	} catch {
		return NO_NAMES;
	}
}
