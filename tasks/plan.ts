import { homedir, tmpdir } from "node:os";
import { type Backlog, findMilestoneDocs } from "./backlog/backlog.ts";
import { fixedFolder } from "./backlog/layout-patterns.ts";
import { orderIssues } from "./backlog/order.ts";
import { findOneSided } from "./backlog/relations.ts";
import { selectIssues } from "./backlog/target.ts";
import { type Base, type Issue, type IssuePlan, isClosed, type RepositoryPaths } from "./contract/issue.ts";
import type { Layout } from "./contract/layout.ts";
import type { RunOptions } from "./contract/options.ts";
import { Failure } from "./contract/problem.ts";
import type { RunContext } from "./engine/task.ts";
import { branchOf, worktreeOf } from "./repo/addresses.ts";
import { branchTip, contains } from "./repo/branch.ts";
import { findLocalChanges, findUncommitted } from "./repo/documents.ts";
import { findRelativeFilters } from "./repo/filters.ts";
import { findActiveHooks } from "./repo/hooks.ts";
import { resolveBase, verifyIdentity } from "./repo/repository.ts";
import { readSettings } from "./repo/settings.ts";
import { readLastAttempt } from "./store/last-attempt.ts";
import { attemptFiles, logFolder } from "./store/log-folder.ts";
import { verifyFreeSpace } from "./system/free-space.ts";

type Inputs = { readonly backlog: Backlog };

/**
 * Selects the issues that the run is about, checks their documents, and puts them in order with their addresses.
 * @throws Failure with everything that is wrong, when the target names nothing, or a document of the selected projects
 * can't be used.
 */
export async function planIssues({ backlog }: Inputs, context: RunContext<RunOptions>): Promise<IssuePlan[]> {
	const { options } = context;
	const { layout } = options;
	const selected = selectIssues(backlog, options);
	const projects = new Set(selected.map((issue) => issue.project));
	const concerns = (project: string | undefined) => project === undefined || projects.has(project);
	const broken = backlog.broken.filter((each) => concerns(each.project)).flatMap((each) => each.problems);
	const elsewhere = backlog.broken.filter((each) => !concerns(each.project)).flatMap((each) => each.problems);
	const byId = new Map(backlog.issues.map((issue) => [issue.id, issue]));
	const { ordered, problems } = orderIssues(selected, backlog.issues, layout.fields.blocked_by);
	if (broken.length + problems.length > 0) throw new Failure([...broken, ...problems]);
	if (elsewhere.length > 0) context.report({ kind: "note-broken-elsewhere", problems: elsewhere });
	if (backlog.skipped.length > 0) context.report({ kind: "note-documents-skipped", files: backlog.skipped });
	const lines = ordered.flatMap(({ issue }) =>
		findOneSided(issue, byId).flatMap(({ relation, missing, other }) =>
			relation === "blocked_by" || relation === "blocked"
				? [{ file: other, key: layout.fields[missing], id: issue.id }]
				: [],
		),
	);
	if (lines.length > 0) context.report({ kind: "note-one-sided", lines });
	const closed = ordered.filter(({ issue }) => isClosed(issue)).map(({ issue }) => issue.id);
	if (closed.length > 0) context.report({ kind: "note-issues-closed", ids: closed });
	const base = await resolveBase(backlog.repository, options.base);
	const { repository } = backlog;
	const { root } = repository;
	const inRun = new Set(ordered.filter(({ issue }) => !isClosed(issue)).map(({ issue }) => issue.id));
	const passed = new Map<string, Promise<boolean>>();
	const hasPassed = (id: string): Promise<boolean> => {
		const known = passed.get(id) ?? hasPassedBefore(backlog, byId.get(id) as Issue, base, layout);
		passed.set(id, known);
		return known;
	};
	const plans: IssuePlan[] = [];
	for (const { issue, blockers } of ordered) {
		if (!inRun.has(issue.id)) continue;
		const open = blockers.filter((id) => !isClosed(byId.get(id) as Issue));
		const waits = await Promise.all(open.map(async (id) => inRun.has(id) || !(await hasPassed(id))));
		plans.push({
			...issue,
			repository,
			base,
			blockers: open.filter((_, at) => waits[at]),
			stack: open.map((id) => ({
				issue: id,
				branch: branchOf(layout, id),
				logDir: logFolder(root, layout.logs, byId.get(id)?.milestone ?? null, id),
			})),
			milestoneDocPath: findMilestoneDocs(backlog, issue, layout)[0] ?? "",
			branch: branchOf(layout, issue.id),
			worktreePath: worktreeOf(layout, root, issue.id),
			logDir: logFolder(root, layout.logs, issue.milestone, issue.id),
		});
	}
	return plans;
}

/**
 * Checks what every issue of the run relies on, before the first side effect: there is room on the disks, the
 * documents are part of the base, and commits can be made without running what an agent wrote.
 * @throws Failure `disk-low`, `document-not-committed`, `no-identity`, `relative-filter`.
 */
export async function verifyReady(
	{ plan }: { readonly plan: readonly IssuePlan[] },
	context: RunContext<RunOptions>,
): Promise<null> {
	const [first] = plan;
	if (!first) return null;
	const { repository, base, worktreePath, logDir } = first;
	await verifySpace(repository, worktreePath, logDir, context.options.minFree);
	// A rehearsal signs with a name of its own.
	if (!repository.rehearsal) await verifyIdentity(repository.root);
	const documents = plan.map((issue) => issue.docPath);
	const [uncommitted, settings] = await Promise.all([
		findUncommitted(repository, base, fixedFolder(context.options.layout.issues), documents),
		readSettings(repository),
	]);
	const filters = findRelativeFilters(repository, settings);
	if (uncommitted.length + filters.length > 0) throw new Failure([...filters, ...uncommitted]);
	const [changes, hooks] = await Promise.all([findLocalChanges(repository), findActiveHooks(repository, settings)]);
	if (changes.length > 0) context.report({ kind: "note-local-changes", files: changes });
	if (hooks.length > 0) context.report({ kind: "note-hooks-skipped", hooks });
	return null;
}

/**
 * Checks that there is room wherever a run writes.
 * @throws Failure `disk-low`.
 */
export async function verifySpace(
	{ commonDir }: RepositoryPaths,
	worktreePath: string,
	logDir: string,
	minFree: number,
): Promise<void> {
	await verifyFreeSpace([commonDir, worktreePath, logDir, tmpdir(), homedir()], minFree);
}

/** True when an issue outside the run has passed in an earlier one, and its work is on its branch or on the base. */
async function hasPassedBefore({ repository }: Backlog, issue: Issue, base: Base, layout: Layout): Promise<boolean> {
	const files = attemptFiles(logFolder(repository.root, layout.logs, issue.milestone, issue.id), "dev");
	const record = await readLastAttempt(files);
	if (record?.outcome !== "pass" || !record.saved) return false;
	const tip = await branchTip(repository, branchOf(layout, issue.id));
	const { head } = record.saved;
	return (await contains(repository, base.commit, head)) || (tip !== undefined && contains(repository, tip, head));
}
