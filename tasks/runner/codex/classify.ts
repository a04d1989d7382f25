import type { EveryTurn } from "../../contract/record.ts";
import type { TurnEnd } from "../runner.ts";

/**
 * How Codex 0.163 says what would fail every further turn alike (texts of `turn.failed` and `error` events, measured).
 * A 429 that outlives its retries may be a rate limit or a quota; ending the run is the cheap mistake.
 */
const SIGNS: readonly (readonly [EveryTurn, RegExp])[] = [
	["credentials", /^unexpected status 40[13] |^Missing environment variable|not logged in|refresh token/i],
	["quota", /^Quota exceeded|^You.ve hit your usage limit|^To use Codex with your ChatGPT plan|last status: 429 /i],
	["unreachable", /^Connection failed:|waiting for network/i],
];

/** What made a turn fail that would fail every further turn alike; nothing when the next may well go through. */
export function classifyTurn(end: TurnEnd): EveryTurn | undefined {
	const text = end.kind === "failed" ? end.message : end.kind === "stalled" ? end.lastWarning : undefined;
	return text === undefined ? undefined : SIGNS.find(([, sign]) => sign.test(text))?.[0];
}
