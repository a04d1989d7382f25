import type { CommandExecutionItem, ThreadEvent, ThreadItem } from "@openai/codex-sdk";
import type { Activity } from "../../contract/activity.ts";
import type { Usage } from "../../contract/record.ts";
import type { Cut } from "./child-protocol.ts";
import { plainReason } from "./plain-reason.ts";

const IGNORED_SETTINGS = /^Codex is ignoring \d+ unrecognized configuration setting/;

/** What the events of a turn have told so far. */
export class TurnReader {
	threadId: string | null = null;
	usage: Usage | null = null;
	lastMessage: string | undefined;
	/** How many characters the last message had, where only its beginning was kept. */
	lastMessageCutFrom: number | undefined;
	/** The reason of a failed turn; the exception that follows it does not have it. */
	failure: string | undefined;
	/** Text of the last `error` event, such as a lost connection: neither fatal nor progress. */
	lastWarning: string | undefined;
	/** Why the stream can't be believed any more. */
	broken: string | undefined;
	completed = false;
	readonly #running = new Set<string>();
	readonly #onActivity: (activity: Activity) => void;

	constructor(onActivity: (activity: Activity) => void) {
		this.#onActivity = onActivity;
	}

	/** True while a command of the agent runs: silence is then no sign of a stall. */
	get isCommandRunning(): boolean {
		return this.#running.size > 0;
	}

	/** Takes one line of the stream; `undefined` is one that was too long. Returns true when it was progress. */
	read(line: string | undefined): boolean {
		if (line === undefined) return this.#break("a line of the event stream is too long");
		try {
			const isProgress = this.#take(JSON.parse(line));
			// The connection is back.
			if (isProgress) this.lastWarning = undefined;
			return isProgress;
		} catch {
			return this.#break(`a line of the event stream is no event: ${line.slice(0, 200)}`);
		}
	}

	#take(event: ThreadEvent & Cut): boolean {
		switch (event.type) {
			case "thread.started":
				this.threadId = text(event.thread_id);
				return true;
			case "turn.started":
				return true;
			case "item.started":
			case "item.updated":
				if (isCommand(event.item)) this.#running.add(event.item.id);
				this.#show(event.item);
				return true;
			case "item.completed":
				this.#running.delete(event.item.id);
				if (event.item.type === "agent_message") {
					this.lastMessage = text(event.item.text);
					this.lastMessageCutFrom = event.orch_cut_from;
				}
				this.#show(event.item);
				if (event.item.type === "command_execution") this.#showOutput(event.item);
				return event.item.type !== "error";
			case "turn.completed":
				this.usage = {
					inputTokens: count(event.usage?.input_tokens),
					cachedInputTokens: count(event.usage?.cached_input_tokens),
					outputTokens: count(event.usage?.output_tokens),
					reasoningOutputTokens: count(event.usage?.reasoning_output_tokens),
				};
				this.completed = true;
				return true;
			case "turn.failed":
				this.failure = plainReason(text(event.error.message));
				return true;
			case "error":
				this.lastWarning = plainReason(text(event.message));
				this.#warn(this.lastWarning);
				return false;
			default:
				// A later Codex may say more than this one; what it says is on disk.
				return true;
		}
	}

	#show(item: ThreadItem): void {
		if (item.type === "command_execution") this.#onActivity({ kind: "command", command: item.command });
		else if (item.type === "agent_message") this.#onActivity({ kind: "message", text: item.text });
		else if (item.type === "file_change")
			this.#onActivity({ kind: "files", paths: item.changes.map((each) => each.path) });
		else if (item.type === "mcp_tool_call") this.#onActivity({ kind: "tool", name: item.tool });
		// What is odd in the configuration was said once for the run.
		else if (item.type === "error" && !IGNORED_SETTINGS.test(item.message)) this.#warn(plainReason(item.message));
	}

	#showOutput({ aggregated_output: output, exit_code: code }: CommandExecutionItem): void {
		const { lines, isCut } = lastOf(typeof output === "string" ? output : "");
		const exitCode = typeof code === "number" && code !== 0 ? { exitCode: code } : {};
		if (lines.length > 0 || code) this.#onActivity({ kind: "output", lines, isCut, ...exitCode });
	}

	#warn(text: string): void {
		this.#onActivity({ kind: "warning", text });
	}

	#break(why: string): boolean {
		this.broken ??= why;
		return false;
	}
}

/** Lines and characters of a command's output that are shown at most; the log has all. */
const MOST = { lines: 20, characters: 8192 };

function lastOf(output: string): { readonly lines: readonly string[]; readonly isCut: boolean } {
	const lines = output.slice(-MOST.characters).trimEnd().split(/\r?\n/);
	const isCut = output.length > MOST.characters || lines.length > MOST.lines;
	return { lines: lines.slice(-MOST.lines).filter((line) => line.trim() !== ""), isCut };
}

function isCommand(item: ThreadItem): boolean {
	return item.type === "command_execution" || item.type === "mcp_tool_call";
}

// What goes from an event into the record has to be what the record's schema says, or no later run could read it.

function text(value: unknown): string {
	if (typeof value !== "string") throw new TypeError("no text");
	return value;
}

function count(value: unknown): number {
	if (value === undefined || value === null) return 0;
	if (typeof value !== "number") throw new TypeError("no number");
	return value;
}
