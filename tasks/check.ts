import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Backlog, findMilestoneDocs } from "./backlog/backlog.ts";
import { findConcerns } from "./backlog/concern.ts";
import { EFFECTLESS } from "./backlog/document.ts";
import { findHeld } from "./backlog/held.ts";
import { nearestIssues } from "./backlog/identify.ts";
import { issueFolders, unusedGlobs } from "./backlog/layout-patterns.ts";
import { lineOfField } from "./backlog/line-of-field.ts";
import { findStateless } from "./backlog/no-state.ts";
import { orderIssues } from "./backlog/order.ts";
import { findOneSided, relationsOf, relationsUsed } from "./backlog/relations.ts";
import { selectIssues } from "./backlog/target.ts";
import { countKeys, findUnknownKeys, isNear } from "./backlog/unknown-keys.ts";
import { verifySome } from "./backlog/verify-some.ts";
import { type Finding, type FindingFact, isError } from "./contract/finding.ts";
import { given } from "./contract/given.ts";
import type { Issue } from "./contract/issue.ts";
import { type Field, fillIn, type Layout, nameOfField } from "./contract/layout.ts";
import { plainWord } from "./contract/names.ts";
import type { RunOptions } from "./contract/options.ts";
import type { Problem } from "./contract/problem.ts";
import type { HeldIssue } from "./contract/standing.ts";
import { isClosed, isDone, isOpen } from "./contract/state.ts";
import type { Checked } from "./contract/value.ts";
import type { RunContext } from "./engine/task.ts";
import { findUncommitted } from "./repo/documents.ts";
import { resolveBase } from "./repo/repository.ts";
import { identified } from "./standing/identified.ts";

/** A finding in the issue and under the front matter key that it is about; its line is looked up at the end. */
interface Keyed {
	readonly issue: Issue;
	readonly key: Field;
	readonly fact: FindingFact;
}

/**
 * Reads the whole backlog, or what the target names, for everything that a run would stumble over. Starts nothing and
 * changes nothing.
 */
export async function checkBacklog(
	given: { readonly backlog: Backlog },
	{ options }: RunContext<RunOptions>,
): Promise<Checked> {
	const backlog = await identified(given.backlog, options.layout);
	const isWhole = options.target === undefined && options.project === undefined;
	if (isWhole) verifySome(backlog, options.layout);
	const issues = isWhole ? backlog.issues : selectIssues(backlog, options);
	const projects = new Set(issues.map((issue) => issue.project));
	const broken = backlog.broken.filter(({ project }) => isWhole || project === undefined || projects.has(project));
	const { theirs } = findConcerns(backlog, options);
	const paths = new Set(issues.map(({ docPath }) => docPath));
	const faults = (backlog.faults ?? []).filter((each) => isWhole || fileOf(each).some((file) => paths.has(file)));
	const byId = new Map(backlog.issues.map((issue) => [issue.id, issue]));
	const isUsed = relationsUsed(backlog.issues, options.layout);
	const keyed = [
		...issues.flatMap((issue) => findDangling(issue, byId, options.layout)),
		...issues.flatMap((issue) =>
			findOneSided(issue, byId, isUsed).map((each) => ({
				issue,
				key: each.relation,
				fact: {
					kind: "one-sided",
					...each,
					relation: nameOfField(options.layout, each.relation),
					missing: nameOfField(options.layout, each.missing),
				} as const,
			})),
		),
		...issues.flatMap((issue) => findContradictions(issue, byId, options.layout)),
		...findHeld(issues, options.layout.states).flatMap((issue) => findUnknownState(issue, options.layout)),
		...findBlockerCycle(issues, backlog, options.layout),
		...findParentCycles(issues, byId, options.layout),
		...findMilestoneFaults(issues, backlog, options.layout),
	];
	const documents = new Map<string, string[]>();
	const files = [
		...issues.map(({ docPath }) => docPath),
		...broken.flatMap(({ problems }) => problems.flatMap(fileOf)),
	];
	const unknown = [...new Set(files)].flatMap((file) => findUnknownIn(file, backlog.repository.root, options.layout));
	const told = [
		...broken.flatMap(({ problems }) => problems.map((each) => harmless(!theirs.includes(each), asFinding(each)))),
		...faults.map((each) => harmless(true, asFinding(each))),
	];
	const isTold = (at: Pick<Finding, "file" | "line">) =>
		told.some(({ file, line }) => file === at.file && line === at.line);
	const findings = [
		...told,
		...keyed.map((each) => locate(each, backlog.repository.root, options.layout, documents)),
		...unknown.flatMap(({ meant, ...at }) =>
			meant === undefined || isTold(at) ? [] : [{ kind: "unknown-key", ...at, meant } as const],
		),
		...(isWhole ? (backlog.lost ?? []) : []).flatMap(asLost),
		...(await findNotCommitted(issues, backlog, options)),
	];
	return {
		kind: "checked",
		issues: issues.length,
		findings: findings.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line)),
		skipped: isWhole ? backlog.skipped : [],
		unknownKeys: countKeys(unknown.filter(({ meant }) => meant === undefined)),
		unusedGlobs: isWhole ? unusedGlobs(options.layout, [...files, ...backlog.skipped]) : [],
		stateless: findStateless(issues, backlog, options.layout, linesOf),
	};
}

/** The keys of a document that are not read; none of one that can't be read either, which is told elsewhere. */
function findUnknownIn(file: string, root: string, layout: Layout) {
	try {
		return findUnknownKeys(readFileSync(join(root, file)), layout).map((each) => ({ file, ...each }));
	} catch {
		return [];
	}
}

/** The document that a problem is about. */
function fileOf(problem: Problem): string[] {
	return problem.kind === "document-invalid" ? [problem.file] : [];
}

function findDangling(issue: Issue, byId: ReadonlyMap<string, Issue>, layout: Layout): Keyed[] {
	return relationsOf(issue).flatMap(([relation, ids]) =>
		ids
			.filter((id) => !byId.has(id))
			.map((id) => ({
				issue,
				key: relation,
				fact: {
					kind: "dangling",
					relation: nameOfField(layout, relation),
					id,
					nearest: nearestIssues(id, [...byId.values()]),
				} as const,
			})),
	);
}

function findContradictions(issue: Issue, byId: ReadonlyMap<string, Issue>, { states }: Layout): Keyed[] {
	if (!isDone(issue, states)) return [];
	return issue.blockedBy.flatMap((id) => {
		const blocker = byId.get(id);
		if (!blocker || isClosed(blocker, states)) return [];
		const fact = { kind: "done-but-blocked", state: issue.state, by: id, byState: blocker.state } as const;
		return [{ issue, key: "state", fact }];
	});
}

function findUnknownState(issue: HeldIssue, { states }: Layout): Keyed[] {
	if (issue.held !== "unknown") return [];
	const near = Object.keys(states).find((word) => isNear(plainWord(issue.state), word));
	return [{ issue, key: "state", fact: { kind: "unknown-state", state: issue.state, ...given({ near }) } }];
}

function findBlockerCycle(issues: readonly Issue[], backlog: Backlog, layout: Layout): Keyed[] {
	return orderIssues(issues, backlog.issues, layout).problems.flatMap((problem) => {
		const issue = problem.kind === "blocker-cycle" && issues.find(({ id }) => id === problem.ids[0]);
		if (!issue || problem.kind !== "blocker-cycle") return [];
		const fact = { kind: "cycle", relation: nameOfField(layout, "blocked_by"), ids: problem.ids } as const;
		return [{ issue, key: "blocked_by", fact }];
	});
}

function findParentCycles(issues: readonly Issue[], byId: ReadonlyMap<string, Issue>, layout: Layout): Keyed[] {
	const seen = new Set<string>();
	return issues.flatMap((start) => {
		const path: string[] = [];
		let at: Issue | undefined = start;
		while (at && !seen.has(at.id) && !path.includes(at.id)) {
			path.push(at.id);
			at = at.parent === null ? undefined : byId.get(at.parent);
		}
		for (const id of path) seen.add(id);
		if (!at || !path.includes(at.id)) return [];
		const ids = [...path.slice(path.indexOf(at.id)), at.id];
		return [
			{ issue: at, key: "parent", fact: { kind: "cycle", relation: nameOfField(layout, "parent"), ids } as const },
		];
	});
}

function findMilestoneFaults(issues: readonly Issue[], backlog: Backlog, layout: Layout): Keyed[] {
	const { milestones } = layout;
	if (milestones === null) return [];
	const seen = new Set<string>();
	return issues.flatMap((issue) => {
		const { project, milestone } = issue;
		const name = `${project} ${milestone}`;
		if (milestone === null || seen.has(name)) return [];
		seen.add(name);
		const found = findMilestoneDocs(backlog, issue, layout);
		if (found.length === 1) return [];
		const expected = fillIn(milestones, { project, milestone: `${milestone}*` });
		return [{ issue, key: "milestone", fact: { kind: "milestone-document", milestone, expected, found } as const }];
	});
}

async function findNotCommitted(
	issues: readonly Issue[],
	{ repository }: Backlog,
	options: RunOptions,
): Promise<Finding[]> {
	// On a detached HEAD what is checked out is what counts.
	const base = await resolveBase(repository, options.base ?? "HEAD");
	const files = issues.map((issue) => issue.docPath);
	return (await findUncommitted(repository, base, issueFolders(options.layout), files)).flatMap((problem) =>
		problem.kind === "document-not-committed"
			? [{ kind: "not-committed", file: problem.file, line: 1, state: problem.state } as const]
			: [],
	);
}

/** A document that is no issue, and looks like one. */
function asLost(problem: Problem): Finding[] {
	if (problem.kind !== "document-invalid") return [];
	const { file, line, what, expected } = problem;
	return [{ kind: "lost-fence", file, line, what, expected }];
}

function asFinding(problem: Problem): Finding {
	const file = "file" in problem ? problem.file : "files" in problem ? (problem.files[0] ?? "") : "";
	return {
		kind: "broken",
		file: "path" in problem ? String(problem.path) : file,
		line: "line" in problem ? problem.line : 1,
		problem,
	};
}

/** A list of an orchfile's own may name a document that is not there. */
function linesOf(path: string): string[] {
	try {
		return readFileSync(path, "utf8").split("\n");
	} catch {
		return [];
	}
}

function harmless(isHarmless: boolean, finding: Finding): Finding {
	return isHarmless && isError(finding) ? { ...finding, isHarmless: true } : finding;
}

function locate({ issue, key, fact }: Keyed, root: string, layout: Layout, documents: Map<string, string[]>): Finding {
	const lines = documents.get(issue.docPath) ?? linesOf(join(root, issue.docPath));
	documents.set(issue.docPath, lines);
	const isHarmless = EFFECTLESS.includes(key) || !isOpen(issue, layout.states);
	const line = issue.docLine ?? lineOfField(key, lines, issue.docPath, layout, "id" in fact ? fact.id : undefined);
	return harmless(isHarmless, { file: issue.docPath, line, ...fact });
}
