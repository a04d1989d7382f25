import { type Phase, STATUSES } from "../../../contract/phase.ts";
import type { TurnReport } from "../../../contract/report.ts";
import { count } from "../../words/format.ts";
import { html, type Markup } from "../html.ts";

/** Phases in the order in which they come. */
export const PHASES = Object.keys(STATUSES) as readonly Phase[];

/** Tokens that turns of a phase, or all of them, used together. */
export function tokensFor(turns: readonly TurnReport[], phase?: Phase): number {
	const all = turns.filter(({ record }) => phase === undefined || record.phase === phase);
	return all.reduce((sum, { record: { usage } }) => sum + (usage ? usage.inputTokens + usage.outputTokens : 0), 0);
}

/**
 * What an issue used, as a bar of its phases.
 * @param most what the longest bar stands for.
 */
export function tokenBar(turns: readonly TurnReport[], most: number): Markup {
	let left = 0;
	const bars = PHASES.map((phase) => {
		const tokens = tokensFor(turns, phase);
		const width = most > 0 ? Math.round((tokens / most) * 10_000) / 100 : 0;
		const x = left;
		left += width;
		return (
			tokens > 0 &&
			html`<rect class="${phase}" x="${x}%" y="3" width="${width}%" height="8"><title>${phase} ${count(tokens)} tokens</title></rect>`
		);
	});
	return html`<svg class="line" width="100%" height="14" role="img" aria-label="${tokenWords(turns)}">${bars}</svg>`;
}

/** What turns used, in words: `1.2M tokens: dev 800.0k, review 400.0k`. */
export function tokenWords(turns: readonly TurnReport[]): string {
	const each = PHASES.flatMap((phase) => {
		const tokens = tokensFor(turns, phase);
		return tokens > 0 ? [`${phase} ${count(tokens)}`] : [];
	});
	return each.length > 0 ? `${count(tokensFor(turns))} tokens: ${each.join(", ")}` : "no tokens";
}
