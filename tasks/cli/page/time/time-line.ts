import { SPENT_ON, type Span } from "../../../contract/report.ts";
import { duration } from "../../words/format.ts";
import { html, type Markup } from "../html.ts";
import type { Axis } from "./axis.ts";
import { hour } from "./clock.ts";

/** Where an issue's hours went, as a row of the line of time. */
export function timeLine(spans: readonly Span[], axis: Axis): Markup {
	return html`<svg class="line" width="100%" height="14" role="img" aria-label="${timeWords(spans)}">${grid(axis)}${spans.map((span) => bar(span, axis))}</svg>`;
}

function bar({ what, turn, from, to }: Span, axis: Axis): Markup {
	const [start, end] = [Date.parse(from), Date.parse(to)];
	const [left, right] = [axis.at(start), axis.at(end)];
	const width = Math.max(0.25, Math.round((right - left) * 100) / 100);
	const words = `${turn ?? what} ${duration(Math.max(0, end - start))}, ${hour(start)} to ${hour(end)}`;
	return html`<rect class="${what}" x="${left}%" y="1" width="${width}%" height="12"><title>${words}</title></rect>`;
}

/** The hours above the rows. */
export function hours(axis: Axis): Markup {
	const labels = axis.ticks.map(
		({ at, time }) =>
			html`<text x="${at}%" y="11" class="${at > 96 ? "end" : at < 4 ? "start" : "middle"}">${hour(time)}</text>`,
	);
	return html`<svg class="line hours" width="100%" height="14" aria-hidden="true">${labels}</svg>`;
}

function grid({ ticks, breaks }: Axis): Markup {
	const lines = ticks.map(({ at }) => html`<line x1="${at}%" x2="${at}%" y1="0" y2="14"/>`);
	return html`${lines}${breaks.map((at) => html`<line class="break" x1="${at}%" x2="${at}%" y1="0" y2="14"/>`)}`;
}

/** Where hours went, in words: `dev 41m00s, verify 4m00s`. */
export function timeWords(spans: readonly Span[]): string {
	const each = SPENT_ON.flatMap((what) => {
		const ms = timeFor(spans, what);
		return ms > 0 ? [`${what} ${duration(ms)}`] : [];
	});
	return each.join(", ") || "no time yet";
}

/** Milliseconds that went to something. */
export function timeFor(spans: readonly Span[], what: Span["what"]): number {
	const all = spans.filter((span) => span.what === what);
	return all.reduce((sum, { from, to }) => sum + Math.max(0, Date.parse(to) - Date.parse(from)), 0);
}
