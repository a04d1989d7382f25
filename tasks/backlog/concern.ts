import { ownIdOf, partsOf } from "../contract/identity.ts";
import type { Issue } from "../contract/issue.ts";
import type { Layout } from "../contract/layout.ts";
import type { RunOptions } from "../contract/options.ts";
import type { Problem } from "../contract/problem.ts";
import { isOpen } from "../contract/state.ts";
import type { Backlog, Broken } from "./backlog.ts";
import { groupBy } from "./name-each-other.ts";
import type { Sketch } from "./sketch.ts";
import { select, type Wanted } from "./target.ts";

/** What is wrong with documents: with those that a run is about or rests on, and with others. */
export interface Concerns {
	readonly theirs: readonly Problem[];
	/** What does not keep a run from anything: it is counted, and `check` tells it. */
	readonly elsewhere: readonly Problem[];
	/** What documents are called that can't be used, and that the run is about or rests on. */
	readonly names: ReadonlySet<string>;
}

/**
 * Parts what is wrong with documents by whether it is in the way of these issues: a document that is selected and open, or that one of
 * them waits for. What can't be told of a document is taken for what would be in the way.
 */
export function findConcerns(backlog: Backlog, options: Wanted & Pick<RunOptions, "layout">): Concerns {
	const { issues, by } = select(backlog, options);
	const isTheirs = isAbout(issues, by, backlog, options);
	const [theirs, others]: [Broken[], Broken[]] = [[], []];
	for (const broken of backlog.broken) (isTheirs(broken) ? theirs : others).push(broken);
	return {
		theirs: theirs.flatMap(({ problems }) => problems),
		elsewhere: [...others.flatMap(({ problems }) => problems), ...(backlog.faults ?? [])],
		names: new Set(theirs.flatMap(({ sketches = [] }) => sketches.map(({ id }) => id.toLowerCase()))),
	};
}

function isAbout(
	issues: readonly Issue[],
	by: "all" | "milestone" | "issue",
	backlog: Backlog,
	{ project, layout }: Wanted & { readonly layout: Layout },
): (broken: Broken) => boolean {
	const projects = new Set(issues.map((issue) => issue.project));
	const milestones = new Set(issues.map((issue) => issue.milestone));
	const open = issues.filter((issue) => isOpen(issue, layout.states));
	const known = new Set(backlog.issues.map(({ id }) => id));
	const awaited = new Set(
		open.flatMap(({ blockedBy }) => blockedBy.filter((id) => !known.has(id)).map((id) => partsOf(id).id.toLowerCase())),
	);
	const names = new Set(open.map(({ id }) => id));
	const owners = groupBy(open, ownIdOf);
	/** An id that stands in several projects is that of its own. */
	const isWaiting = (id: string, of: string | undefined) =>
		names.has(id) || owners.get(id)?.some((issue) => of === undefined || issue.project === of) === true;
	const isSelected = (sketch: Sketch, of: string | undefined): boolean => {
		if (sketch.isClosed || by === "issue") return false;
		if (by === "all") return project === undefined || of === undefined || of === project;
		if (of !== undefined && !projects.has(of)) return false;
		return sketch.milestone === undefined || milestones.has(sketch.milestone);
	};
	return ({ project: of, sketches }) => {
		// Of an own `discover`, which tells no more than this.
		if (!sketches) return by === "all" ? project === undefined || of === project : of === undefined || projects.has(of);
		const isAwaited = ({ id, blocks }: Sketch) =>
			awaited.has(id.toLowerCase()) || blocks.some((each) => isWaiting(each, of));
		return sketches.some((sketch) => isAwaited(sketch) || isSelected(sketch, of));
	};
}
