import { DEFAULT_PRIORITIES, type Priorities } from "./priority.ts";
import { DEFAULT_STATES, type Meaning, type States } from "./state.ts";

/** The fields of an issue's front matter that are read, by the names that docs/reference.md has. */
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
	"checks",
	"removes_tests",
	"model",
	"effort",
	"budget",
	"timeout",
] as const;
/** A field of the front matter that is read, by its usual name. */
export type Field = (typeof FIELDS)[number];

/** Where a repository has its issues, and where what is made for them goes. Plain data. */
export interface Layout {
	/** The issue documents: globs relative to the repository's top, with `*`, `**` and `?`; one that begins with `!` takes back. */
	readonly issues: string | readonly string[];
	/** Documents of issues that are closed, whatever their states: what waits for them need not wait. */
	readonly finished?: string | readonly string[];
	/** The document of a milestone, with `{project}` and `{milestone}`; its name may go on after a `-`, `_`, `.` or blank. `null`: none. */
	readonly milestones: string | null;
	/** The project of the documents that name none; without it, each has to. */
	readonly project?: string;
	/** What the front matter calls each field; `null` for one that the documents do not have. */
	readonly fields: Readonly<Record<Field, string | null>>;
	/** Where a field is read from that the front matter does not give: the path, a heading, a line or a section of the document. */
	readonly patterns?: Readonly<Partial<Record<Field, readonly string[]>>>;
	/** Keys of the front matter that are for others; one that ends in `*` stands for all that begin so. */
	readonly foreign: readonly string[];
	/** What the states of issues mean. */
	readonly states: States;
	/** The ranks of words for priorities. */
	readonly priorities: Priorities;
	/** The branch of an issue, with `{id}`. */
	readonly branch: string;
	/** The worktree of an issue, with `{id}` in its last part and perhaps `{repository}`; relative to the top of the main checkout. */
	readonly worktree: string;
	/** The folder of its logs, below that of all logs. */
	readonly logs: string;
	/** The branches of the work, in the layout of a rehearsal, which has others. */
	readonly workBranch?: string;
}

/** What an orchfile may say of its {@link Layout}; the rest is as in {@link DEFAULT_LAYOUT}. */
export type LayoutSettings = Partial<
	Omit<Layout, "fields" | "patterns" | "states" | "priorities" | "logs" | "workBranch">
> & {
	/**
	 * Where each field is: what the front matter calls it, or a pattern such as `{id}-*.md`, `specs/{milestone}/**`, `# {title}`,
	 * `Status: {state}` or `## Blocked by`; several are tried in turn. `null` for one that the documents do not have.
	 */
	readonly fields?: Readonly<Partial<Record<Field, string | null | readonly string[]>>>;
	/** Words for states by what they mean, beside those of {@link DEFAULT_STATES}; case, blanks, `_` and `-` make no difference. */
	readonly states?: Readonly<Partial<Record<Meaning, readonly string[]>>>;
	/** Ranks of words for priorities, beside those of {@link DEFAULT_PRIORITIES}: 1 is first, 0 is none. */
	readonly priorities?: Readonly<Record<string, number>>;
};

/** The layout of a repository whose orchfile says nothing of it. */
export const DEFAULT_LAYOUT: Layout = {
	issues: "docs/projects/**/issues/**/*.md",
	milestones: "docs/projects/{project}/milestones/{milestone}.md",
	fields: Object.fromEntries(FIELDS.map((field) => [field, field])) as Record<Field, string>,
	foreign: [],
	states: DEFAULT_STATES,
	priorities: DEFAULT_PRIORITIES,
	branch: "issue/{id}",
	worktree: "../{repository}.worktrees/{id}",
	logs: "orch",
};

/** What the branches of rehearsals start with, and no others. */
export const REHEARSAL_BRANCHES = "rehearsal/";

/** What the worktrees of rehearsals end in, and no others. */
export const REHEARSAL_WORKTREES = "@rehearsal";

/** Where a rehearsal has its own of everything. No id holds an `@`, so git's own names for the worktrees differ too. */
export function rehearsalLayout(layout: Layout): Layout {
	return {
		...layout,
		branch: `${REHEARSAL_BRANCHES}{id}`,
		workBranch: layout.branch,
		worktree: `${layout.worktree}${REHEARSAL_WORKTREES}`,
		logs: "rehearsal",
	};
}

/** What the front matter calls a field; our own name of one that the documents do not have. */
export function nameOfField({ fields }: Pick<Layout, "fields">, field: Field): string {
	return fields[field] ?? field;
}

/** A text with its placeholders filled in. */
export function fillIn(pattern: string, values: Readonly<Record<string, string>>): string {
	return pattern.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
