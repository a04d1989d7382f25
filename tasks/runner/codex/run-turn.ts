import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { given } from "../../contract/given.ts";
import { diskFull } from "../../system/disk-space.ts";
import { Watchdog } from "../../system/watchdog.ts";
import type { Turn, TurnLimits, TurnRequest, TurnSinks } from "../runner.ts";
import { killStrays } from "../strays.ts";
import type { ChildEnd } from "./child-protocol.ts";
import { classifyTurn } from "./classify.ts";
import { type Completed, completeSandbox } from "./complete-sandbox.ts";
import { agentEnvironment } from "./environment.ts";
import { ErrorOutput } from "./error-output.ts";
import { childTurn, profileName, temporaryFolders } from "./options.ts";
import { codexBinary, codexWords } from "./package.ts";
import { pauseAfter } from "./pause.ts";
import { pump, readEvents } from "./read-events.ts";
import { codexHome, secretFiles } from "./secret-files.ts";
import { endOf } from "./turn-end.ts";
import type { TurnProcess } from "./turn-process.ts";
import { TurnReader } from "./turn-reader.ts";
import { TurnStop } from "./turn-stop.ts";
import { RolloutWatch } from "./watch-rollout.ts";
import { USUAL_LIMITS, type UsageLimits, watchUsage } from "./watch-usage.ts";

/**
 * Runs a turn, and where the provider had no time for it, once more in the same thread: all that was paid for is in it, its
 * tokens too. When it returns, nothing that the agent started runs any more.
 * @param take a process that waits for a turn.
 * @param bubblewrap what completes Codex's sandbox; nothing where that can't be done.
 * @param settings how long until that, where the provider does not tell, and what commands may use.
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
	const first = await askOnce(take(), completed, request, limits, usage, sinks, signal);
	const pause = pauseAfter(first, settings.pause);
	if (pause === undefined || signal.aborted) return first;
	const timeout = limits.timeout - (performance.now() - from) - pause;
	if (timeout <= 0) return first;
	const why = first.end.kind === "failed" ? first.end.message : "";
	sinks.onActivity({ kind: "warning", text: `${why}; asking once more in ${Math.ceil(pause / 1000)} s` });
	await delay(pause, undefined, { signal }).catch(() => {});
	if (signal.aborted) return { ...first, end: { kind: "interrupted" } };
	const second = await askOnce(
		take(),
		completed,
		request,
		{ ...limits, timeout },
		usage,
		sinks,
		signal,
		first.threadId,
	);
	return { ...second, usage: second.usage ?? first.usage };
}

function complete(bubblewrap: string, request: TurnRequest): Promise<Completed> {
	const { agent, runner } = temporaryFolders(request);
	const { workingDirectory, repositoryRoot, program } = request;
	const place = {
		folder: join(runner, "sandbox"),
		writable: [workingDirectory, agent, ...request.writableFolders],
		kept: [repositoryRoot, codexHome(), codexBinary(program)],
		denied: secretFiles(),
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
	threadId: string | null = null,
): Promise<Turn> {
	const reader = new TurnReader(onActivity);
	const errors = new ErrorOutput(stderr);
	const stop = new TurnStop(() => child.end());
	const rollout = new RolloutWatch({ tokens: limits.tokens, profile: profileName(request) }, stop, onActivity);
	const [watchdog, unwatch] = watch(stop, reader, limits, signal);
	const unwatchUsage = watchUsage(child.pid, most, stop);
	try {
		if (!stop.reason) child.begin(childTurn(request, completed, threadId));
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
	const usage = reader.usage ?? lastKnown ?? null;
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
