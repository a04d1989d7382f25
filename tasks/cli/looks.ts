import type { Backlog } from "../backlog/backlog.ts";
import type { Checked } from "../check.ts";
import type { Diagnosis } from "../contract/diagnosis.ts";
import type { IssueStanding } from "../contract/issue-status.ts";
import type { Made } from "../contract/made.ts";
import type { Graph } from "../engine/graph.ts";
import type { RunRequest } from "./arguments.ts";
import type { Annotation } from "./reports/github.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Decoration } from "./words/doctor-words.ts";
import type { Say } from "./words/say.ts";

/** A way to look at what a run-wide task found out. Unless a person says more, it starts nothing and changes nothing. */
export interface Look {
	/** The task whose value is shown. */
	readonly task: string;
	readonly summary: string;
	readonly needsTarget?: true;
	readonly print: (value: unknown, request: RunRequest, say: Say, decoration: Decoration) => Promise<string>;
	/** Used instead when there is no target. */
	readonly without?: (graph: Graph, request: RunRequest) => Promise<string>;
	/** What GitHub is to show beside the documents. */
	readonly annotate?: (value: unknown, say: Say) => Promise<readonly Annotation[]>;
	/** 0 when absent. */
	readonly exitCode?: (value: unknown) => Promise<number>;
	/** What may be done about it once it has been shown; returns the exit code. */
	readonly act?: (value: unknown, backlog: Backlog, request: RunRequest, around: Surroundings) => Promise<number>;
}

// Each is loaded when it is looked at: the list of looks is there for every command, for help and for completion.
const cleaning = () => import("./clean.ts");
const diagnoses = () => import("./words/doctor-words.ts");
const graphs = () => import("./words/graph-formats.ts");
const lists = () => import("./words/listing.ts");
const standings = () => import("./words/standing-words.ts");

/** What can be looked at, by the word that asks for it. */
export const LOOKS: Readonly<Record<string, Look>> = {
	discover: {
		task: "discover",
		summary: "every issue of the repository, or those of the target",
		async print(value, { json, options }) {
			const { selectIssues } = await import("../backlog/target.ts");
			const backlog = value as Backlog;
			const chosen = { ...backlog, issues: selectIssues(backlog, options) };
			return json ? asJson(chosen) : (await lists()).backlogTable(chosen);
		},
	},
	plan: {
		task: "status",
		summary: "what would run, in order, and why",
		print: async (value, { json }) =>
			json ? standingsAsJson(value) : (await lists()).planTable(value as IssueStanding[]),
	},
	status: {
		task: "status",
		summary: "where every issue stands",
		print: async (value, { json }) =>
			json ? standingsAsJson(value) : (await standings()).statusTable(value as IssueStanding[], Date.now()),
	},
	why: {
		task: "status",
		summary: "why an issue is up to date or not, and what to type next",
		needsTarget: true,
		async print(value, { json }, say) {
			if (json) return standingsAsJson(value);
			const { whyText } = await standings();
			const texts = (value as IssueStanding[]).map((each) => whyText(each, Date.now(), say));
			return texts.join("\n\n") || "Its document says that it is closed.";
		},
	},
	graph: {
		task: "status",
		summary: "the graph of a milestone's issues; without a target, the graph of the orchfile's tasks",
		print: async (value, { format, json }) =>
			(await graphs()).issueGraph(value as IssueStanding[], json ? "json" : format),
		without: async (graph, { format, json }) => (await graphs()).taskGraph(graph, json ? "json" : format),
	},
	check: {
		task: "check",
		summary: "everything in the backlog that a run would stumble over",
		print: async (value, { json }, say) =>
			json ? asJson(value) : (await import("./words/finding-words.ts")).checkReport(value as Checked, say),
		annotate: async (value, say) => (await import("./reports/annotations.ts")).checkAnnotations(value as Checked, say),
		async exitCode(value) {
			const { isError } = await import("../contract/finding.ts");
			return (value as Checked).findings.some(isError) ? 2 : 0;
		},
	},
	doctor: {
		task: "doctor",
		summary: "whether everything that a run relies on is in order, and what to type where it is not",
		async print(value, request, say, decoration) {
			const { doctorAsJson, doctorReport } = await diagnoses();
			return request.json
				? asJson(doctorAsJson(value as Diagnosis[], request, say))
				: doctorReport(value as Diagnosis[], request, say, decoration);
		},
		exitCode: async (value) => (await diagnoses()).doctorExitCode(value as Diagnosis[]),
	},
	clean: {
		task: "clean",
		summary: "what was made for issues and still stands; removes what is safe to remove, when told so",
		print: async (value, { json }) =>
			json ? asJson(value) : (await cleaning()).madeTable(value as Made[], process.cwd()),
		act: async (value, backlog, request, around) =>
			(await cleaning()).removeListed(value as Made[], backlog, request, around),
	},
};

async function standingsAsJson(value: unknown): Promise<string> {
	const { standingAsJson } = await standings();
	return asJson((value as IssueStanding[]).map((each) => standingAsJson(each)));
}

function asJson(value: unknown): string {
	return JSON.stringify(value, undefined, "\t");
}
