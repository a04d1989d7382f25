import type { ItemSettings } from "../../contract/items.ts";
import type { Field } from "../../contract/layout.ts";

/** Where a field may be, as `layout.fields` has it: a name in the front matter, or a pattern. A path is relative to the backlog's folder. */
export type Source = string;

/** Backlogs that are written in one form, by one tool or one habit: what shows that documents are of it, and how they are read. */
export interface Family {
	/** As it is typed and told. */
	readonly name: string;
	/** The folder that everything lies below. */
	readonly folder: RegExp;
	/** Globs below that folder. */
	readonly issues: readonly string[];
	/** Documents of issues that are closed by where they lie. */
	readonly finished?: readonly string[];
	/** The document of a milestone, below that folder. */
	readonly milestones?: string;
	/** Documents of milestones that are folders below that folder, the first of these that there is. */
	readonly folders?: readonly string[];
	/** What half of the documents have, each of them; of several sources in a list, one. */
	readonly has: readonly (Source | readonly Source[])[];
	/** The share of documents that is enough, where nothing else has such a folder. */
	readonly least?: number;
	/** Where fields are, before the usual places; `null` for a key that means something else there. */
	readonly fields?: Readonly<Partial<Record<Field, readonly Source[] | null>>>;
	/** The file that stands beside a document once it is done, where nothing in it says so. */
	readonly done?: (file: string) => string;
	/** A file that says which of the documents near it are closed, where none says so itself. */
	readonly closed?: {
		readonly beside: (file: string) => string;
		readonly idsIn: (text: string) => ReadonlySet<string>;
	};
	/** Where issues are parts of documents, instead of all that is above but `folder`. */
	readonly items?: ItemSettings;
}

/** Where fields are as a rule, the first that fits before the others. */
export const USUAL_SOURCES: Readonly<Partial<Record<Field, readonly Source[]>>> = {
	id: ["id", "task_id", "issue_id", "ticket", "key", "{id}-*.md", "{file}"],
	title: ["title", "name", "summary", "# {id}: {title}", "# {id} - {title}", "# {title}"],
	state: ["state", "status", "Status: {state}", "State: {state}"],
	priority: ["priority", "Priority: {priority}"],
	milestone: ["milestone", "Milestone: {milestone}"],
	assignees: ["assignees", "assignee"],
	labels: ["labels", "tags"],
	parent: ["parent", "parent_task_id", "parent_id"],
	children: ["children"],
	blocked_by: [
		...["blocked_by", "blockedBy", "blocked-by", "dependencies", "depends_on", "dependsOn", "depends-on", "deps"],
		...[
			"Blocked by: {blocked_by}",
			"Blocked-by: {blocked_by}",
			"Depends on: {blocked_by}",
			"Dependencies: {blocked_by}",
		],
		...["## Blocked by", "## Depends on", "## Dependencies"],
	],
	blocked: ["blocked", "blocks"],
};
