import type { IssuePlan } from "../contract/issue.ts";
import type { ActionOptions } from "../contract/options.ts";
import type { IssueSurvey } from "../contract/standing.ts";
import type { Survey } from "../contract/value.ts";
import type { Execution } from "../engine/execution.ts";
import { type Standing, Standings } from "../engine/standing.ts";
import { mapSome } from "../system/map-some.ts";

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
