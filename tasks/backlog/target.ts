import { basename } from "node:path";
import { given } from "../contract/given.ts";
import { isSameName } from "../contract/identity.ts";
import type { Issue } from "../contract/issue.ts";
import { nearest } from "../contract/names.ts";
import type { RunOptions } from "../contract/options.ts";
import { Failure } from "../contract/problem.ts";
import type { Backlog } from "./backlog.ts";
import { findNamed, namesLike, nearestIssues } from "./identify.ts";

/** What says which issues are meant. */
export type Wanted = Pick<RunOptions, "target" | "issue" | "project">;

/**
 * The issues a run is about, by target, issue and project.
 * @throws Failure when one of these names nothing, or more than one thing.
 */
export function selectIssues(backlog: Backlog, options: Wanted): readonly Issue[] {
	return select(backlog, options).issues;
}

/** Issues, and by what they were selected. */
interface Selected {
	readonly issues: readonly Issue[];
	readonly by: "all" | "milestone" | "issue";
}

/** As {@link selectIssues}, with what the target turned out to be. */
export function select(backlog: Backlog, options: Wanted): Selected {
	const inProject = options.project
		? backlog.issues.filter((issue) => issue.project === options.project)
		: backlog.issues;
	if (options.project && inProject.length === 0 && !backlog.broken.some((each) => each.project === options.project)) {
		const known = [...new Set([...backlog.issues, ...backlog.broken].flatMap(({ project }) => project ?? []))];
		// One that can't be read may well be of it.
		const unreadable = backlog.broken.flatMap((each) => (each.project === undefined ? each.problems : []));
		const unknown = {
			kind: "unknown-project",
			name: options.project,
			nearest: nearest(options.project, known),
		} as const;
		throw new Failure([unknown, ...unreadable]);
	}
	const found: Selected =
		options.target === undefined
			? { issues: inProject, by: "all" }
			: resolveTarget(options.target, inProject, backlog, options);
	if (options.issue === undefined) return found;
	const chosen = found.issues;
	const only = ofOneIssue(options.issue, findNamed(options.issue, chosen));
	if (only.length > 0) return { issues: only, by: "issue" };
	throw (
		brokenInstead(backlog, options.issue) ??
		new Failure({
			kind: "unknown-issue",
			name: options.issue,
			...given({ milestone: options.target }),
			nearest: nearestIssues(options.issue, chosen),
		})
	);
}

/** A target is a milestone, by its full name or by what stands before its first `-` or `_`, or an issue's id. */
function resolveTarget(target: string, issues: readonly Issue[], backlog: Backlog, options: Wanted): Selected {
	const exact = issues.filter((issue) => issue.milestone === target);
	if (exact.length > 0) return ofOneProject(target, exact, options);
	const one = ofOneIssue(target, findNamed(target, issues));
	if (one.length > 0) return { issues: one, by: "issue" };
	const short = issues.filter((issue) => issue.milestone !== null && isBeginning(target, issue.milestone));
	const milestones = [...new Set(short.map((issue) => issue.milestone ?? ""))];
	if (milestones.length > 1) throw new Failure({ kind: "several-milestones", name: target, milestones });
	if (short.length > 0) return ofOneProject(target, short, options);
	const known = [...new Set([...namesLike(target, issues), ...issues.flatMap(({ milestone }) => milestone ?? [])])];
	throw (
		brokenInstead(backlog, target) ??
		new Failure({
			...{ kind: "unknown-target", name: target },
			...given({ project: options.project }),
			nearest: nearest(target, known),
		})
	);
}

/** True for what stands before a milestone's first `-` or `_`, or before a blank or mark that no id holds. */
function isBeginning(target: string, milestone: string): boolean {
	if (/^[^-_]+/.exec(milestone)?.[0] === target) return true;
	return milestone.startsWith(target) && /^[^\p{L}\p{N}._-]/u.test(milestone.slice(target.length));
}

/** A target that names nothing may well stand in a document that can't be read: then that is what has to be said. */
function brokenInstead(backlog: Backlog, name: string): Failure | undefined {
	const problems = backlog.broken.flatMap((each) => each.problems);
	const isNamed = (milestone: string | null | undefined) =>
		typeof milestone === "string" && (milestone === name || isBeginning(name, milestone));
	const sketched = backlog.broken.filter(({ sketches = [] }) =>
		sketches.some(({ id, milestone, isClosed }) => isSameName(id, name) || (isNamed(milestone) && !isClosed)),
	);
	if (sketched.length > 0) return new Failure(sketched.flatMap((each) => each.problems));
	const named = problems.filter(
		(problem) =>
			(problem.kind === "duplicate-id" && problem.ids.some((id) => id.toLowerCase() === name.toLowerCase())) ||
			(problem.kind === "file-unreadable" && basename(problem.path, ".md") === name) ||
			(problem.kind === "document-invalid" && basename(problem.file, ".md") === name),
	);
	if (named.length > 0) return new Failure(named);
	return backlog.issues.length === 0 && problems.length > 0 ? new Failure(problems) : undefined;
}

/** @throws Failure `several-issues` where several projects have this id. */
function ofOneIssue(name: string, issues: readonly Issue[]): readonly Issue[] {
	if (issues.length > 1) throw new Failure({ kind: "several-issues", name, ids: issues.map(({ id }) => id) });
	return issues;
}

function ofOneProject(milestone: string, issues: readonly Issue[], options: Wanted): Selected {
	const projects = [...new Set(issues.map((issue) => issue.project))];
	if (projects.length > 1 && !options.project) throw new Failure({ kind: "several-projects", milestone, projects });
	return { issues, by: "milestone" };
}
