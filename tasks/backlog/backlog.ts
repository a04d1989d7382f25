import type { Issue, RepositoryPaths } from "../contract/issue.ts";
import { fillIn, type Layout } from "../contract/layout.ts";
import type { Problem } from "../contract/problem.ts";
import { milestonesPattern } from "./layout-patterns.ts";
import type { Sketch } from "./sketch.ts";

/** Documents that can't be used, and what can be told of them. */
export interface Broken {
	readonly project: string | undefined;
	readonly problems: readonly Problem[];
	/** One for each document; without any, all of its project may be meant. */
	readonly sketches?: readonly Sketch[];
}

/** Every issue document of a repository. */
export interface Backlog {
	readonly repository: RepositoryPaths;
	/** By path, so that the same files always give the same backlog. */
	readonly issues: readonly Issue[];
	/** Documents that are no issues: they have no front matter. */
	readonly skipped: readonly string[];
	/** What makes some of these look like issues. */
	readonly lost?: readonly Problem[];
	readonly broken: readonly Broken[];
	/** What is wrong in documents that can be used all the same, since it has no effect there. */
	readonly faults?: readonly Problem[];
	/** Milestone documents, relative to the repository. */
	readonly milestoneDocs: readonly string[];
}

/**
 * The documents of an issue's milestone: `<milestone>.md`, or files whose names continue it after a `-`, `_`, `.` or blank. The
 * exact name comes first; more than one of the others is ambiguous.
 */
export function findMilestoneDocs(
	backlog: Pick<Backlog, "milestoneDocs">,
	{ project, milestone }: Pick<Issue, "project" | "milestone">,
	layout: Layout,
): string[] {
	if (milestone === null || layout.milestones === null) return [];
	const pattern = milestonesPattern(layout, { project, milestone });
	const matching = backlog.milestoneDocs.filter((file) => pattern.test(file));
	const name = fillIn(layout.milestones, { project, milestone });
	return matching.includes(name) ? [name] : matching;
}
