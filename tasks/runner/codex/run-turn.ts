import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { given } from "../../contract/given.ts";
import { USUAL_LIMITS, type UsageLimits } from "../../system/confine/usual-limits.ts";
import { diskFull } from "../../system/disk-space.ts";
import { Watchdog } from "../../system/watchdog.ts";
import type { Turn, TurnLimits, TurnRequest, TurnSinks } from "../runner.ts";
import { killStrays } from "../strays.ts";
import type { ChildEnd } from "./child-protocol.ts";
import { classifyTurn } from "./classify.ts";
import { type Completed, completeSandbox } from "./complete-sandbox.ts";
import { agentEnvironment } from "./environment.ts";
import { ErrorOutput } from "./error-output.ts";
import { childTurn, deniedTo, profileName, temporaryFolders } from "./options.ts";
import { codexBinary, codexWords } from "./package.ts";
import { GO_ON, pauseAfter } from "./pause.ts";
import { pump, readEvents } from "./read-events.ts";
import { readThread, type ThreadState } from "./rollout.ts";
import { codexHome } from "./secret-files.ts";
import { endOf } from "./turn-end.ts";
import type { TurnProcess } from "./turn-process.ts";
import { TurnReader } from "./turn-reader.ts";
import { TurnStop } from "./turn-stop.ts";
import { since } from "./usage-since.ts";
import { RolloutWatch } from "./watch-rollout.ts";
import { watchUsage } from "./watch-usage.ts";

/**
 * Runs a turn: in the thread that it is to go on in, as far as that is to be had, else in one of its own. When it returns, nothing that
 * the agent started runs any more.
 * @param take a process that waits for a turn.
 * @param bubblewrap what completes Codex's sandbox; nothing where that can't be done.
 * @param settings how long until a turn that the provider had no time for is gone on with, where it does not tell, and what commands may use.
 * @throws where the turn's output can't be kept: Failure `disk-full`, or the system's error.
 */
export async function runTurn(
	take: () => TurnProcess,
	bubblewrap: string | undefined,
	request: TurnRequest,
	limits: TurnLimits,
	sinks: TurnSinks,
	signal: AbortSignal,
	settings: { readonly pause?: number } & Partial<UsageLimits> = {},
): Promise<Turn> {
	const from = performance.now();
	const completed = bubblewrap === undefined ? undefined : await complete(bubblewrap, request);
	const usage = { ...USUAL_LIMITS, ...settings };
	const left = () => ({ ...limits, timeout: limits.timeout - (performance.now() - from) });
	const ask = (thread?: AskedThread, within = left()) =>
		askOnce(take(), completed, request, within, usage, sinks, signal, thread);
	const asks = { ask, left, pause: settings.pause, sinks, signal };
	const state = request.resume === undefined ? undefined : await readThread(request.resume);
	if (request.resume === undefined || state === undefined) return askTwice(asks);
	const turn = await askTwice(asks, { id: request.resume, state, prompt: request.prompt });
	if (!isThreadRefused(turn) || signal.aborted || left().timeout <= 0) return { ...turn, isResumed: true };
	const why = turn.end.kind === "failed" ? turn.end.message : "";
	sinks.onActivity({
		kind: "warning",
		text: `the thread of the turn before can't be gone on with, a new one is begun: ${why}`,
	});
	return askTwice(asks);
}

/** How turns of Codex are asked for, all within the limits of one of ours. */
interface Asks {
	readonly ask: (thread?: AskedThread, within?: TurnLimits) => Promise<Turn>;
	/** The limits, less the time that has passed. */
	readonly left: () => TurnLimits;
	readonly pause: number | undefined;
	readonly sinks: TurnSinks;
	readonly signal: AbortSignal;
}

/** A thread to go on in, and what is said in it. */
interface AskedThread {
	readonly id: string;
	/** Where it stood before the turn, if it was another turn's. */
	readonly state: ThreadState | undefined;
	readonly prompt: string;
}

/** Asks, and where the provider had no time, once more in the same thread: all that was paid for is in it, its tokens too. */
async function askTwice({ ask, left, pause: usual, sinks, signal }: Asks, thread?: AskedThread): Promise<Turn> {
	const first = await ask(thread);
	const pause = pauseAfter(first, usual);
	if (pause === undefined || signal.aborted) return first;
	if (left().timeout - pause <= 0) return first;
	const why = first.end.kind === "failed" ? first.end.message : "";
	sinks.onActivity({ kind: "warning", text: `${why}; asking once more in ${Math.ceil(pause / 1000)} s` });
	await delay(pause, undefined, { signal }).catch(() => {});
	if (signal.aborted) return { ...first, end: { kind: "interrupted" } };
	const second = await ask({ id: first.threadId ?? "", state: thread?.state, prompt: GO_ON });
	return { ...second, usage: second.usage ?? first.usage };
}

/**
 * Whether a turn failed for the thread that it went on in: before the model did anything, and for nothing that a new thread would meet
 * as well. What Codex can't find, and what the provider does not take back, is told in many words.
 */
function isThreadRefused({ end, usage, everyTurn, thisTurn }: Turn): boolean {
	if (end.kind !== "failed" || (usage !== null && usage.inputTokens + usage.outputTokens > 0)) return false;
	return (everyTurn === undefined || everyTurn === "refused") && (thisTurn === undefined || thisTurn === "too-long");
}

function complete(bubblewrap: string, request: TurnRequest): Promise<Completed> {
	const { agent, runner } = temporaryFolders(request);
	const { workingDirectory, repositoryRoot, program } = request;
	const place = {
		folder: join(runner, "sandbox"),
		...(request.isReadOnly
			? { writable: [agent, ...request.writableFolders], thrownAway: workingDirectory }
			: { writable: [workingDirectory, agent, ...request.writableFolders] }),
		kept: [repositoryRoot, codexHome(), codexBinary(program)],
		denied: deniedTo(request),
	};
	return completeSandbox(place, bubblewrap, agentEnvironment().PATH ?? "");
}

async function askOnce(
	child: TurnProcess,
	completed: Completed | undefined,
	request: TurnRequest,
	limits: TurnLimits,
	most: UsageLimits,
	{ stderr, onActivity }: TurnSinks,
	signal: AbortSignal,
	thread?: AskedThread,
): Promise<Turn> {
	const reader = new TurnReader(onActivity);
	const errors = new ErrorOutput(stderr);
	const stop = new TurnStop(() => child.end());
	const state = thread?.state;
	const rollout = new RolloutWatch({ tokens: limits.tokens, profile: profileName(request) }, stop, onActivity, state);
	const [watchdog, unwatch] = watch(stop, reader, limits, signal);
	const unwatchUsage = watchUsage(child.pid, most, stop);
	try {
		if (!stop.reason) child.begin(childTurn(request, completed, thread?.id, thread?.prompt));
		const events = readEvents(child.output, reader, {
			onProgress: () => watchdog.progress(),
			onThread: (threadId) => rollout.follow(threadId),
			onBroken: (message) => stop.because({ kind: "protocol-error", message }),
		});
		await Promise.all([events, pump(child.errorOutput, (bytes) => errors.take(bytes)), child.exited]);
	} finally {
		unwatch();
		unwatchUsage();
		rollout.stop();
		await child.end();
		await killStrays(request.workingDirectory, request.temporaryDirectory);
	}
	verifyKept(child.said, request.eventLog);
	// In any case, since it also tells whether the agent was confined. A turn that did not complete tells its tokens nowhere else.
	const lastKnown = await rollout.finish(reader.threadId);
	const usage = (reader.usage && since(reader.usage, state?.usage)) ?? lastKnown ?? null;
	if (usage) onActivity({ kind: "usage", usage });
	const end = stop.reason ?? endOf(reader, child.said, errors.tail);
	const words = given({ model: rollout.model, program: codexWords(request.program) });
	return { end, threadId: reader.threadId, usage, ...classifyTurn(end), ...words };
}

/** Stops a turn at a limit of its time, and when the run is interrupted, until it is told to leave that. */
function watch(
	stop: TurnStop,
	reader: TurnReader,
	{ timeout, stall }: TurnLimits,
	signal: AbortSignal,
): readonly [Watchdog, () => void] {
	const watchdog = new Watchdog({ timeout, stall }, () => reader.isCommandRunning);
	const interrupt = () => stop.because({ kind: "interrupted" });
	signal.addEventListener("abort", interrupt);
	if (signal.aborted) interrupt();
	watchdog.start((limit) =>
		stop.because(
			limit === "timeout"
				? { kind: "timed-out", limit: timeout }
				: { kind: "stalled", limit: stall, lastWarning: reader.lastWarning },
		),
	);
	const unwatch = () => {
		watchdog.stop();
		signal.removeEventListener("abort", interrupt);
	};
	return [watchdog, unwatch];
}

function verifyKept(said: ChildEnd | undefined, eventLog: string): void {
	if (said?.kind !== "unkept") return;
	const error = Object.assign(new Error(said.message), { code: said.code });
	throw diskFull(error, eventLog) ?? error;
}
