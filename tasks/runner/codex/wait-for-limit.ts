import type { Activity } from "../../contract/activity.ts";
import { given } from "../../contract/given.ts";
import type { Usage } from "../../contract/record.ts";
import type { LimitGate, NoPass, Pass, WaitBounds } from "../limit-gate.ts";
import { endOfAbort, type Turn, type TurnEnd } from "../runner.ts";
import { type AskedThread, type Asking, askAgain, isThreadRefused, tokensOf } from "./ask-again.ts";
import { limitEnd } from "./limit-words.ts";

/** How Codex 0.163 says that a limit is used up which ends by itself; others have to be raised (measured, every plan). */
const USED_UP = /^You.ve hit your usage limit/;

/** What the agent is told when a limit that broke off its turn is over. */
const GO_ON =
	"The usage limit had been reached, and is over now: go on from where you were, and end with the answer that was asked for.";

/** A turn, and what the provider said with it of its usage limit. */
export interface LimitedTurn extends Turn {
	/** When the limit is over that is used up, in milliseconds since 1970. */
	readonly usedUpUntil?: number;
}

/** What a turn needs to wait for the provider's limit. */
export interface Waiting extends Omit<Asking, "ask"> {
	/** Asks once; `onAnswer` is to be called at the first sign that the model answers. `spent`: tokens of the turn in threads that were given up. */
	readonly ask: (thread: AskedThread | undefined, onAnswer: () => void, spent: number) => Promise<LimitedTurn>;
	readonly gate: LimitGate;
	/** How long a limit is waited for. */
	readonly bounds: WaitBounds;
	/** Called before it waits: nothing is to run meanwhile that is not needed. */
	readonly onWait: () => Promise<void>;
}

/** Takes a turn, however often the provider's usage limit has to be waited for on the way: it goes on in its thread. */
export async function askThroughLimits(waiting: Waiting, thread?: AskedThread): Promise<Turn> {
	const { gate, bounds, sinks, signal } = waiting;
	let asked = thread;
	let state = thread?.state;
	/** What the turn has come to in its thread before it had to wait, and what it has used in threads that were given up. */
	let last: Turn | undefined;
	let spent: Usage | null = null;
	for (;;) {
		const pass = await getPass(waiting);
		if ("kind" in pass) return notAsked(pass, last && withSpent(last, spent), signal);
		const { usedUpUntil, ...turn } = await takeWith(pass, waiting, asked, tokensOf(spent));
		if (last && isThreadRefused(turn, last.usage)) {
			sinks.onActivity(newThread(turn));
			spent = addUsage(last.usage, spent);
			last = undefined;
			asked = undefined;
			state = undefined;
			continue;
		}
		last = { ...turn, usage: turn.usage ?? last?.usage ?? null };
		const sum = withSpent(last, spent);
		if (turn.end.kind !== "failed" || !USED_UP.test(turn.end.message)) {
			if (usedUpUntil !== undefined) gate.remember(usedUpUntil);
			return sum;
		}
		const told = endTold(turn.end.message, usedUpUntil, gate.now());
		const { until, isWaitedFor } = gate.close(told, bounds);
		const over = told === undefined ? undefined : timeOf(until);
		if (!isWaitedFor) return { ...sum, end: usedUp(turn.end.message), ...given({ limitUntil: over }) };
		sinks.onActivity({ kind: "warning", text: turn.end.message });
		if (turn.threadId !== null) asked = { id: turn.threadId, state, prompt: GO_ON };
	}
}

/** When the limit is over that a turn was refused for: to the second, as its answers had it, else as the words have it; nothing where that has come. */
function endTold(words: string, answered: number | undefined, now: number): number | undefined {
	return [answered, limitEnd(words, now)].find((time) => time !== undefined && time > now);
}

/** What is said where a turn can't go on in its thread. */
export function newThread({ end }: Turn): Activity {
	const why = end.kind === "failed" ? end.message : "";
	return { kind: "warning", text: `the thread of the turn before can't be gone on with, a new one is begun: ${why}` };
}

async function getPass({ gate, bounds, signal, sinks, onWait }: Waiting): Promise<Pass | NoPass> {
	let isWaiting = false;
	const pass = await gate.pass(bounds, signal, (until) => {
		if (!isWaiting) void onWait().catch(() => {});
		isWaiting = true;
		sinks.onActivity({ kind: "waiting", until: timeOf(until) });
	});
	if (isWaiting) sinks.onActivity({ kind: "waiting", until: null });
	return pass;
}

async function takeWith(
	pass: Pass,
	waiting: Waiting,
	thread: AskedThread | undefined,
	spent: number,
): Promise<LimitedTurn> {
	try {
		const turn = await askAgain({ ...waiting, ask: (each) => waiting.ask(each, pass.answered, spent) }, thread);
		if (turn.end.kind === "completed") pass.answered();
		return turn;
	} finally {
		pass.end();
	}
}

/** A turn that is not asked for, or not gone on with, since the limit lasts too long or the run is over. */
function notAsked(why: NoPass, last: Turn | undefined, signal: AbortSignal): Turn {
	const { everyTurn: _, ...before } = last ?? { threadId: null, usage: null };
	if (why.kind === "aborted") return { ...before, end: endOfAbort(signal) };
	const end = usedUp(last?.end.kind === "failed" ? last.end.message : KNOWN);
	return { ...before, end, everyTurn: "quota", limitUntil: timeOf(why.until) };
}

function usedUp(message: string): TurnEnd {
	return { kind: "usage-limit", message };
}

/** Why a turn is not asked for. */
const KNOWN = "the provider has said with an answer before that its usage limit is used up";

function timeOf(time: number): string {
	return new Date(time).toISOString();
}

function withSpent(turn: Turn, spent: Usage | null): Turn {
	return { ...turn, usage: addUsage(turn.usage, spent) };
}

function addUsage(one: Usage | null, other: Usage | null): Usage | null {
	if (one === null || other === null) return one ?? other;
	return {
		inputTokens: one.inputTokens + other.inputTokens,
		cachedInputTokens: one.cachedInputTokens + other.cachedInputTokens,
		outputTokens: one.outputTokens + other.outputTokens,
		reasoningOutputTokens: one.reasoningOutputTokens + other.reasoningOutputTokens,
	};
}
