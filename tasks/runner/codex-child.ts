import { once } from "node:events";
import { mkdir, rm } from "node:fs/promises";
import process from "node:process";
import { Codex } from "@openai/codex-sdk";
import { type CodexTurn, codexOptions, temporaryFolders, threadOptions } from "./codex-options.ts";
import { lineOf, OverlongEvent, shorten } from "./shorten.ts";

/** What this process tells its parent at the end; everything before goes to standard output, a line an event. */
export type ChildEnd =
	| { readonly kind: "ended" }
	/** `garbled`: what Codex wrote is no stream of events. */
	| { readonly kind: "threw"; readonly message: string; readonly garbled: boolean };

/** Milliseconds the Codex process has to end by itself before its whole group is killed. */
const GRACE = 2_000;

const stop = new AbortController();

// The parent is gone or wants us to end: nothing that we started may outlive us, whatever it is busy with.
process.once("disconnect", end);
process.once("SIGTERM", end);
process.on("SIGINT", () => {});
process.on("uncaughtException", (error: NodeJS.ErrnoException) => {
	// Codex has gone before it read its prompt. Why is in its error output, which the SDK throws once it has all of it.
	if (error.code === "EPIPE") setTimeout(() => finish(threw(error)), GRACE);
	else finish(threw(error));
});
process.once("message", (turn) => {
	run(turn as CodexTurn).then(
		() => finish({ kind: "ended" }),
		(error) => finish(threw(error)),
	);
});

async function run(turn: CodexTurn): Promise<void> {
	const folders = temporaryFolders(turn);
	for (const folder of Object.values(folders)) await mkdir(folder);
	// Where the SDK puts the schema, and Codex what it unpacks: not where the agent can write.
	process.env.TMPDIR = folders.runner;
	const env = Object.fromEntries(
		Object.entries(process.env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
	);
	const thread = new Codex(codexOptions(turn, env)).startThread(threadOptions(turn));
	const { events } = await thread.runStreamed(turn.prompt, {
		outputSchema: turn.outputSchema,
		signal: stop.signal,
	});
	try {
		for await (const event of events) {
			if (!process.stdout.write(`${lineOf(event)}\n`)) await once(process.stdout, "drain");
		}
	} finally {
		// The parent does this too, unless it has been killed.
		await rm(turn.temporaryDirectory, { recursive: true, force: true }).catch(() => {});
	}
}

function finish(message: ChildEnd): void {
	if (message.kind === "threw") process.stderr.write(`${message.message}\n`);
	if (!process.connected) process.exit(1);
	// What a busy parent has not read yet would be gone: exiting does not wait for a pipe.
	process.stdout.write("", () => process.send?.(message, () => process.exit(message.kind === "ended" ? 0 : 1)));
}

function end(): void {
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

function threw(error: unknown): ChildEnd {
	const message = error instanceof Error ? error.message : String(error);
	if (error instanceof OverlongEvent) return { kind: "threw", message, garbled: true };
	// The SDK parses every line, and takes the tokens of a completed turn for granted.
	const garbled = message.startsWith("Failed to parse item: ") || error instanceof TypeError;
	const text = garbled ? `what Codex wrote is no stream of events: ${shorten(message, 400)}` : message;
	return { kind: "threw", message: shorten(text.trimEnd()), garbled };
}
