import type { Checked } from "../check.ts";
import type { Backlog } from "../contract/backlog.ts";
import type { Diagnosis } from "../contract/diagnosis.ts";
import { isError } from "../contract/finding.ts";
import type { IssueStanding } from "../contract/issue-status.ts";
import type { Made } from "../contract/made.ts";
import { selectIssues } from "../contract/target.ts";
import type { Graph } from "../engine/graph.ts";
import { checkAnnotations } from "./annotations.ts";
import type { RunRequest } from "./arguments.ts";
import { madeTable, removeListed } from "./clean.ts";
import { type Decoration, doctorAsJson, doctorExitCode, doctorReport } from "./doctor-words.ts";
import { checkReport } from "./finding-words.ts";
import type { Annotation } from "./github.ts";
import { issueGraph, taskGraph } from "./graph-formats.ts";
import { backlogTable, planTable } from "./listing.ts";
import type { Say } from "./say.ts";
import { standingAsJson, statusTable, whyText } from "./standing-words.ts";
import type { Surroundings } from "./surroundings.ts";

/** A way to look at what a run-wide task found out. Unless a person says more, it starts nothing and changes nothing. */
export interface Look {
	/** The task whose value is shown. */
	readonly task: string;
	readonly summary: string;
	readonly needsTarget?: true;
	readonly print: (value: unknown, request: RunRequest, say: Say, decoration: Decoration) => string;
	/** Used instead when there is no target. */
	readonly without?: (graph: Graph, request: RunRequest) => string;
	/** What GitHub is to show beside the documents. */
	readonly annotate?: (value: unknown, say: Say) => readonly Annotation[];
	/** 0 when absent. */
	readonly exitCode?: (value: unknown) => number;
	/** What may be done about it once it has been shown; returns the exit code. */
	readonly act?: (value: unknown, backlog: Backlog, request: RunRequest, around: Surroundings) => Promise<number>;
}

/** What can be looked at, by the word that asks for it. */
export const LOOKS: Readonly<Record<string, Look>> = {
	discover: {
		task: "discover",
		summary: "every issue of the repository, or those of the target",
		print: (value, { json, options }) => {
			const backlog = value as Backlog;
			const chosen = { ...backlog, issues: selectIssues(backlog, options) };
			return json ? asJson(chosen) : backlogTable(chosen);
		},
	},
	plan: {
		task: "status",
		summary: "what would run, in order, and why",
		print: (value, { json }) => (json ? asJson(value, standingAsJson) : planTable(value as IssueStanding[])),
	},
	status: {
		task: "status",
		summary: "where every issue stands",
		print: (value, { json }) =>
			json ? asJson(value, standingAsJson) : statusTable(value as IssueStanding[], Date.now()),
	},
	why: {
		task: "status",
		summary: "why an issue is up to date or not, and what to type next",
		needsTarget: true,
		print: (value, { json }, say) =>
			json
				? asJson(value, standingAsJson)
				: (value as IssueStanding[]).map((each) => whyText(each, Date.now(), say)).join("\n\n") ||
					"Its document says that it is closed.",
	},
	graph: {
		task: "status",
		summary: "the graph of a milestone's issues; without a target, the graph of the orchfile's tasks",
		print: (value, { format, json }) => issueGraph(value as IssueStanding[], json ? "json" : format),
		without: (graph, { format, json }) => taskGraph(graph, json ? "json" : format),
	},
	check: {
		task: "check",
		summary: "everything in the backlog that a run would stumble over",
		print: (value, { json }, say) => (json ? asJson(value) : checkReport(value as Checked, say)),
		annotate: (value, say) => checkAnnotations(value as Checked, say),
		exitCode: (value) => ((value as Checked).findings.some(isError) ? 2 : 0),
	},
	doctor: {
		task: "doctor",
		summary: "whether everything that a run relies on is in order, and what to type where it is not",
		print: (value, request, say, decoration) =>
			request.json
				? asJson(doctorAsJson(value as Diagnosis[], request, say))
				: doctorReport(value as Diagnosis[], request, say, decoration),
		exitCode: (value) => doctorExitCode(value as Diagnosis[]),
	},
	clean: {
		task: "clean",
		summary: "what was made for issues and still stands; removes what is safe to remove, when told so",
		print: (value, { json }) => (json ? asJson(value) : madeTable(value as Made[], process.cwd())),
		act: (value, backlog, request, around) => removeListed(value as Made[], backlog, request, around),
	},
};

function asJson(value: unknown, each: (item: never) => unknown = (item) => item): string {
	return JSON.stringify(Array.isArray(value) ? value.map((item) => each(item as never)) : value, undefined, "\t");
}
