import { join } from "node:path";
import { given } from "../../contract/given.ts";
import { USUAL_LIMITS, type UsageLimits } from "../../system/confine/usual-limits.ts";
import { diskFull } from "../../system/disk-space.ts";
import { Watchdog } from "../../system/watchdog.ts";
import type { LimitGate } from "../limit-gate.ts";
import { endOfAbort, type Turn, type TurnLimits, type TurnRequest, type TurnSinks } from "../runner.ts";
import { killStrays } from "../strays.ts";
import { type AskedThread, isThreadRefused, TurnTime } from "./ask-again.ts";
import type { ChildEnd } from "./child-protocol.ts";
import { classifyTurn } from "./classify.ts";
import { type Completed, completeSandbox } from "./complete-sandbox.ts";
import { agentEnvironment } from "./environment.ts";
import { ErrorOutput } from "./error-output.ts";
import { childTurn, deniedTo, profileName, temporaryFolders } from "./options.ts";
import { codexBinary, codexWords } from "./package.ts";
import { pump, readEvents } from "./read-events.ts";
import { readThread } from "./rollout.ts";
import { codexHome } from "./secret-files.ts";
import { endOf } from "./turn-end.ts";
import type { TurnProcess } from "./turn-process.ts";
import { TurnReader } from "./turn-reader.ts";
import { TurnStop } from "./turn-stop.ts";
import { since } from "./usage-since.ts";
import { askThroughLimits, type LimitedTurn, newThread } from "./wait-for-limit.ts";
import { type RolloutListener, RolloutWatch } from "./watch-rollout.ts";
import { watchUsage } from "./watch-usage.ts";

/** What turns of one run share. */
export interface Shared {
	/** A process that waits for a turn. */
	readonly take: () => TurnProcess;
	/** Ends those that wait. */
	readonly close: () => Promise<void>;
	readonly gate: LimitGate;
	/** What completes Codex's sandbox; nothing where that can't be done. */
	readonly bubblewrap: string | undefined;
	/** How long until a turn that the provider had no time for is gone on with, where it does not tell, and what commands may use. */
	readonly settings: { readonly pause?: number } & Partial<UsageLimits>;
}

/**
 * Runs a turn: in the thread that it is to go on in, as far as that is to be had, else in one of its own. When it returns, nothing that
 * the agent started runs any more.
 * @throws where the turn's output can't be kept: Failure `disk-full`, or the system's error.
 */
export async function runTurn(
	{ take, close, gate, bubblewrap, settings }: Shared,
	request: TurnRequest,
	limits: TurnLimits,
	sinks: TurnSinks,
	signal: AbortSignal,
): Promise<Turn> {
	const completed = bubblewrap === undefined ? undefined : await complete(bubblewrap, request);
	const usage = { ...USUAL_LIMITS, ...settings };
	const time = new TurnTime(limits.timeout);
	const ask = (thread: AskedThread | undefined, onAnswer: () => void, spent: number) => {
		const within = { ...limits, timeout: time.left, spent };
		// Others are not to run into it, whatever this one still does.
		const onUsedUp = (until: number) => gate.remember(until);
		const heard = { ...sinks, onActivity: telling(sinks.onActivity, onAnswer), onUsedUp };
		return askOnce(take(), completed, request, within, usage, time, heard, signal, thread);
	};
	const { pause } = settings;
	const waiting = { ask, gate, bounds: limits, onWait: close, time, pause, sinks, signal };
	const state = request.resume === undefined ? undefined : await readThread(request.resume);
	if (request.resume === undefined || state === undefined) return askThroughLimits(waiting);
	const turn = await askThroughLimits(waiting, { id: request.resume, state, prompt: request.prompt });
	if (!isThreadRefused(turn) || signal.aborted || time.left <= 0) return { ...turn, isResumed: true };
	sinks.onActivity(newThread(turn));
	return askThroughLimits(waiting);
}

/** Hands on what a turn does, and notices when its model answers. */
function telling(onActivity: TurnSinks["onActivity"], onAnswer: () => void): TurnSinks["onActivity"] {
	return (activity) => {
		// What is known of tokens may be of the thread's earlier turns.
		if (activity.kind !== "warning" && activity.kind !== "usage") onAnswer();
		onActivity(activity);
	};
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
	limits: TurnLimits & { readonly spent: number },
	most: UsageLimits,
	time: TurnTime,
	{ stderr, ...told }: TurnSinks & RolloutListener,
	signal: AbortSignal,
	thread?: AskedThread,
): Promise<LimitedTurn> {
	const { onActivity } = told;
	const reader = new TurnReader(onActivity);
	const errors = new ErrorOutput(stderr);
	const stop = new TurnStop(() => child.end());
	const state = thread?.state;
	const { tokens, spent } = limits;
	const rollout = new RolloutWatch({ tokens, spent, profile: profileName(request) }, stop, told, state);
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
		time.spend(watchdog.spent);
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
	const { model, usedUpUntil } = rollout;
	const words = given({ model, usedUpUntil, program: codexWords(request.program) });
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
	const interrupt = () => stop.because(endOfAbort(signal));
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
