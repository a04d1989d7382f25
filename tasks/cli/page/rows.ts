import { SPENT_ON } from "../../contract/report.ts";
import { count, duration } from "../words/format.ts";
import { groupOf } from "../words/night-words.ts";
import { standingWord } from "../words/standing-words.ts";
import type { IssueFacts } from "./facts.ts";
import { glyph } from "./glyphs.ts";
import { html, type Markup } from "./html.ts";
import { type Axis, axisOf } from "./time/axis.ts";
import { period } from "./time/clock.ts";
import { hours, timeFor, timeLine } from "./time/time-line.ts";
import { PHASES, tokenBar, tokensFor } from "./time/tokens.ts";

/** A row an issue: where it stands, where its hours went, and its tokens. */
export function rowsMarkup(issues: readonly IssueFacts[]): Markup {
	const spans = issues.flatMap(({ issue }) => issue?.spans ?? []);
	const axis = axisOf(spans.map(({ from, to }) => ({ from: Date.parse(from), to: Date.parse(to) })));
	const turns = issues.flatMap(({ issue }) => issue?.turns ?? []);
	const most = Math.max(0, ...issues.map(({ issue }) => tokensFor(issue?.turns ?? [])));
	const times = SPENT_ON.map((what) => [what, timeFor(spans, what)] as const).filter(([, ms]) => ms > 0);
	const tokens = PHASES.map((phase) => [phase, tokensFor(turns, phase)] as const).filter(([, number]) => number > 0);
	return html`<section id="rows" aria-labelledby="rows-title"><h2 id="rows-title">Issues, time and tokens</h2>
${axis && html`<p class="legend">${period(axis.from, axis.to)}: ${times.map(([what, ms]) => html`<span><i class="key ${what}"></i>${what} ${duration(ms)}</span> `)}</p>`}
${tokens.length > 0 && html`<p class="legend">${count(tokensFor(turns))} tokens: ${tokens.map(([phase, number]) => html`<span><i class="key ${phase}"></i>${phase} ${count(number)}</span> `)}</p>`}
<ol class="rows">${axis && html`<li class="head" aria-hidden="true"><span></span><span>${hours(axis)}</span><span></span><span></span><span></span></li>`}
${issues.map((each) => rowMarkup(each, axis, most))}</ol></section>`;
}

function rowMarkup({ standing, issue: known }: IssueFacts, axis: Axis | undefined, most: number): Markup {
	const { issue } = standing;
	const { tone } = groupOf(standing);
	const spans = known?.spans ?? [];
	const turns = known?.turns ?? [];
	const worked = spans.reduce(
		(sum, { what, from, to }) => sum + (what === "waiting" ? 0 : Date.parse(to) - Date.parse(from)),
		0,
	);
	return html`<li class="${tone}"><a href="#issue-${issue.id}">${glyph(tone)}<b>${issue.id}</b> <span class="title"><bdi>${issue.title}</bdi></span> <span class="word">${standingWord(standing)}</span></a><span class="when">${axis && spans.length > 0 && timeLine(spans, axis)}</span><span class="number">${worked > 0 && duration(worked)}</span><span class="used">${turns.length > 0 && tokenBar(turns, most)}</span><span class="number">${turns.length > 0 && count(tokensFor(turns))}</span></li>
`;
}
