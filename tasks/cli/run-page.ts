import type { IssuePlan } from "../contract/issue.ts";
import { Failure } from "../contract/problem.ts";
import type { RunReport } from "../engine/execute.ts";
import type { Graph } from "../engine/graph.ts";
import type { Outcome } from "../engine/outcome.ts";
import { isPerIssue } from "../engine/task.ts";
import { heldIn } from "./held.ts";
import { withStandings } from "./night.ts";
import type { RunRequest } from "./request.ts";
import { standingSelection, withRole } from "./roles.ts";
import { askStandings, goalAbout } from "./standing.ts";
import type { Surroundings } from "./surroundings.ts";
import { inOneLine } from "./words/format.ts";
import { messageOf, paragraphOf } from "./words/problem-words.ts";
import type { Say } from "./words/say.ts";
import { problemParagraphs, problemsOf } from "./words/summary.ts";
import { knownValue } from "./words/value-words.ts";
import { writePage } from "./write-page.ts";

const NO_PAGE = "There is no page of the run";

/** The page of a run: where it lies, or what is said of it since it could not be written. */
export type RunPage = { readonly path: string } | { readonly trouble: readonly string[] };

/** Writes the page of a run, where a task of it has put together what is known. */
export async function writeRunPage(
	graph: Graph,
	request: RunRequest,
	run: RunReport<IssuePlan>,
	around: Surroundings,
): Promise<RunPage | undefined> {
	const outcome = outcomeOf(run);
	if (outcome?.status === "failed") return { trouble: troubleOf(outcome.error, run, around.say) };
	const report = outcome && knownValue(outcome);
	if (report?.kind !== "report") return undefined;
	try {
		const survey = { kind: "survey", issues: report.issues.map((each) => each.survey) } as const;
		const goal = goalAbout(graph, survey, request);
		const standings = await askStandings(run.issues, survey, standingSelection(graph, goal), request);
		const source = run.tasks.find(isPerIssue)?.source;
		const night = await withStandings(report, standings, source ? heldIn(source, run, request) : []);
		const path = await writePage(night, request, (goal !== undefined && around.sayFor?.(goal)) || around.say);
		return path === undefined ? undefined : { path };
	} catch (error) {
		// What became of the issues is none the worse for it.
		return { trouble: troubleOf(error as Error, run, around.say) };
	}
}

/** Tells where it lies: as the last line of all, for a program by itself. */
export function tellPage(page: RunPage, { json }: RunRequest, { stdout, stderr }: Surroundings): void {
	if ("trouble" in page) stderr.write(`\n${page.trouble.join("\n")}\n`);
	else if (json || stdout.isTTY) stderr.write(`\nThe night as a page: ${page.path}\n`);
	else stdout.write(`${page.path}\n`);
}

/** How the task ended that puts together what a page tells. */
function outcomeOf({ tasks, closing }: RunReport<IssuePlan>): Outcome<unknown> | undefined {
	return withRole(tasks, "report").flatMap(({ name }) => closing.get(name) ?? [])[0];
}

/** Why there is no page, in a run that may have failed for the same reason: what helps is not told twice. */
function troubleOf(error: Error, run: RunReport<IssuePlan>, say: Say): string[] {
	if (error instanceof Failure) {
		const told = problemParagraphs(run, say).join("\n");
		return error.problems.map((problem) => {
			const { what } = messageOf(problem, say);
			return told.includes(what) ? `${NO_PAGE}: ${what}` : paragraphOf(problem, say);
		});
	}
	// What the system refuses is no defect, wherever it does so.
	return "code" in error ? [`${NO_PAGE}: ${inOneLine(error.message)}`] : problemsOf(error, say);
}
