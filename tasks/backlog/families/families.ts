import { closedByEvents } from "./events.ts";
import type { Family } from "./family.ts";

/** The form that the orchfile has without a word about it. */
export const USUAL = "docs/projects";

/**
 * Every family that `init` knows, a row each. What a row has taken is not looked at by those below it, so what has a name of its own comes
 * first, and what is told by nothing but its front matter or a line last.
 */
export const FAMILIES: readonly Family[] = [
	{
		name: USUAL,
		folder: /^docs\/projects$/,
		issues: ["**/issues/**/*.md"],
		milestones: "{project}/milestones/{milestone}.md",
		has: [],
		fields: { project: ["project", "{project}/**"] },
	},
	{
		name: "Backlog.md",
		folder: /(?:^|\/)\.?backlog$/,
		issues: ["tasks/*.md"],
		finished: ["completed/*.md", "archive/tasks/*.md"],
		milestones: "milestones/{milestone}.md",
		has: ["id", "status"],
	},
	{
		name: "ccpm",
		folder: /(?:^|\/)\.claude\/epics$/,
		issues: ["*/*.md", "!*/epic.md", "!*/*-analysis.md", "!*/*-progress.md", "!*/github-mapping.md"],
		milestones: "{milestone}/epic.md",
		has: ["status", "name"],
		least: 0.1,
		fields: { id: ["{file}"], title: ["name"], milestone: ["{milestone}/*.md"] },
	},
	{
		name: "spec-kit",
		folder: /(?:^|\/)specs$/,
		issues: ["*/tasks.md"],
		has: [],
		items: { files: "{project}/tasks.md", beside: "[P]" },
	},
	{
		name: "spec-kitty",
		folder: /(?:^|\/)kitty-specs$/,
		// Beside each may lie what its reviewers wrote.
		issues: ["*/tasks/**/WP*.md"],
		has: ["work_package_id"],
		fields: { id: ["work_package_id"], state: ["lane"], project: ["{project}/**"] },
		closed: { beside: (file) => file.replace(/\/tasks\/.*$/, "/status.events.jsonl"), idsIn: closedByEvents },
	},
	{
		name: "scratch",
		folder: /(?:^|\/)\.scratch$/,
		issues: ["*/issues/*.md"],
		folders: ["PRD.md", "spec.md"],
		has: ["Status: {state}"],
		fields: { id: ["{id}-*.md"], project: ["{project}/**"] },
	},
	{
		name: "gsd",
		folder: /(?:^|\/)\.planning\/phases$/,
		issues: ["*/*-PLAN.md"],
		has: ["plan"],
		fields: { id: ["{id}-PLAN.md"], title: ["objective", "# {title}"], milestone: ["{milestone}/*.md"] },
		done: (file) => file.replace(/PLAN\.md$/, "SUMMARY.md"),
	},
	{
		name: "taskplane",
		folder: /./,
		issues: ["*/PROMPT.md"],
		has: ["# Task: {id} - {title}"],
		fields: { id: ["# Task: {id} - {title}"], title: ["# Task: {id} - {title}"] },
		done: (file) => file.replace(/PROMPT\.md$/, ".DONE"),
	},
	{
		name: "ralphex",
		folder: /(?:^|\/)docs\/plans$/,
		issues: ["*.md"],
		has: [],
		items: { files: "{project}.md", item: "### Task {id}: {title}" },
	},
	{
		name: "taskmd",
		folder: /(?:^|\/)tasks$/,
		issues: ["**/*.md", "!**/.worklogs/*.md"],
		has: ["id", "status"],
		// What it calls effort is how much there is to do.
		fields: { effort: null },
	},
	{
		name: "front-matter",
		folder: /(?:^|\/)(?:backlog|issues|tickets|tasks|stories|todos?|work-items)$/,
		issues: ["**/*.md"],
		has: [
			["state", "status"],
			["title", "name", "summary", "# {title}"],
		],
	},
	{
		name: "lines",
		folder: /(?:^|\/)(?:backlog|issues|tickets|tasks|stories|todos?|work-items)$/,
		issues: ["**/*.md"],
		has: [["Status: {state}", "State: {state}"], "# {title}"],
	},
];
