import { once } from "node:events";
import { mkdir, rm } from "node:fs/promises";
import process from "node:process";
import { Codex } from "@openai/codex-sdk";
import { codexOptions, temporaryFolders, threadOptions } from "./codex-options.ts";
import type { TurnRequest } from "./runner.ts";

/** What this process tells its parent at the end; everything before goes to standard output, a line an event. */
export type ChildEnd = { readonly kind: "ended" } | { readonly kind: "threw"; readonly message: string };

/** Milliseconds the Codex process has to end by itself before its whole group is killed. */
const GRACE = 2_000;

const stop = new AbortController();

// The parent is gone or wants us to end: nothing that we started may outlive us, whatever it is busy with.
process.once("disconnect", end);
process.once("SIGTERM", end);
process.on("SIGINT", () => {});
process.once("uncaughtException", (error) => finish({ kind: "threw", message: messageOf(error) }));
process.once("message", (request) => {
	run(request as TurnRequest).then(
		() => finish({ kind: "ended" }),
		(error) => finish({ kind: "threw", message: messageOf(error) }),
	);
});

async function run(request: TurnRequest): Promise<void> {
	const folders = temporaryFolders(request);
	for (const folder of Object.values(folders)) await mkdir(folder);
	// Where the SDK puts the schema, and Codex what it unpacks: not where the agent can write.
	process.env.TMPDIR = folders.runner;
	const env = Object.fromEntries(
		Object.entries(process.env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
	);
	const thread = new Codex(codexOptions(request, env)).startThread(threadOptions(request));
	const { events } = await thread.runStreamed(request.prompt, {
		outputSchema: request.outputSchema,
		signal: stop.signal,
	});
	try {
		for await (const event of events) {
			if (!process.stdout.write(`${JSON.stringify(event)}\n`)) await once(process.stdout, "drain");
		}
	} finally {
		// The parent does this too, unless it has been killed.
		await rm(request.temporaryDirectory, { recursive: true, force: true }).catch(() => {});
	}
}

function finish(message: ChildEnd): void {
	if (message.kind === "threw") process.stderr.write(`${message.message}\n`);
	if (!process.connected) process.exit(1);
	process.send?.(message, () => process.exit(message.kind === "ended" ? 0 : 1));
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

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
