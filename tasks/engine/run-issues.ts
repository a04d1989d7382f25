import type { IssueOutcomes } from "./event.ts";
import { byName, createExecution, type Execution, type Stop, stopOf } from "./execution.ts";
import type { IssueLike } from "./issue.ts";
import { type Blocker, hasEndedWell, type Outcome } from "./outcome.ts";
import { runIssue } from "./run-issue.ts";
import { Schedule } from "./schedule.ts";
import { rootOf, Standings } from "./standing.ts";
import { isSettling, type Task } from "./task.ts";

/**
 * Runs the per-issue tasks of every issue, each issue once its blockers have ended well, at most `jobs` at once.
 * @param outcomes filled as issues settle.
 * @returns why nothing more was started before all issues had their turn.
 */
export async function runIssues<O, I extends IssueLike>(
	execution: Execution<O, I>,
	perIssue: readonly Task[],
	issues: readonly I[],
	outcomes: Map<string, IssueOutcomes>,
): Promise<Stop | undefined> {
	const schedule = new Schedule(await withoutPassed(execution, perIssue, issues));
	const byId = new Map(issues.map((each) => [each.id, each]));
	let stop: Stop | undefined;
	let running = 0;
	const finish = (issue: IssueLike, settled: Map<Task, Outcome<unknown>>): void => {
		const named = byName(settled);
		outcomes.set(issue.id, named);
		execution.onEvent({ kind: "issue-settled", issue: issue.id, outcomes: named });
		const good = hasEndedWell(settled.values());
		schedule.settle(issue.id, good);
		stop ??= stopOf(execution, true);
		if (execution.failFast && !good) stop ??= { kind: "fail-fast", issue: issue.id };
	};
	execution.onFailure = (issue, error) => {
		if (execution.endsRun(error)) stop ??= { kind: "ends-run", issue, error };
	};
	await new Promise<void>((resolve, reject) => {
		const startWhatCan = (): void => {
			while (running < execution.jobs) {
				const next = schedule.next();
				if (!next) break;
				stop ??= stopOf(execution);
				running++;
				runIssue(execution, perIssue, byId.get(next.issue.id) as I, heldBy(stop, next.blocker))
					.then((settled) => {
						running--;
						finish(next.issue, settled);
						startWhatCan();
					})
					.catch(reject);
			}
			if (running === 0) resolve();
		};
		startWhatCan();
	});
	return stop ?? stopOf(execution, true);
}

/**
 * The issues as the schedule takes them: of blockers outside of the run it is asked where they stand, and only those are left
 * that have not passed. In place of one that itself waits stands the one at the root of its chain.
 */
async function withoutPassed<I extends IssueLike>(
	execution: Execution<unknown, I>,
	perIssue: readonly Task[],
	issues: readonly I[],
): Promise<IssueLike[]> {
	const inRun = new Set(issues.map(({ id }) => id));
	const outside = new Map(issues.flatMap((issue) => issue.outside ?? []).map((each) => [each.id, each as I]));
	if (outside.size === 0 || perIssue.every(isSettling)) return [...issues];
	const selection = execution.blockersSelection ?? execution.selection;
	const standings = new Standings(
		createExecution(selection, { ...execution, force: false, onEvent: () => {} }),
		issues,
	);
	const inPlaceOf = new Map<string, string | undefined>();
	for (const [id, issue] of outside) {
		const standing = await standings.of(issue);
		inPlaceOf.set(id, standing.unmet.length === 0 ? undefined : rootOf(standing).issue.id);
	}
	return issues.map(({ id, blockers }) => ({
		id,
		blockers: blockers.flatMap((each) => (inRun.has(each) || !outside.has(each) ? each : (inPlaceOf.get(each) ?? []))),
	}));
}

function heldBy(stop: Stop | undefined, blocker: Blocker | undefined): Outcome<never> | undefined {
	if (stop) return { status: "cancelled", started: false };
	return blocker && { status: "blocked", by: blocker };
}
