import type { IssuePlan } from "../contract/issue.ts";
import type { ActionOptions } from "../contract/options.ts";
import type { IssueSurvey } from "../contract/standing.ts";
import type { Survey } from "../contract/value.ts";
import { createExecution, type Execution } from "../engine/execution.ts";
import type { Graph } from "../engine/graph.ts";
import type { Selection } from "../engine/select.ts";
import { type Standing, Standings } from "../engine/standing.ts";
import { mapSome } from "../system/map-some.ts";
import { executeOptions } from "./observe.ts";
import type { RunRequest } from "./request.ts";
import { judgingGoal } from "./roles.ts";

/** Issues asked about side by side. */
const ASKERS = 8;

/** Where an issue stands: what its tasks say, and what git and `logs/` hold of it. */
export interface IssueStanding extends Standing<IssuePlan> {
	readonly survey: IssueSurvey;
	/** What git and the logs hold of the issues that it waits for, by id. */
	readonly surveys: ReadonlyMap<string, IssueSurvey>;
}

/** Asks where every issue stands, and puts beside it what was found of each. */
export async function readStandings(
	issues: readonly IssuePlan[],
	{ issues: surveyed }: Survey,
	execution: Execution<ActionOptions, IssuePlan>,
): Promise<IssueStanding[]> {
	const surveys = new Map(surveyed.map((each) => [each.issue, each]));
	const standings = new Standings(execution, issues);
	return mapSome(issues, ASKERS, async (issue) => ({
		...(await standings.of(issue)),
		survey: surveys.get(issue.id) ?? NOTHING,
		surveys,
	}));
}

const NOTHING: IssueSurvey = {
	issue: "",
	record: null,
	holder: null,
	tip: null,
	ahead: 0,
	isMerged: false,
	hasWorktree: false,
};

/** The goal that a look is about: the one that was asked for; else what has been judged is measured by the goal that judges. */
export function goalAbout(graph: Graph, { issues }: Survey, { goal }: Pick<RunRequest, "goal">): string | undefined {
	return goal ?? (issues.some(({ judged }) => judged) ? judgingGoal(graph) : undefined);
}

/** Asks the tasks of a goal where the issues stand that were surveyed. */
export async function askStandings(
	issues: readonly IssuePlan[],
	survey: Survey,
	selection: Selection,
	request: RunRequest,
): Promise<IssueStanding[]> {
	return readStandings(issues, survey, createExecution(selection, { ...executeOptions(request), force: false }));
}
