import { isName, NAME_RULE } from "./names.ts";
import { nearest } from "./nearest.ts";
import { Failure, type Problem } from "./problem.ts";

/** The fields of an issue's front matter that are read, by the names that the README has. */
export const FIELDS = [
	"id",
	"title",
	"project",
	"state",
	"priority",
	"estimate",
	"milestone",
	"assignees",
	"labels",
	"parent",
	"children",
	"blocked_by",
	"blocked",
	"related_to",
] as const;
export type Field = (typeof FIELDS)[number];

/** Where a repository has its issues, and where what is made for them goes. Plain data. */
export interface Layout {
	/** The issue documents: a glob relative to the repository's top, with `*`, `**` and `?`. */
	readonly issues: string;
	/** The document of a milestone, with `{project}` and `{milestone}`; its name may go on after a `-`, `_` or `.`. */
	readonly milestones: string;
	/** The project of the documents that name none; without it, each has to. */
	readonly project?: string;
	/** What the front matter calls each field. */
	readonly fields: Readonly<Record<Field, string>>;
	/** The branch of an issue, with `{id}`. */
	readonly branch: string;
	/** The worktree of an issue, with `{id}` in its last part and perhaps `{repository}`; relative to the repository's top. */
	readonly worktree: string;
	/** The folder of all logs, relative to the repository's top. */
	readonly logs: string;
}

/** What an orchfile may say of it; the rest is as it is here. */
export type LayoutSettings = Partial<Omit<Layout, "fields" | "logs">> & {
	readonly fields?: Readonly<Partial<Record<Field, string>>>;
};

export const DEFAULT_LAYOUT: Layout = {
	issues: "docs/projects/**/issues/**/*.md",
	milestones: "docs/projects/{project}/milestones/{milestone}.md",
	fields: Object.fromEntries(FIELDS.map((field) => [field, field])) as Record<Field, string>,
	branch: "issue/{id}",
	worktree: "../{repository}.worktrees/{id}",
	logs: "logs/orch",
};

/** What the branches of rehearsals start with, and no others. */
export const REHEARSAL_BRANCHES = "rehearsal/";

/** Where a rehearsal has its own of everything. No id holds an `@`, so git's own names for the worktrees differ too. */
export function rehearsalLayout(layout: Layout): Layout {
	return {
		...layout,
		branch: `${REHEARSAL_BRANCHES}{id}`,
		worktree: `${layout.worktree}@rehearsal`,
		logs: "logs/rehearsal",
	};
}

const KEYS = ["issues", "milestones", "project", "fields", "branch", "worktree"] as const;

/**
 * The layout that an orchfile asks for. What only the repository can tell is looked at later.
 * @throws Failure `layout-invalid`, one for each setting that can't be used.
 */
export function readLayout(settings: LayoutSettings = {}): Layout {
	const problems: Problem[] = [];
	const refuse = (key: string, value: unknown, expected: string) =>
		problems.push({ kind: "layout-invalid", key, value: JSON.stringify(value) ?? "nothing", expected });
	const given = Object.entries(settings).filter(([, value]) => value !== undefined);
	for (const [key, value] of given) {
		if (!(KEYS as readonly string[]).includes(key)) refuse(key, value, oneOf(key, KEYS));
		else if (key === "fields" ? !isRecord(value) : typeof value !== "string")
			refuse(key, value, key === "fields" ? "names by names" : "a string");
	}
	if (problems.length > 0) throw new Failure(problems);
	const layout: Layout = {
		...DEFAULT_LAYOUT,
		...(Object.fromEntries(given) as LayoutSettings),
		fields: { ...DEFAULT_LAYOUT.fields, ...settings.fields },
	};
	checkDocuments(layout, refuse);
	checkFields(layout.fields, refuse);
	checkAddresses(layout, refuse);
	if (problems.length > 0) throw new Failure(problems);
	return layout;
}

/** A text with its placeholders filled in. */
export function fillIn(pattern: string, values: Readonly<Record<string, string>>): string {
	return pattern.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** The folders that a pattern starts with: what has to be looked through for what matches it. */
export function fixedFolder(pattern: string): string {
	const parts = pattern.split("/").slice(0, -1);
	const open = parts.findIndex((part) => /[*?{]/.test(part));
	return parts.slice(0, open === -1 ? undefined : open).join("/");
}

/** What tells whether a path, relative to the repository and with `/`, is an issue document. */
export function issuesPattern({ issues }: Pick<Layout, "issues">): RegExp {
	const pattern = issues.replace(/\*\*\/|\*|\?|[^*?]+/g, (part) => {
		if (part === "**/") return "(?:[^/]+/)*";
		if (part === "*") return "[^/]*";
		return part === "?" ? "[^/]" : escaped(part);
	});
	return new RegExp(`^${pattern}$`, "u");
}

/** The same for a milestone's document, or for that of any milestone where none is named. */
export function milestonesPattern(
	{ milestones }: Pick<Layout, "milestones">,
	of?: { readonly project: string; readonly milestone: string },
): RegExp {
	const parts = milestones.split(/(\{project\}|\{milestone\})/).map((part) => {
		if (part === "{project}") return of ? escaped(of.project) : "[^/]+";
		if (part !== "{milestone}") return escaped(part);
		return of ? `${escaped(of.milestone)}(?:[.\\-_].*)?` : ".+";
	});
	return new RegExp(`^${parts.join("")}$`, "u");
}

type Refuse = (key: string, value: unknown, expected: string) => void;

function checkDocuments({ issues, milestones, project }: Layout, refuse: Refuse): void {
	for (const [key, pattern] of Object.entries({ issues, milestones })) {
		// Otherwise every package and every build folder would be looked through at every start.
		if (!isPath(pattern) || fixedFolder(pattern) === "")
			refuse(key, pattern, "a path relative to the repository's top that starts with the name of a folder");
		if (!pattern.endsWith(".md")) refuse(key, pattern, "names that end in .md");
	}
	if (/[[\]{}!]|\*\*(?!\/)|[^/]\*\*/.test(issues))
		refuse("issues", issues, "a glob of *, ? and whole folders **, and of nothing else");
	if (!hasOne(milestones, "milestone")) refuse("milestones", milestones, "{milestone}, once");
	const others = withoutPlaceholders(milestones, ["project", "milestone"]);
	if (/[*?[\]{}]/.test(others)) refuse("milestones", milestones, "{project} and {milestone} as the only placeholders");
	if (project !== undefined && !isName(project)) refuse("project", project, NAME_RULE);
}

function checkFields(fields: Layout["fields"], refuse: Refuse): void {
	const ours = new Map<string, string>();
	for (const [field, theirs] of Object.entries(fields)) {
		const key = `fields.${field}`;
		if (!(FIELDS as readonly string[]).includes(field)) refuse(key, theirs, oneOf(field, FIELDS));
		else if (typeof theirs !== "string" || theirs === "")
			refuse(key, theirs, "the name of a field in the front matter");
		else if (ours.has(theirs)) refuse(key, theirs, `another name than that of ${ours.get(theirs)}`);
		else ours.set(theirs, field);
	}
}

function checkAddresses({ branch, worktree }: Layout, refuse: Refuse): void {
	if (!hasOne(branch, "id")) refuse("branch", branch, "{id}, once");
	else if (/[{}]/.test(withoutPlaceholders(branch, ["id"]))) refuse("branch", branch, "{id} as the only placeholder");
	else if (branch.startsWith(REHEARSAL_BRANCHES))
		refuse("branch", branch, `another folder than ${REHEARSAL_BRANCHES}, which is for rehearsals`);
	const folder = worktree.split("/").slice(0, -1).join("/");
	// What stands around the worktree would be left behind, one folder an issue.
	if (!hasOne(worktree, "id") || folder.includes("{id}"))
		refuse("worktree", worktree, "{id}, once, after the last slash");
	else if (/[{}]/.test(withoutPlaceholders(worktree, ["id", "repository"])))
		refuse("worktree", worktree, "{id} and {repository} as the only placeholders");
}

function escaped(text: string): string {
	return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

function isPath(text: string): boolean {
	return text.split("/").every((part) => part !== "" && part !== "." && part !== ".." && part !== ".git");
}

function hasOne(pattern: string, placeholder: string): boolean {
	return pattern.split(`{${placeholder}}`).length === 2;
}

function withoutPlaceholders(pattern: string, names: readonly string[]): string {
	return names.reduce((text, name) => text.replaceAll(`{${name}}`, ""), pattern);
}

function oneOf(name: string, known: readonly string[]): string {
	const near = nearest(name, known);
	return `one of ${known.join(", ")}${near[0] ? ` (did you mean ${near[0]}?)` : ""}`;
}

function isRecord(value: unknown): boolean {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
