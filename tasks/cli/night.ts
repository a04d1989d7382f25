import type { IssuePlan } from "../contract/issue.ts";
import type { Report } from "../contract/report.ts";
import type { HeldIssue } from "../contract/standing.ts";
import type { Standing, Unmet } from "../engine/standing.ts";
import type { Shown } from "./shown.ts";
import type { IssueStanding } from "./standing.ts";

/** What is known of a night, for whoever shows it: nothing in it is taken for a secret any more. */
export interface Night {
	readonly report: Report;
	readonly standings: readonly IssueStanding[];
	readonly held: readonly HeldIssue[];
}

const nights = new WeakMap<Shown, Promise<Night>>();

/** What is known of the issues of a look. It is gathered once, however often it is asked for. */
export function nightOf(shown: Shown): Promise<Night> {
	const known = nights.get(shown) ?? gatherNight(shown);
	nights.set(shown, known);
	return known;
}

async function gatherNight({ standings, held }: Shown): Promise<Night> {
	const { gather } = await import("../night/gather.ts");
	const issues = standings.map(({ issue }) => issue);
	const surveys = standings.map(({ survey }) => survey);
	return withStandings(await gather(issues, surveys, new AbortController().signal), standings, held);
}

/** A report with where its issues stand, of which secrets are masked as well. */
export async function withStandings(
	report: Report,
	standings: readonly IssueStanding[],
	held: readonly HeldIssue[],
): Promise<Night> {
	const { masked } = await import("../night/mask.ts");
	const surveys = new Map(report.issues.map(({ survey }) => [survey.issue, survey]));
	const all = [...new Set(standings.flatMap(chainOf))];
	const told = await masked({
		held,
		unmet: all.map(({ unmet }) => unmet.map(({ because, last }) => ({ because, last }))),
	});
	const shown = new Map(
		all.map((each, at) => [
			each,
			{ ...each, unmet: each.unmet.map((one, index) => ({ ...one, ...told.unmet[at]?.[index] }) as Unmet) },
		]),
	);
	const build = (standing: Standing<IssuePlan>): Standing<IssuePlan> => shown.get(standing) ?? standing;
	// Whoever waits for another has it among its own, and is no copy of it.
	for (const each of shown.values()) Object.assign(each, { blockedBy: each.blockedBy.map(build) });
	return {
		report,
		held: told.held,
		standings: standings.map((standing) => ({
			...(build(standing) as IssueStanding),
			surveys: new Map([...standing.surveys, ...surveys]),
			survey: surveys.get(standing.issue.id) ?? standing.survey,
		})),
	};
}

/** A standing with those of all that it waits for. */
function chainOf(standing: Standing<IssuePlan>): Standing<IssuePlan>[] {
	const chain = new Set([standing]);
	for (const each of chain) for (const blocker of each.blockedBy) chain.add(blocker);
	return [...chain];
}
