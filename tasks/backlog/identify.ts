import { isSameName, ownIdOf, partsOf, qualifiedAddress, qualifiedId } from "../contract/identity.ts";
import type { Issue } from "../contract/issue.ts";
import { nearest } from "../contract/names.ts";
import type { Problem } from "../contract/problem.ts";
import { isClosed, type States } from "../contract/state.ts";
import { groupBy, withRelations } from "./name-each-other.ts";

/** Documents of one project that have one id. */
export interface Duplicates {
	readonly project: string;
	readonly issues: readonly Issue[];
	readonly problem: Problem;
}

/** Issues as they are called, and those that can't be told apart. */
export interface Identified {
	readonly issues: readonly Issue[];
	readonly duplicates: readonly Duplicates[];
}

/**
 * Gives issues what they are called by, in what names them as well: the id of the document, and `PROJECT/ID` where several projects
 * have it. Ids that differ by case only count as one, since on some disks they would be one folder; so do projects. What stands twice in
 * one project is left out, but for one of those that are all closed: whatever waits for it need not.
 */
export function identify(read: readonly Issue[], states: States): Identified {
	const byId = groupBy(read, (issue) => issue.id.toLowerCase());
	const named: Issue[] = [];
	const duplicates: Duplicates[] = [];
	const left = new Set<Issue>();
	for (const same of byId.values()) {
		if (same.length === 1) continue;
		const projects = groupBy(same, ({ project }) => project.toLowerCase());
		for (const [first, ...others] of projects.values()) {
			if (!first || others.length === 0) continue;
			const issues = [first, ...others];
			const ids = [...new Set(issues.map(({ id }) => id))];
			const problem = { kind: "duplicate-id", ids, files: issues.map(({ docPath }) => docPath) } as const;
			duplicates.push({ project: first.project, issues, problem });
			for (const each of issues.every((each) => isClosed(each, states)) ? others : issues) left.add(each);
		}
	}
	for (const issue of read) {
		if (left.has(issue)) continue;
		const same = byId.get(issue.id.toLowerCase()) ?? [];
		named.push(same.some(({ project }) => !isSameName(project, issue.project)) ? qualified(issue) : issue);
	}
	return { issues: withRelations(named), duplicates };
}

/** The issue that something typed or written means: an id, or `PROJECT/ID`. Several where it does not say which. */
export function findNamed(name: string, issues: readonly Issue[]): readonly Issue[] {
	const { project, id } = partsOf(name);
	const byName = issues.filter((issue) => ownIdOf(issue) === id);
	return project === undefined ? byName : byName.filter((issue) => issue.project === project);
}

/** What a name that names nothing, or not one thing, may have meant. */
export function nearestIssues(name: string, issues: readonly Issue[]): readonly string[] {
	const same = findNamed(name, issues).map(({ id }) => id);
	return same.length > 0 ? same : nearest(name, namesLike(name, issues));
}

/** What issues are called, as something that was typed is written: with the project where that has one. */
export function namesLike(name: string, issues: readonly Issue[]): readonly string[] {
	const isQualified = name.includes("/");
	return issues.map((issue) => (isQualified ? qualifiedId(issue.project, ownIdOf(issue)) : issue.id));
}

function qualified(issue: Issue): Issue {
	const { id, project } = issue;
	return { ...issue, id: qualifiedId(project, id), ownId: id, address: qualifiedAddress(project, id) };
}
