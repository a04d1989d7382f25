import type { Issue } from "../contract/issue.ts";
import { DEFAULT_LAYOUT, type Layout, nameOfField } from "../contract/layout.ts";
import type { Problem } from "../contract/problem.ts";
import { isClosed, isOpen, type States } from "../contract/state.ts";
import { nearestIssues } from "./identify.ts";

/** An issue in its place, with the ids it waits for. */
export interface OrderedIssue {
	readonly issue: Issue;
	readonly blockers: readonly string[];
}

const natural = new Intl.Collator("en", { numeric: true });

/**
 * Puts issues in order: blockers first, then priority (1 to 4, then none), then id in natural order. The same documents
 * give the same order, whatever order they were read in.
 * @param all the whole backlog: blockers may stand outside the selection.
 * @param layout what the states mean, and what the front matter calls the fields.
 * @returns the order, or what makes one impossible; of a circle of issues none of which is open, both.
 */
export function orderIssues(
	selected: readonly Issue[],
	all: readonly Issue[],
	layout: Pick<Layout, "fields" | "states"> = DEFAULT_LAYOUT,
): { readonly ordered: readonly OrderedIssue[]; readonly problems: readonly Problem[] } {
	const byId = new Map(all.map((issue) => [issue.id, issue]));
	const blockers = new Map(selected.map((issue) => [issue.id, new Set<string>()]));
	const problems: Problem[] = [];
	for (const issue of selected) {
		for (const id of issue.blockedBy) {
			if (byId.has(id)) blockers.get(issue.id)?.add(id);
			else if (isOpen(issue, layout.states))
				problems.push({
					kind: "unknown-blocker",
					file: issue.docPath,
					key: nameOfField(layout, "blocked_by"),
					id,
					nearest: nearestIssues(id, all),
				});
		}
	}
	// The relation is read from both sides: whoever writes it down, it holds.
	for (const issue of all) for (const id of issue.blocks) blockers.get(id)?.add(issue.id);
	const { ordered: placed, rest } = sort(selected, blockers, layout.states);
	// Those that nobody runs are in nobody's way.
	const isHarmless = !rest.some((issue) => isOpen(issue, layout.states));
	const ordered = isHarmless ? [...placed, ...rest.sort(compare)] : placed;
	if (rest.length > 0) {
		const ids = findCycle(rest, blockers, layout.states);
		problems.push({ kind: "blocker-cycle", ids, files: ids.map((id) => byId.get(id)?.docPath ?? id) });
	}
	return {
		ordered: ordered.map((issue) => ({ issue, blockers: [...(blockers.get(issue.id) ?? [])].sort(natural.compare) })),
		problems,
	};
}

/** The ids that each issue waits for, in natural order, whichever side wrote it down; those that name nothing are left out. */
export function blockersOf(all: readonly Issue[]): ReadonlyMap<string, readonly string[]> {
	const blockers = new Map(all.map((issue) => [issue.id, new Set<string>()]));
	for (const issue of all) {
		for (const id of issue.blockedBy) if (blockers.has(id)) blockers.get(issue.id)?.add(id);
		for (const id of issue.blocks) blockers.get(id)?.add(issue.id);
	}
	return new Map([...blockers].map(([id, ids]) => [id, [...ids].sort(natural.compare)]));
}

function sort(selected: readonly Issue[], blockers: ReadonlyMap<string, ReadonlySet<string>>, states: States) {
	const dependents = new Map<string, Issue[]>();
	const waiting = new Map<string, number>();
	const chosen = new Map(selected.map((issue) => [issue.id, issue]));
	for (const issue of selected) {
		const inside = [...(blockers.get(issue.id) ?? [])].filter(
			(id) => chosen.has(id) && !isClosed(chosen.get(id) as Issue, states),
		);
		waiting.set(issue.id, inside.length);
		for (const id of inside) dependents.set(id, [...(dependents.get(id) ?? []), issue]);
	}
	const ready = selected.filter((issue) => waiting.get(issue.id) === 0).sort(compare);
	const ordered: Issue[] = [];
	for (let next = ready.shift(); next; next = ready.shift()) {
		ordered.push(next);
		for (const dependent of dependents.get(next.id) ?? []) {
			const left = (waiting.get(dependent.id) ?? 0) - 1;
			waiting.set(dependent.id, left);
			if (left === 0) insert(ready, dependent);
		}
	}
	const placed = new Set(ordered);
	return { ordered, rest: selected.filter((issue) => !placed.has(issue)) };
}

function insert(ready: Issue[], issue: Issue): void {
	let low = 0;
	let high = ready.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if (compare(ready[middle] as Issue, issue) < 0) low = middle + 1;
		else high = middle;
	}
	ready.splice(low, 0, issue);
}

/** Follows blockers among issues that could not be placed until one comes up again. */
function findCycle(
	rest: readonly Issue[],
	blockers: ReadonlyMap<string, ReadonlySet<string>>,
	states: States,
): string[] {
	const stuck = new Set(rest.filter((issue) => !isClosed(issue, states)).map((issue) => issue.id));
	const path: string[] = [];
	let at = [...stuck].sort(natural.compare)[0] ?? "";
	while (!path.includes(at)) {
		path.push(at);
		at = [...(blockers.get(at) ?? [])].find((id) => stuck.has(id)) ?? at;
	}
	return [...path.slice(path.indexOf(at)), at];
}

function compare(a: Issue, b: Issue): number {
	return rank(a) - rank(b) || natural.compare(a.id, b.id) || (a.id < b.id ? -1 : 1);
}

function rank(issue: Issue): number {
	return issue.priority === null || issue.priority === 0 ? Number.MAX_SAFE_INTEGER : issue.priority;
}
