import type { RunOptions } from "../contract/options.ts";

/** How `graph` prints. */
export type GraphFormat = "text" | "mermaid" | "dot" | "json";

/** What the command line asks for. */
export type Request =
	/** Help about everything, or about one task. */
	| { readonly kind: "help"; readonly text: string; readonly task?: string }
	/** The script that teaches a shell to complete. */
	| { readonly kind: "completion"; readonly shell: string | undefined }
	| { readonly kind: "version"; readonly codex?: string }
	| { readonly kind: "list"; readonly json: boolean }
	| ({ readonly kind: "run" } & RunRequest);

/** A run of one task or goal. */
export interface RunRequest {
	readonly task: string;
	readonly options: RunOptions;
	readonly jobs: number;
	/** Tokens after which nothing new is started. */
	readonly maxRunTokens: number;
	readonly failFast: boolean;
	readonly force: boolean;
	readonly dryRun: boolean;
	readonly question: boolean;
	/** Remove without asking what `clean` finds safe to remove. */
	readonly yes: boolean;
	/** Let `clean` also remove an issue's things that are not safe to remove. */
	readonly discard: boolean;
	/** The form of the backlog that `init` is to take. */
	readonly family?: string;
	/** What `answer` is to write: texts as they were typed, one after the other. */
	readonly messages?: readonly string[];
	/** Absolute path of the file that has it instead; `-` for standard input. */
	readonly answersFile?: string;
	/** Let `answer` and `done` commit what they have written. */
	readonly commit: boolean;
	/** Let `done` write what it has found. */
	readonly write: boolean;
	/** The goal that looks at the backlog speak of; the first of the orchfile when absent. */
	readonly goal?: string;
	readonly format: GraphFormat;
	/** Absolute path of the JUnit report to write. */
	readonly reportJunit?: string;
	/** The shell command that is told what becomes of the run; empty for none. */
	readonly notify?: string;
	/** Absolute path of the page to write, where it is not to lie with the logs. */
	readonly out?: string;
	/** Show the page that was written in a browser. */
	readonly open: boolean;
	/** Serve the page until a signal ends it, and write none. */
	readonly serve: boolean;
	readonly json: boolean;
	readonly quiet: boolean;
	readonly verbose: boolean;
	/** The options that were typed, by their long names, with their values as they were typed. */
	readonly typed: Readonly<Record<string, readonly string[]>>;
}
