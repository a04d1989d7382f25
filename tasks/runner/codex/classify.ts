import type { EveryTurn, ThisTurn } from "../../contract/record.ts";
import type { Turn, TurnEnd } from "../runner.ts";

/** How Codex 0.163 says what would fail every further turn alike (texts of `turn.failed` and `error` events, measured). */
const OF_EVERY_TURN: readonly (readonly [EveryTurn, RegExp])[] = [
	[
		"credentials",
		/^unexpected status 401 |^Missing environment variable|not logged in|refresh token|(?:log|sign) in again/i,
	],
	[
		"quota",
		/^unexpected status 402 |^Quota exceeded|^You.ve hit your usage limit|^To use Codex with your ChatGPT plan|out of credits|hit your spend cap/i,
	],
	[
		"model",
		/^unexpected status 40[34] (?:(?!, url: ).)*\bmodel\b|^The (?:requested )?model\b.*does not exist|model is not supported/i,
	],
	["refused", /^unexpected status 40[34] /],
	[
		"configuration",
		/required MCP servers failed to initialize|in-process app-server client: (?:Read-only file system|Permission denied)|Error loading config\.toml|builder error$/,
	],
	["unreachable", /^Connection failed:|waiting for network/i],
];

/**
 * How it says what need not fail the next one. A plain 429 is a rate limit: a quota that is used up comes with a code that
 * Codex has words of its own for.
 */
const OF_THIS_TURN: readonly (readonly [ThisTurn, RegExp])[] = [
	["rate-limit", /last status: 429 |^rate limit exceeded/i],
	[
		"too-long",
		/ran out of room in the model's context|exceeds the context window|maximum context length|^unexpected status 413 /i,
	],
	[
		"content",
		/content_filter|safety system|usage policy|content policy|limited access to this content|has been flagged/i,
	],
	[
		"provider-trouble",
		/^unexpected status (?:408|5\d\d) |last status: 5\d\d |^Selected model is at capacity|^Flex capacity|experiencing high demand|^stream disconnected/i,
	],
];

/** What made a turn fail, as far as its words tell: what every further one would meet alike, or what the next one need not. */
export function classifyTurn(end: TurnEnd): Pick<Turn, "everyTurn" | "thisTurn"> {
	const text = end.kind === "failed" ? end.message : end.kind === "stalled" ? end.lastWarning : undefined;
	if (text === undefined) return {};
	const everyTurn = OF_EVERY_TURN.find(([, sign]) => sign.test(text))?.[0];
	if (everyTurn) return { everyTurn };
	// What a turn that stalled was last warned of is a lost connection, and no answer to its last request.
	const thisTurn = end.kind === "failed" ? OF_THIS_TURN.find(([, sign]) => sign.test(text))?.[0] : undefined;
	return thisTurn ? { thisTurn } : {};
}
