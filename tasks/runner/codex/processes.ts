import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import type { Usage } from "../../contract/record.ts";
import { diskFull } from "../../system/atomic-write.ts";
import { LineSplitter } from "../../system/lines.ts";
import { CODE_ROOT } from "../../system/package-root.ts";
import { endGroup } from "../../system/process-group.ts";
import { killStrays } from "../../system/strays.ts";
import { Watchdog } from "../../system/watchdog.ts";
import type { Turn, TurnEnd, TurnLimits, TurnRequest, TurnSinks } from "../runner.ts";
import type { ChildEnd } from "./child-protocol.ts";
import { agentEnvironment } from "./environment.ts";
import { childTurn, profileName } from "./options.ts";
import { Rollout } from "./rollout.ts";
import { TurnReader } from "./turn-reader.ts";

/** A file of its own, wherever this one is: among the sources, or bundled. */
const CHILD = join(CODE_ROOT, "runner/codex/codex-child.mjs");
/** Bytes; the child sends no longer ones. */
const LONGEST_LINE = 32 * 1024 * 1024;
/** Bytes of error output that are kept. */
const LONGEST_ERROR_OUTPUT = 1024 * 1024;
const LONGEST_TAIL = 4_000;
/** Processes that wait for a turn; an issue for which one was started may turn out to have nothing to do. */
const MOST_SPARES = 8;
/** Milliseconds between asking the agent's processes to end and killing them. */
const GRACE = 3_000;

/** Starts a turn's process before it is needed. */
export function warm(): void {
	if (spares.length >= MOST_SPARES) return;
	const spare = spawnChild();
	holdOpen(spare, false);
	spares.push(spare);
}

const spares: ChildProcess[] = [];

/** Ends the processes that wait for a turn, for a host that goes on without one: they end with their host in any case. */
export async function endSpares(): Promise<void> {
	const waiting = spares.splice(0).filter((spare) => spare.exitCode === null && spare.signalCode === null);
	await Promise.all(
		waiting.map(async (spare) => {
			const ended = once(spare, "exit");
			spare.kill("SIGKILL");
			await ended;
		}),
	);
}

/** Runs a turn in a process of its own: one that waits for it, or a new one. */
export function run(request: TurnRequest, limits: TurnLimits, sinks: TurnSinks, signal: AbortSignal): Promise<Turn> {
	let child = spares.shift();
	while (child && !child.connected) child = spares.shift();
	child ??= spawnChild();
	holdOpen(child, true);
	return runTurn(child, request, limits, sinks, signal);
}

/** A spare process must not keep this one from ending; when this one ends, it ends by itself. */
function holdOpen(child: ChildProcess, hold: boolean): void {
	const method = hold ? "ref" : "unref";
	child[method]();
	child.channel?.[method]();
	for (const stream of [child.stdout, child.stderr]) (stream as Socket | null)?.[method]();
}

function spawnChild(): ChildProcess {
	// For Codex, which gets it with its turn; a Node before 22 reads all certificates as it starts, which is half of its start.
	const { NODE_EXTRA_CA_CERTS: _, ...env } = agentEnvironment();
	const child = fork(CHILD, {
		detached: true,
		// A folder that stays: Node never gets going when its working directory vanishes meanwhile.
		cwd: dirname(CHILD),
		env,
		// It needs no tsx, which would be the most of its start.
		execArgv: [],
		stdio: ["ignore", "pipe", "pipe", "ipc"],
	});
	// Errors show as an early exit; without a listener they would end this process.
	child.on("error", () => {});
	return child;
}

async function runTurn(
	child: ChildProcess,
	request: TurnRequest,
	limits: TurnLimits,
	sinks: TurnSinks,
	signal: AbortSignal,
): Promise<Turn> {
	const reader = new TurnReader(sinks.onActivity);
	const watchdog = new Watchdog(limits, () => reader.isCommandRunning);
	let stopped: TurnEnd | undefined;
	let unconfined: TurnEnd | undefined;
	let ended: ChildEnd | undefined;
	let ending: Promise<void> | undefined;
	const stop = (end: TurnEnd): void => {
		stopped ??= end;
		if (child.pid !== undefined) ending ??= endGroup(child.pid, GRACE);
	};
	const interrupt = () => stop({ kind: "interrupted" });
	const exited = child.exitCode === null && child.signalCode === null ? once(child, "exit").catch(() => {}) : undefined;
	child.on("message", (message) => {
		ended = message as ChildEnd;
		// It has said all, and to wait until Node has put everything away takes longer than to look what else is left.
		child.kill("SIGKILL");
	});
	signal.addEventListener("abort", interrupt);
	if (signal.aborted) interrupt();
	watchdog.start((limit) =>
		stop(
			limit === "timeout"
				? timedOut(limits)
				: { kind: "stalled", limit: limits.stall, lastWarning: reader.lastWarning },
		),
	);
	const expected = profileName(request);
	const rollout = new Rollout((name) => {
		if (name === expected) return;
		const applied = name === null ? "no permission profile" : `the permission profile "${name}"`;
		unconfined ??= failed(`Codex applies ${applied} to the agent's commands, not the one it was given`);
		stop(unconfined);
	});
	const count = (usage: Usage): void => {
		sinks.onActivity({ kind: "usage", usage });
		const used = usage.inputTokens + usage.outputTokens;
		if (used > limits.tokens) stop({ kind: "over-budget", limit: limits.tokens, used });
	};
	const warnOfMissing = (): void => {
		const text = "Codex keeps no rollout of this thread, so its tokens are only known, and limited, at the end";
		sinks.onActivity({ kind: "warning", text });
	};
	let tail = "";
	let errorOutput = 0;
	try {
		if (!stopped && child.connected) child.send(childTurn(request), () => {});
		const lines = new LineSplitter(LONGEST_LINE);
		await Promise.all([
			pump(child.stdout, (bytes) => {
				for (const line of lines.push(bytes)) if (reader.read(line)) watchdog.progress();
				if (reader.threadId) rollout.follow(reader.threadId, count, warnOfMissing);
				if (reader.broken) stop({ kind: "protocol-error", message: reader.broken });
			}),
			pump(child.stderr, async (bytes) => {
				tail = (tail + Buffer.from(bytes).toString("utf8")).slice(-LONGEST_TAIL);
				const kept = bytes.subarray(0, LONGEST_ERROR_OUTPUT - errorOutput);
				errorOutput += kept.length;
				if (kept.length > 0) await sinks.stderr(kept);
			}),
			exited,
		]);
	} catch (error) {
		stop({ kind: "interrupted" });
		throw error;
	} finally {
		watchdog.stop();
		rollout.stop();
		signal.removeEventListener("abort", interrupt);
		if (child.pid !== undefined) ending ??= endGroup(child.pid, GRACE);
		await ending;
		await killStrays(request.workingDirectory, request.temporaryDirectory);
	}
	if (ended?.kind === "unkept") {
		const error = Object.assign(new Error(ended.message), { code: ended.code });
		throw diskFull(error, request.eventLog) ?? error;
	}
	// A turn that did not complete tells its tokens nowhere else, and one that was quick has not been looked at yet.
	if (reader.threadId) await rollout.look(reader.threadId).catch(() => {});
	const usage = reader.usage ?? rollout.usage ?? null;
	if (usage) sinks.onActivity({ kind: "usage", usage });
	return { end: unconfined ?? stopped ?? endOf(reader, ended, tail), threadId: reader.threadId, usage };
}

function endOf(reader: TurnReader, ended: ChildEnd | undefined, tail: string): TurnEnd {
	if (reader.failure !== undefined) return failed(reader.failure);
	if (ended?.kind === "threw") return ended.garbled ? garbled(ended.message) : failed(ended.message);
	if (reader.completed) {
		const { lastMessage, lastMessageCutFrom } = reader;
		return { kind: "completed", lastMessage, ...(lastMessageCutFrom === undefined ? {} : { lastMessageCutFrom }) };
	}
	return failed(tail.trim() || "the agent's process ended before its turn did");
}

function failed(message: string): TurnEnd {
	return { kind: "failed", message };
}

function garbled(message: string): TurnEnd {
	return { kind: "protocol-error", message };
}

function timedOut(limits: TurnLimits): TurnEnd {
	return { kind: "timed-out", limit: limits.timeout };
}

/** Hands a stream's chunks on, one at a time: while the sink waits, the pipe fills and its writer waits too. */
async function pump(stream: Readable | null, take: (bytes: Uint8Array) => Promise<void> | void): Promise<void> {
	for await (const chunk of stream ?? []) await take(chunk);
}
