import { type Backlog, findMilestoneDocs } from "./backlog/backlog.ts";
import { findConcerns } from "./backlog/concern.ts";
import { findHeld } from "./backlog/held.ts";
import { blockersOf, orderIssues } from "./backlog/order.ts";
import { selectIssues } from "./backlog/target.ts";
import { verifySome } from "./backlog/verify-some.ts";
import { given } from "./contract/given.ts";
import { addressNameOf, partsOf } from "./contract/identity.ts";
import { type Base, homeOf, type Issue, type IssuePlan, logsOf } from "./contract/issue.ts";
import type { Layout } from "./contract/layout.ts";
import type { RunOptions } from "./contract/options.ts";
import { Failure } from "./contract/problem.ts";
import { isClosed, isOpen, whyHeld } from "./contract/state.ts";
import type { RunContext } from "./engine/task.ts";
import { branchOf, worktreeOf } from "./repo/addresses.ts";
import { findBase } from "./repo/repository.ts";
import { identified } from "./standing/identified.ts";
import { logFolder } from "./store/log-folder.ts";

type Inputs = { readonly backlog: Backlog };
type Context = RunContext<RunOptions>;

/**
 * Selects the issues that the run is about, checks their documents, and puts them in order with their addresses.
 * @throws Failure with everything that is wrong, when the target names nothing, or a document can't be used that is
 * selected and open, or that one of these waits for.
 */
export async function planIssues(given: Inputs, context: Context): Promise<IssuePlan[]> {
	const { options } = context;
	const backlog = await identified(given.backlog, options.layout);
	const ordered = verifyOrdered(backlog, options);
	const open = ordered.filter((issue) => isOpen(issue, options.layout.states));
	const base = await findBase(backlog.repository, options, (name) =>
		backlog.issues.some((issue) => addressNameOf(issue) === name),
	);
	if (open.length > 0) context.report({ kind: "note-base", base });
	else verifyReadable(backlog, options);
	tellOfNotes(ordered, backlog, context);
	const planning = planner(backlog, base, options.layout, new Set(open.map(({ id }) => id)));
	return open.map(planning);
}

/** The issues in order. @throws Failure with everything that keeps them from being put in one. */
function verifyOrdered(backlog: Backlog, options: RunOptions): readonly Issue[] {
	const selected = selectIssues(backlog, options);
	const { theirs, names } = findConcerns(backlog, options);
	const { ordered, problems } = orderIssues(selected, backlog.issues, options.layout);
	const isOrdered = ordered.length === selected.length;
	const others = problems.filter((each) =>
		each.kind === "unknown-blocker"
			? // What is awaited and can't be used is there, and has said what is wrong with it.
				!names.has(partsOf(each.id).id.toLowerCase())
			: !isOrdered,
	);
	if (theirs.length + others.length > 0) throw new Failure([...theirs, ...others]);
	return ordered.map(({ issue }) => issue);
}

/**
 * Of a backlog of which nothing is left to do, everything has to have been read.
 * @throws Failure with what could not be read, or `no-issues`.
 */
function verifyReadable(backlog: Backlog, options: RunOptions): void {
	if (options.target !== undefined) return;
	const { project } = options;
	const problems = backlog.broken
		.filter((each) => project === undefined || each.project === undefined || each.project === project)
		.flatMap((each) => each.problems);
	if (problems.length > 0) throw new Failure(problems);
	verifySome(backlog, options.layout);
}

/** What is to be mended in the backlog is for `check` to tell; a run says what it leaves out. */
function tellOfNotes(ordered: readonly Issue[], backlog: Backlog, { report, options }: Context): void {
	const { elsewhere } = findConcerns(backlog, options);
	if (elsewhere.length > 0) report({ kind: "note-broken-elsewhere", problems: elsewhere });
	if (backlog.skipped.length > 0) report({ kind: "note-documents-skipped", files: backlog.skipped });
	if (backlog.lost && backlog.lost.length > 0) report({ kind: "note-documents-lost", problems: backlog.lost });
	const { states } = options.layout;
	const closed = ordered.filter((issue) => isClosed(issue, states)).map(({ id }) => id);
	if (closed.length > 0) report({ kind: "note-issues-closed", ids: closed });
	const held = findHeld(ordered, states);
	if (held.length > 0) report({ kind: "note-issues-held", issues: held });
}

/** What gives an issue its addresses, and plans what it waits for outside of the run as well. */
function planner(backlog: Backlog, base: Base, layout: Layout, inRun: ReadonlySet<string>) {
	const { repository } = backlog;
	const byId = new Map(backlog.issues.map((issue) => [issue.id, issue]));
	const blockers = blockersOf(backlog.issues);
	const outside = new Map<string, IssuePlan>();
	const logDirOf = (issue: Issue) => logFolder(logsOf(repository), layout.logs, issue.milestone, addressNameOf(issue));
	const plan = (issue: Issue, path: readonly string[] = []): IssuePlan => {
		const waitsFor = (blockers.get(issue.id) ?? [])
			.flatMap((id) => byId.get(id) ?? [])
			.filter((each) => !isClosed(each, layout.states));
		return {
			...issue,
			repository,
			base,
			blockers: waitsFor.map(({ id }) => id),
			outside: waitsFor
				.filter(({ id }) => !inRun.has(id) && !path.includes(id))
				.map((each) => planOutside(each, [...path, issue.id])),
			stack: waitsFor.map((each) => ({
				issue: each.id,
				branch: branchOf(layout, addressNameOf(each)),
				logDir: logDirOf(each),
			})),
			milestoneDocPath: findMilestoneDocs(backlog, issue, layout)[0] ?? "",
			branch: branchOf(layout, addressNameOf(issue)),
			worktreePath: worktreeOf(layout, homeOf(repository), addressNameOf(issue)),
			logDir: logDirOf(issue),
			...given({ held: whyHeld(issue, layout.states) }),
		};
	};
	const planOutside = (issue: Issue, path: readonly string[]): IssuePlan => {
		const known = outside.get(issue.id) ?? plan(issue, path);
		outside.set(issue.id, known);
		return known;
	};
	return (issue: Issue) => plan(issue);
}
