import type { CodexOptions, ThreadOptions } from "@openai/codex-sdk";

/** A turn as the process that runs it is told. */
export interface ChildTurn {
	readonly codex: CodexOptions;
	readonly thread: ThreadOptions;
	/** The thread that the turn goes on in; a new one where there is none. */
	readonly threadId: string | null;
	readonly prompt: string;
	readonly outputSchema: Record<string, unknown>;
	/** The file to which every event is appended as a line, before anything is said of it. */
	readonly eventLog: string;
	/** Removed after the turn. */
	readonly temporaryDirectory: string;
	/** Folders in it that have to be made: the agent's, which its sandbox may write to, and the runner's, which it may not. */
	readonly folders: { readonly agent: string; readonly runner: string };
}

/** What the process of a turn tells at the end; everything before goes to standard output, a line an event. */
export type ChildEnd =
	| { readonly kind: "ended" }
	/** `garbled`: what Codex wrote is no stream of events. */
	| { readonly kind: "threw"; readonly message: string; readonly garbled: boolean }
	/** The file of events could not be written; `code` is the error's. */
	| { readonly kind: "unkept"; readonly message: string; readonly code: string };

/** An event whose message was cut: not what Codex wrote, and it says so. */
export interface Cut {
	/** How many characters the message had. */
	readonly orch_cut_from?: number;
}
