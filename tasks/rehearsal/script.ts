/** The JSON of an ORCH_CONTEXT block; named are the keys that answers copy. */
export interface PromptedContext {
	readonly issueId: string;
	readonly issueDocPath: string;
	readonly milestoneId: string;
	readonly branchName: string;
	readonly worktreePath: string;
	readonly [key: string]: unknown;
}

/** What an agent was asked: the newest ORCH_CONTEXT prompt of its conversation. */
export interface Prompted {
	readonly issueId: string;
	readonly context: PromptedContext;
	/** The whole prompt, from the `ORCH_CONTEXT:` line on. */
	readonly prompt: string;
	/** The JSON Schema asked for; undefined where none was sent. */
	readonly schema: unknown;
}

/** What the model says next: `run`, `answer` and `nothing` are complete responses, the others faults. */
export type Say =
	/** Has this command run in the agent's sandbox. After 10 s Codex hands on what it has and lets the command run on. */
	| { readonly kind: "run"; readonly command: string }
	/** A message, which ends the turn. */
	| { readonly kind: "answer"; readonly text: string; readonly headers?: Readonly<Record<string, string>> }
	/** A response without any item, which ends the turn without a message. */
	| { readonly kind: "nothing" }
	/** An HTTP status instead of a stream; `body` is sent as JSON, `html` as it is. */
	| {
			readonly kind: "http";
			readonly status: number;
			readonly body?: unknown;
			readonly html?: string;
			readonly headers?: Readonly<Record<string, string>>;
	  }
	/** A stream that ends in `response.failed`. */
	| { readonly kind: "failed"; readonly code: string; readonly message: string }
	/** A stream that begins, then says nothing more until the client goes away. */
	| { readonly kind: "silent" }
	/** Nothing at all, not even headers, until the client goes away. */
	| { readonly kind: "no-headers" }
	/** A stream that goes on for ever, a few bytes at a time, without ever saying anything. */
	| { readonly kind: "drip"; readonly of: "comments" | "events" }
	/** A stream cut off before it completed; with `command`, after that command was asked for (Codex still runs it). */
	| { readonly kind: "drop"; readonly command?: string }
	/** The server goes, and with it every connection: from now on nobody is reached. */
	| { readonly kind: "gone" };

/**
 * The model's side of one turn. Each yield is one response; its value is the output of the command that ran, else `""`.
 * Codex repeats requests: after a complete response the same one is sent again, after a fault the next yield, or the
 * fault again where the script has ended. So `drop` then `answer` is one broken connection, `drop` alone is a broken line.
 */
export type Script = (prompted: Prompted) => AsyncGenerator<Say, void, string>;
