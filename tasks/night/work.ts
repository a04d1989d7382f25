import type { IssuePlan } from "../contract/issue.ts";
import { isWork, phaseOf } from "../contract/phase.ts";
import type { AttemptRecord } from "../contract/record.ts";
import type { IssueReport, TurnReport } from "../contract/report.ts";
import type { IssueSurvey } from "../contract/standing.ts";
import { findDifferences } from "../repo/differences.ts";
import { findGenerated } from "../repo/generated.ts";
import { type FoundWork, findOwnWork, type OwnWork } from "../repo/own-work.ts";
import { diffOf } from "./diff.ts";
import type { Limits } from "./limits.ts";

/** An issue, and what the logs and a look at git have told of it. */
export interface Known {
	readonly issue: IssuePlan;
	readonly survey: IssueSurvey;
	readonly turns: readonly TurnReport[];
}

/** What git tells of an issue's own work. */
export type WorkReport = Pick<IssueReport, "commits" | "moreCommits" | "diff">;

/** Asks git for the commits of issues, and for what they change: a handful of times, however many issues there are. */
export async function readWork(all: readonly Known[], limits: Limits, signal: AbortSignal): Promise<WorkReport[]> {
	const [first] = all;
	if (!first) return [];
	const { repository } = first.issue;
	const asked = all.flatMap((known) => {
		const work = ownWorkOf(known);
		return work ? [{ known, work }] : [];
	});
	const found = await findOwnWork(
		repository,
		asked.map(({ work }) => work),
		signal,
	);
	const compared = asked.flatMap(({ known, work }, at) => {
		const from = startOf(known, work, found[at] ?? NONE);
		return from === undefined ? [] : [{ known, pair: { from, to: work.head } }];
	});
	const different = compared.filter(({ pair: { from, to } }) => from !== to);
	const changes = await findDifferences(
		repository,
		different.map(({ pair }) => pair),
		signal,
	);
	const paths = changes.flatMap((each) => (each ?? []).map(({ path }) => path));
	const marked = await findGenerated(repository, paths, signal);
	return all.map((known) => {
		const commits = found[asked.findIndex((each) => each.known === known)]?.commits ?? [];
		const at = different.findIndex((each) => each.known === known);
		const pair = compared.find((each) => each.known === known)?.pair;
		const changed = at === -1 ? [] : changes[at];
		return {
			commits: commits.slice(-limits.commits).map(({ parents: _, ...commit }) => commit),
			moreCommits: Math.max(0, commits.length - limits.commits),
			diff: pair && changed ? diffOf(pair, changed, marked, limits) : null,
		};
	});
}

const NONE: FoundWork = { commits: [], from: [] };

/** What an issue's work is told by; nothing where there is no branch, and no record of what was on it. */
function ownWorkOf({ issue, survey, turns }: Known): OwnWork | undefined {
	const record = recordOf(turns) ?? survey.record;
	const head = survey.tip ?? record?.saved?.head;
	if (head === undefined) return undefined;
	const base = (survey.isMerged && record?.base.commit) || issue.base.commit;
	const { commit, start, stack = [] } = record?.base ?? {};
	const started = [commit, start, ...stack.map((each) => each.commit)];
	return { head, base, started: started.flatMap((each) => (each === undefined || each === base ? [] : [each])) };
}

/** The last attempt that worked. */
function recordOf(turns: readonly TurnReport[]): AttemptRecord | undefined {
	return turns.findLast(({ turn, folder }) => folder === "" && isWork(phaseOf(turn)))?.record;
}

/** The commit that an issue's work is compared with: as its checks did, where they were asked about this commit. */
function startOf({ survey, turns }: Known, { head }: OwnWork, { commits, from }: FoundWork): string | undefined {
	if (commits.length === 0) return survey.tip === null ? undefined : head;
	const checks = survey.judged?.checks;
	if (checks?.commit === head) return checks.base;
	const start = recordOf(turns)?.base.start;
	return start !== undefined && from.includes(start) ? start : from[0];
}
