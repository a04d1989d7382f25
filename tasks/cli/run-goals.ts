import type { Scenario } from "../contract/scenario.ts";
import type { Graph } from "../engine/graph.ts";
import { type Selection, select } from "../engine/select.ts";
import type { RunRequest } from "./arguments.ts";
import { findGoals } from "./find.ts";
import type { Notifier } from "./notify/notifier.ts";
import { observe } from "./observe.ts";
import { repeatedCommand, sayHere } from "./options/repeated-command.ts";
import type { Reports } from "./reports/reports.ts";
import { namesOf, standingSelection, withRole } from "./roles.ts";
import type { RunPage } from "./run-page.ts";
import type { Surroundings } from "./surroundings.ts";
import { targetWords } from "./target-words.ts";
import { chooseView } from "./views/choose.ts";
import { columnsOf } from "./views/terminal.ts";
import { wrap } from "./words/wrap.ts";

/** For a run of which nothing is to be reported. */
const NO_REPORTS: Reports = { concluded: async (_, exitCode) => exitCode, refused: async () => {} };

const rehearsalWords = () => import("./words/rehearsal-words.ts");

/** Executes what was asked for, and concludes from how it ended. @returns the exit code. */
export async function runGoals(
	graph: Graph,
	request: RunRequest,
	surroundings: Surroundings,
	around: Surroundings,
): Promise<number> {
	const reports = await openReports(request, around);
	let notifier: Notifier | undefined;
	try {
		const goals = findGoals(graph, request, around.extras);
		const selection = select(graph.tasks, goals);
		notifier = await notifierFor(request, selection, around);
		const blockersSelection = standingSelection(graph, request.task);
		const scenario = request.options.rehearse;
		const isJudged = withRole(selection.tasks, "accept").length > 0;
		if (scenario && !request.quiet)
			around.stderr.write(
				`${wrap((await rehearsalWords()).rehearsalOpening(scenario, isJudged ? "judges" : "works"), columnsOf(around.stderr, around.env))}\n\n`,
			);
		const observed = async () => {
			const view = await chooseView(request, around, selection);
			const watched = notifier?.watching(view) ?? view;
			return observe(request, selection, watched, blockersSelection, lastWords(request, around));
		};
		const { report, signal } = await (scenario ? rehearsed(scenario, { isJudged }, observed) : observed());
		const pages = withRole(selection.tasks, "report").length > 0 ? await import("./run-page.ts") : undefined;
		const page = await pages?.writeRunPage(graph, request, report, around);
		const { conclude } = await import("./conclude.ts");
		const { exitCode, closing } = await conclude(request, report, goals, signal, around, pathOf(page));
		if (scenario && report.issues.length > 0) {
			const forReal = sayHere(
				surroundings.say,
				namesOf(graph, request.task),
				request,
			)(repeatedCommand(request, "for real"));
			const { rehearsalClosing } = await rehearsalWords();
			around.stderr.write(`\n${rehearsalClosing(report, forReal, around.cwd, around.say).join("\n")}\n`);
		}
		const code = await reports.concluded(report, exitCode, closing);
		await notifier?.concluded(report, code, signal !== undefined, pathOf(page));
		if (page !== undefined) pages?.tellPage(page, request, around);
		return code;
	} catch (thrown) {
		const error = thrown instanceof Error ? thrown : new Error(String(thrown));
		await reports.refused(error);
		await notifier?.refused(error);
		throw thrown;
	}
}

function pathOf(page: RunPage | undefined): string | undefined {
	return page && "path" in page ? page.path : undefined;
}

/** What a second Ctrl-C leaves, which nothing was waited for. */
function lastWords(request: RunRequest, { say }: Surroundings): string {
	const look = say(`status${targetWords(request)}`);
	return `Stopped at once: what agents did since their last commit stands in the worktrees. To see where each issue stands: ${look}`;
}

async function notifierFor(request: RunRequest, { tasks }: Selection, around: Surroundings) {
	return request.notify ? (await import("./notify/notifier.ts")).openNotifier(request, tasks, around) : undefined;
}

async function openReports(request: RunRequest, around: Surroundings): Promise<Reports> {
	if (request.reportJunit === undefined && around.github === undefined) return NO_REPORTS;
	return (await import("./reports/reports.ts")).openReports(request, around);
}

async function rehearsed<T>(
	scenario: Scenario,
	about: { readonly isJudged: boolean },
	action: () => Promise<T>,
): Promise<T> {
	return (await import("../rehearsal/rehearse.ts")).rehearse(scenario, about, action);
}
