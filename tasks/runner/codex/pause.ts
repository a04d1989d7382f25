import type { Turn } from "../runner.ts";

/** Milliseconds. Most rate limits are of a minute. */
export const USUAL_PAUSE = 60_000;
/** Milliseconds; what asks for longer is not waited for. */
const LONGEST_PAUSE = 5 * 60_000;

/** What the agent is told when it is asked again: its thread has all that was said and done before. */
export const GO_ON =
	"The model's provider refused a request, or broke off its answer. That is over: go on from where you were, and end with the answer that was asked for.";

/**
 * Milliseconds after which a turn that failed is gone on with, in the same thread; nothing where that is of no use. Codex has
 * tried again by itself as a rule, but for seconds only, and not at all where a 429 does not say when.
 */
export function pauseAfter({ end, thisTurn, threadId }: Turn, usual = USUAL_PAUSE): number | undefined {
	if (end.kind !== "failed" || threadId === null) return undefined;
	if (thisTurn !== "rate-limit" && thisTurn !== "provider-trouble") return undefined;
	const [, hours = 0, minutes = 0, seconds = 0, ms] =
		/try again in (?:(\d+)\s?h)?(?:(\d+)\s?m(?!s))?(?:([\d.]+)\s?s)?(?:(\d+)\s?ms)?/i.exec(end.message) ?? [];
	const told = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000 + Number(ms ?? 0);
	const pause = told > 0 ? Math.ceil(told) : usual;
	return pause <= LONGEST_PAUSE ? pause : undefined;
}
