import type { Usage } from "../../contract/record.ts";

/** What a turn has used: Codex counts the tokens of a thread, which may have had turns before. */
export function since(total: Usage, before: Usage | undefined): Usage {
	if (before === undefined) return total;
	const less = (key: keyof Usage) => Math.max(0, total[key] - before[key]);
	return {
		inputTokens: less("inputTokens"),
		cachedInputTokens: less("cachedInputTokens"),
		outputTokens: less("outputTokens"),
		reasoningOutputTokens: less("reasoningOutputTokens"),
	};
}
