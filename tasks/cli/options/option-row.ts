import type { RunOptions } from "../../contract/options.ts";
import type { RunRequest } from "../request.ts";

/** The headings of the help, under which options stand. */
export type Group =
	| "Which issues"
	| "Running"
	| "Agents"
	| "Limits"
	| "Output"
	| "Graph"
	| "Clean"
	| "Documents"
	| "Integrate"
	| "Other";

/** What completes the value of an option. */
export type Completes = "files" | "folders" | "issues" | "projects" | "branches" | "variables" | "goals";

/**
 * When a command that is suggested, such as that of "To go on", has the option again: when it was typed, since what a
 * variable or the orchfile says holds the next time too; when it is set at all; when it was typed and the command is to
 * do the same, and not the same for real; or never, and why.
 */
export type Again = "typed" | "set" | "typed, unless for real" | { readonly never: string };

interface Described {
	/** As commander reads them: `-j, --jobs <n>`. */
	readonly flags: string;
	readonly group: Group;
	/** What it does, in a line of the help. */
	readonly about: string;
	/** What it does, as the reference says it, where there is more to say. */
	readonly more?: string;
	/** `about` tells what holds without it, whatever the orchfile makes of that. */
	readonly tellsDefault?: true;
	/** It has no variable, and an orchfile can't have it among its defaults. */
	readonly typedOnly?: true;
	readonly choices?: readonly string[];
	/** The value of an option that can be typed without one. */
	readonly alone?: string;
	/** What is typed several times adds up. */
	readonly repeatable?: true;
	/** The option that it can't be combined with, as its attribute is called. */
	readonly conflicts?: string;
	readonly completes?: Completes;
	/** The words in a task's place that it means something to; to all where absent. */
	readonly belongsTo?: readonly string[];
	readonly again: Again;
	/** It changes what the agent of an issue is given, and so belongs to every command that has that issue done again. */
	readonly forAgents?: true;
}

/** How a value is read from its text, and what it is where none is given. `before` is what earlier ones have made of it. */
interface Valued<V> {
	readonly read?: (text: string, before?: V) => V;
	readonly default?: { readonly value: V; readonly said: string };
}

type InOptions = {
	[K in keyof RunOptions]-?: { readonly options: K; readonly run?: never } & Valued<NonNullable<RunOptions[K]>>;
}[keyof RunOptions];

type RequestKey = Exclude<keyof RunRequest, "task" | "options" | "typed">;
type InRequest = {
	[K in RequestKey]-?: { readonly run: K; readonly options?: never } & Valued<NonNullable<RunRequest[K]>>;
}[RequestKey];

/** An option that asks for something else than a run, or speaks through another one. */
interface Nowhere extends Valued<never> {
	readonly options?: never;
	readonly run?: never;
}

/** One option: all that is known of it, with the key of `RunOptions` or `RunRequest` that its value goes to. */
export type OptionRow = Described & (InOptions | InRequest | Nowhere);

/** The long name of an option, without its dashes. */
export function nameOf({ flags }: OptionRow): string {
	return /--([a-z-]+)/.exec(flags)?.[1] ?? "";
}

/** The short flag of an option, with its dash. */
export function shortOf({ flags }: OptionRow): string | undefined {
	return /^-\w/.exec(flags)?.[0];
}

/** True for an option that takes the next word for its value. */
export function takesValue({ flags }: OptionRow): boolean {
	return flags.includes("<");
}

/** The variable that sets an option. */
export function variableOf(row: OptionRow): string | undefined {
	return row.typedOnly ? undefined : `ORCH_${nameOf(row).toUpperCase().replaceAll("-", "_")}`;
}
