import { dirname } from "node:path";
import { given } from "../contract/given.ts";
import { addressNameOf } from "../contract/identity.ts";
import type { IntegrationRecord } from "../contract/integration.ts";
import type { IssuePlan } from "../contract/issue.ts";
import type { IssueReport, Report } from "../contract/report.ts";
import type { IssueSurvey } from "../contract/standing.ts";
import { readIntegrations } from "../store/integration-record.ts";
import { listLogFiles } from "../store/log-files.ts";
import { readOtherSpans } from "../store/spans.ts";
import { mapSome } from "../system/map-some.ts";
import { type Limits, limitsFor } from "./limits.ts";
import { masked } from "./mask.ts";
import { spansOfTurns, withWaiting } from "./spans.ts";
import { readTurnReports } from "./turns.ts";
import { type Known, readWork } from "./work.ts";

/** Issues whose logs are read side by side. */
const READERS = 8;

/** Gathers everything that is known of issues, from their logs and from git. What is taken for a secret is masked. */
export async function gather(
	plan: readonly IssuePlan[],
	surveys: readonly IssueSurvey[],
	signal: AbortSignal,
): Promise<Report> {
	const at = new Date().toISOString();
	const limits = limitsFor(plan.length);
	const known = new Map(surveys.map((each) => [each.issue, each]));
	const asked = plan.flatMap((issue) => {
		const survey = known.get(issue.id);
		return survey ? [{ issue, survey }] : [];
	});
	const told = await mapSome(asked, READERS, async (each) => ({ ...each, ...(await readLogs(each, at, limits)) }));
	const work = await readWork(told, limits, signal);
	const spans = told.map((each) => each.spans);
	const issues = told.map(
		(each, index): IssueReport => ({
			...each,
			spans: withWaiting(each.spans, spans),
			...(work[index] ?? { commits: [], moreCommits: 0, diff: null }),
		}),
	);
	const base = plan[0]?.base ?? { name: "", commit: "" };
	return masked({ kind: "report", at, base, issues, ...given({ integration: await findIntegration(plan) }) });
}

/** The last integration of any of these issues. */
async function findIntegration(plan: readonly IssuePlan[]): Promise<IntegrationRecord | undefined> {
	const [first] = plan;
	if (!first) return undefined;
	const names = new Set(plan.map(addressNameOf));
	const records = await readIntegrations(dirname(dirname(first.logDir)));
	return records
		.filter(({ steps }) => steps.some(({ address }) => names.has(address)))
		.sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1))[0];
}

async function readLogs(
	{ issue: { logDir }, survey }: Omit<Known, "turns">,
	now: string,
	limits: Limits,
): Promise<Pick<IssueReport, "turns" | "spans" | "logs">> {
	const [turns, others, logs] = await Promise.all([
		readTurnReports(logDir, limits, survey.holder !== null),
		readOtherSpans(logDir),
		listLogFiles(logDir, limits.logs),
	]);
	return { turns, spans: [...spansOfTurns(turns, survey.holder !== null, now), ...others], logs };
}
