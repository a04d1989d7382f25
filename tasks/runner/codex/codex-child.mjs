// @ts-check
// A turn of Codex in a process of its own, which keeps every event in a file and tells its parent what it has to know of it.
// One is started for every turn: in JavaScript and without sources of ours, it starts in the time that Node takes
// (docs/decisions/0023-the-childs-process.md).
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, openSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import process from "node:process";
import { Codex } from "@openai/codex-sdk";

/** @import { ThreadEvent } from "@openai/codex-sdk" */
/** @import { ChildEnd, ChildTurn, Cut } from "./child-protocol.ts" */

/** Milliseconds the Codex process has to end by itself before its whole group is killed. */
const GRACE = 2_000;
/** Characters of an error's text that are worth keeping: the SDK puts whole lines and whole error outputs into its own. */
const LONGEST_TEXT = 4_000;
/** Characters of an agent's message that are kept; a valid answer has a few thousand. */
const LONGEST_MESSAGE = 1024 * 1024;
/** Characters of an event. The longest that Codex has reason to write is a command's output: a megabyte, and escapes. */
const LONGEST_EVENT = 8 * 1024 * 1024;
/** Bytes that are kept at once; Codex's output comes in chunks of up to a quarter of that. */
const BATCH = 256 * 1024;
/** Characters of a line for the parent, above which what it does not read is left out of it. */
const LONGEST_NEWS = 500;

/** What Codex wrote is too long to be an event; nothing of it is kept. */
class OverlongEvent extends Error {}

/** An event could not be kept. */
class UnkeptEvent extends Error {}

const stop = new AbortController();

// The parent is gone or wants us to end: nothing that we started may outlive us, whatever it is busy with.
process.once("disconnect", end);
process.once("SIGTERM", end);
process.on("SIGINT", () => {});
process.on("uncaughtException", (/** @type {NodeJS.ErrnoException} */ error) => {
	// Codex has gone before it read its prompt. Why is in its error output, which the SDK throws once it has all of it.
	if (error.code === "EPIPE") setTimeout(() => finish(threw(error)), GRACE);
	else finish(threw(error));
});
process.once("message", (turn) => {
	run(/** @type {ChildTurn} */ (turn)).then(
		() => finish({ kind: "ended" }),
		(error) => finish(threw(error)),
	);
});

/** @param {ChildTurn} turn */
async function run({ codex, thread, threadId, prompt, outputSchema, eventLog, temporaryDirectory, folders }) {
	const log = keeping(() => openSync(eventLog, "a"));
	for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true });
	// Where the SDK puts the schema, and Codex what it unpacks: not where the agent can write.
	process.env.TMPDIR = folders.runner;
	const client = new Codex(codex);
	const started = threadId === null ? client.startThread(thread) : client.resumeThread(threadId, thread);
	const { events } = await started.runStreamed(prompt, { outputSchema, signal: stop.signal });
	const output = new Output(log);
	try {
		for await (const event of events) {
			const line = lineOf(event);
			output.add(line, newsOf(event, line));
			if (output.drained) await output.drained;
		}
	} finally {
		output.flush();
		// The parent does this, unless it has been killed.
		if (!process.connected) {
			// Commands, and the kernel for a home laid over another, leave folders that nobody may enter.
			spawnSync("chmod", ["-R", "u+rwX", temporaryDirectory], { stdio: "ignore" });
			await rm(temporaryDirectory, { recursive: true, force: true, maxRetries: 3 }).catch(() => {});
		}
	}
}

/**
 * Keeps lines and tells of them, all that come from one chunk of Codex's output together: a call of the system for each
 * would take longer than everything else that is done with it.
 */
class Output {
	#lines = Buffer.allocUnsafe(BATCH);
	#length = 0;
	/** @type {string[]} */
	#news = [];
	/** @type {NodeJS.Immediate | undefined} */
	#soon;
	/**
	 * While the parent has more to read than it should have.
	 * @type {Promise<unknown> | undefined}
	 */
	drained;

	/** @param {number} log */
	constructor(log) {
		this.log = log;
	}

	/**
	 * @param {string} line
	 * @param {string} news
	 */
	add(line, news) {
		// In UTF-8, three bytes are the most that a character of a string takes.
		const most = 3 * line.length + 1;
		if (this.#length + most > BATCH) this.flush();
		if (most > BATCH) keeping(() => appendFileSync(this.log, `${line}\n`));
		else this.#length += this.#lines.write(`${line}\n`, this.#length);
		this.#news.push(news);
		this.#soon ??= setImmediate(() => this.flush());
	}

	/** Nothing is told that is not kept. */
	flush() {
		clearImmediate(this.#soon);
		this.#soon = undefined;
		const [length, news] = [this.#length, this.#news];
		this.#length = 0;
		this.#news = [];
		keeping(() => appendFileSync(this.log, this.#lines.subarray(0, length)));
		if (news.length === 0 || process.stdout.write(`${news.join("\n")}\n`)) return;
		this.drained ??= once(process.stdout, "drain").then(() => {
			this.drained = undefined;
		});
	}
}

/**
 * @template T
 * @param {() => T} write
 */
function keeping(write) {
	try {
		return write();
	} catch (error) {
		throw new UnkeptEvent("an event could not be kept", { cause: error });
	}
}

/**
 * An event as a line of JSON. Of a message that is so long that holding it could end this program it has the beginning only.
 * @param {ThreadEvent} event
 */
function lineOf(event) {
	const line = JSON.stringify(cutMessage(event));
	if (line.length > LONGEST_EVENT) throw new OverlongEvent(`an event of ${line.length} characters is too long`);
	return line;
}

/**
 * @param {ThreadEvent} event
 * @returns {ThreadEvent & Cut}
 */
function cutMessage(event) {
	if (event?.type !== "item.completed" || event.item?.type !== "agent_message") return event;
	const { text } = event.item;
	if (typeof text !== "string" || text.length <= LONGEST_MESSAGE) return event;
	return { ...event, item: { ...event.item, text: text.slice(0, LONGEST_MESSAGE) }, orch_cut_from: text.length };
}

/**
 * What the parent is told of an event: all of it, without what is most of it and what nobody there reads.
 * @param {ThreadEvent} event
 * @param {string} line
 */
function newsOf(event, line) {
	if (line.length <= LONGEST_NEWS || !("item" in event)) return line;
	switch (event.item?.type) {
		case "command_execution":
			return JSON.stringify({ ...event, item: { ...event.item, aggregated_output: "" } });
		case "mcp_tool_call":
			return JSON.stringify({ ...event, item: { ...event.item, arguments: null, result: null } });
		case "reasoning":
			return JSON.stringify({ ...event, item: { ...event.item, text: "" } });
		default:
			return line;
	}
}

let isOver = false;

/** @param {ChildEnd} message */
function finish(message) {
	if (isOver) return;
	isOver = true;
	if (message.kind !== "ended") process.stderr.write(`${message.message}\n`);
	if (!process.connected) process.exit(1);
	// What a busy parent has not read yet would be gone: neither exiting nor being killed waits for a pipe.
	process.stderr.write("", () =>
		process.stdout.write("", () => process.send?.(message, () => process.exit(message.kind === "ended" ? 0 : 1))),
	);
}

function end() {
	stop.abort();
	setTimeout(() => {
		try {
			process.kill(-process.pid, "SIGKILL");
		} catch {
			process.exit(1);
		}
	}, GRACE).unref();
	// Before the first event there is nothing to abort.
	if (process.listenerCount("message") > 0) process.exit(1);
}

/**
 * @param {unknown} error
 * @returns {ChildEnd}
 */
function threw(error) {
	if (error instanceof UnkeptEvent) {
		const { message, code } = /** @type {NodeJS.ErrnoException} */ (error.cause);
		return { kind: "unkept", message, code: code ?? "" };
	}
	const message = error instanceof Error ? error.message : String(error);
	if (error instanceof OverlongEvent) return { kind: "threw", message, garbled: true };
	// The SDK parses every line, and takes the tokens of a completed turn for granted.
	const garbled = message.startsWith("Failed to parse item: ") || error instanceof TypeError;
	const text = garbled ? `what Codex wrote is no stream of events: ${shorten(message, 400)}` : message;
	return { kind: "threw", message: shorten(text.trimEnd()), garbled };
}

/**
 * The beginning and the end of a text that is too long; the reason is usually in one of them.
 * @param {string} text
 */
function shorten(text, longest = LONGEST_TEXT) {
	if (text.length <= longest) return text;
	const part = Math.floor(longest / 2);
	return `${text.slice(0, part)}\n… ${text.length - 2 * part} characters left out …\n${text.slice(-part)}`;
}
