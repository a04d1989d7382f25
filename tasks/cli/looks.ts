import type { Backlog } from "../backlog/backlog.ts";
import type { Role } from "../contract/role.ts";
import type { HeldIssue } from "../contract/standing.ts";
import type { Checked, Examined, MadeThings } from "../contract/value.ts";
import type { Graph } from "../engine/graph.ts";
import type { RunRequest } from "./arguments.ts";
import type { Annotation } from "./reports/github.ts";
import type { Display, Shown } from "./shown.ts";
import type { IssueStanding } from "./standing.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Say } from "./words/say.ts";

/** A word that shows what a run-wide task found out. Unless a person says more, it starts nothing and changes nothing. */
export interface Look {
	/** The role of the task whose value is shown. */
	readonly role: Role;
	/** The role of a task that does in a run what this does by itself: its name asks for this. */
	readonly standsFor?: Role;
	readonly summary: string;
	readonly needsTarget?: true;
	/** True where the goal's tasks are asked where the issues stand. */
	readonly asksStandings?: true;
	/** True where a rehearsal has nothing of its own to show. */
	readonly isAlike?: true;
	/** True where its task reads the backlog by itself: it is to be read as the graph reads it. */
	readonly readsBacklog?: true;
	/** What the command line adds to what the task returned. */
	readonly complete?: (value: unknown, request: RunRequest, around: Surroundings) => Promise<unknown>;
	/** Absent, or without an answer, where what may be done about it says everything. */
	readonly print?: (shown: Shown, request: RunRequest, say: Say, display: Display) => Promise<string | undefined>;
	/** Used instead when there is no target. */
	readonly without?: (graph: Graph, request: RunRequest, display: Display) => Promise<string>;
	/** What GitHub is to show beside the documents. */
	readonly annotate?: (shown: Shown, say: Say) => Promise<readonly Annotation[]>;
	/** 0 when absent. */
	readonly exitCode?: (shown: Shown) => Promise<number>;
	/** What may be done about it once it has been shown; `again` looks anew. Returns the exit code. */
	readonly act?: (
		shown: Shown,
		request: RunRequest,
		around: Surroundings,
		display: Display,
		again: () => Promise<Shown>,
	) => Promise<number>;
}

// Each is loaded when it is looked at: the list of looks is there for every command, for help and for completion.
const cleaning = () => import("./clean.ts");
const diagnoses = () => import("./words/doctor-words.ts");
const graphs = () => import("./words/graph-formats.ts");
const nights = () => import("./show.ts");
const lists = () => import("./words/listing.ts");
const standings = () => import("./words/standing-words.ts");

/** What can be looked at, by the word that asks for it. The first of a role is shown for its task's own name, too. */
export const LOOKS: Readonly<Record<string, Look>> = {
	discover: {
		role: "backlog",
		summary: "every issue of the repository, or those of the target",
		isAlike: true,
		async print({ value }, { json, options }, _, { width }) {
			const { selectIssues } = await import("../backlog/target.ts");
			const backlog = value as Backlog;
			const chosen = { ...backlog, issues: selectIssues(backlog, options) };
			return json ? asJson(chosen) : (await lists()).backlogTable(chosen, width);
		},
	},
	status: {
		role: "survey",
		summary: "where every issue stands",
		asksStandings: true,
		async print({ standings: all, held }, { json }, say, { width }) {
			if (json) return standingsAsJson(all, held);
			const { answeringLines } = await import("./words/asking.ts");
			const table = (await standings()).statusTable(all, held, Date.now(), width);
			return [table, ...(await foreseen(all)), ...answeringLines(all, say)].join("\n");
		},
	},
	plan: {
		role: "survey",
		summary: "what would run, in order, and why",
		asksStandings: true,
		print: async ({ standings: all, held }, { json }, _, { width }) =>
			json
				? standingsAsJson(all, held)
				: [(await lists()).planTable(all, held, width), ...(await foreseen(all))].join("\n"),
	},
	why: {
		role: "survey",
		summary: "why an issue is up to date or not, and what to type next",
		needsTarget: true,
		asksStandings: true,
		async print({ standings: all, held }, { json }, say) {
			if (json) return standingsAsJson(all, held);
			const { whyText } = await import("./words/why-words.ts");
			const { heldSentence } = await import("./words/held-words.ts");
			const texts = [...all.map((each) => whyText(each, Date.now(), say)), ...held.map(heldSentence)];
			return texts.join("\n\n") || "Its document says that it is closed.";
		},
	},
	show: {
		role: "survey",
		summary: "all that is known of an issue, and its diff; of a milestone, the night in one screen",
		needsTarget: true,
		asksStandings: true,
		print: async (shown, request, say, display) => (await nights()).showText(shown, request, say, display),
		act: async (shown, request, around) => (await nights()).showDiff(shown, request, around),
	},
	report: {
		role: "survey",
		standsFor: "report",
		summary: "write all that is known of a night into one page, and print where it lies",
		needsTarget: true,
		asksStandings: true,
		print: async (shown, request, say) => (await import("./report.ts")).reportText(shown, request, say),
		act: async (shown, request, around, _, again) =>
			request.serve
				? (await import("./serve-night.ts")).serveNight(shown, request, around, again)
				: (await import("./report.ts")).openPage(shown, request, around),
	},
	graph: {
		role: "survey",
		summary: "the graph of a milestone's issues; without a target, the graph of the orchfile's tasks",
		asksStandings: true,
		isAlike: true,
		print: async ({ standings: all }, { format, json }, _, { width }) =>
			(await graphs()).issueGraph(all, json ? "json" : format, width),
		without: async (graph, { format, json }, { width }) =>
			(await graphs()).taskGraph(graph, json ? "json" : format, width),
	},
	check: {
		role: "findings",
		summary: "everything in the backlog that a run would stumble over",
		isAlike: true,
		complete: async (value, request, around) =>
			(await import("./orchfile-types.ts")).withTypes(value as Checked, request, around),
		async print({ value }, { json }, say) {
			const { kind: _, ...checked } = value as Checked;
			return json ? asJson(checked) : (await import("./words/finding-words.ts")).checkText(value as Checked, say);
		},
		annotate: async ({ value }, say) =>
			(await import("./reports/annotations.ts")).checkAnnotations(value as Checked, say),
		async exitCode({ value }) {
			const { isError } = await import("../contract/finding.ts");
			return (value as Checked).findings.some(isError) ? 2 : 0;
		},
	},
	doctor: {
		role: "diagnoses",
		summary: "whether everything that a run relies on is in order, and what to type where it is not",
		isAlike: true,
		readsBacklog: true,
		async print({ value }, request, say, display) {
			const { doctorAsJson, doctorText } = await diagnoses();
			const { diagnoses: found } = value as Examined;
			return request.json ? asJson(doctorAsJson(found, request, say)) : doctorText(found, request, say, display);
		},
		exitCode: async ({ value }) => (await diagnoses()).doctorExitCode((value as Examined).diagnoses),
	},
	answer: {
		role: "survey",
		summary: "answer what an issue's last attempt has asked, in its document",
		needsTarget: true,
		asksStandings: true,
		act: async (shown, request, around, display) =>
			(await import("./answer.ts")).answer(shown, request, around, display.decoration),
	},
	done: {
		role: "survey",
		summary: "issues whose work the base has and whose documents are open, and what would close them",
		asksStandings: true,
		act: async (shown, request, around, display) =>
			(await import("./done.ts")).closeMerged(shown, request, around, display.decoration),
	},
	clean: {
		role: "made",
		summary: "what was made for issues and still stands; removes what is safe to remove, when told so",
		async print({ value }, { json }, _, { width }) {
			const { made } = value as MadeThings;
			return json ? asJson(made) : (await cleaning()).madeTable(made, process.cwd(), width);
		},
		act: async ({ value, backlog }, request, around) =>
			(await cleaning()).removeListed((value as MadeThings).made, backlog as Backlog, request, around),
	},
};

/** Lines about what was accepted and can't be had together. */
async function foreseen(all: readonly IssueStanding[]): Promise<string[]> {
	if (all.filter(({ survey }) => survey.judged?.verdict?.outcome === "accepted").length < 2) return [];
	const { foreseeConflicts } = await import("../foresee-conflicts.ts");
	const { foreseenLines } = await import("./words/foreseen-words.ts");
	return foreseenLines(await foreseeConflicts(all, new AbortController().signal));
}

async function standingsAsJson(all: readonly IssueStanding[], held: readonly HeldIssue[]): Promise<string> {
	const { heldAsJson, standingAsJson } = await standings();
	const planned = new Set(all.map(({ issue }) => issue.id));
	return asJson([...all.map((each) => standingAsJson(each, planned)), ...held.map(heldAsJson)]);
}

function asJson(value: unknown): string {
	return JSON.stringify(value, undefined, "\t");
}
