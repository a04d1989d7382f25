import type { IssueStanding } from "../standing.ts";
import { groupOf, type Tone } from "../words/night-words.ts";
import { html, type Markup } from "./html.ts";

/** What each standing is drawn as, in a square of 16: no font has to have it, and it is told apart without its colour. */
const PATHS: Readonly<Record<Tone, string>> = {
	good: "M4.5 8.5l2.5 2.5 4.5-5.5",
	bad: "M5.2 5.2l5.6 5.6M10.8 5.2l-5.6 5.6",
	ask: "M6 6.2a2 2 0 1 1 3 1.7c-.7.4-1 .8-1 1.4M8 11.6v.1",
	wait: "M6.2 5.4v5.2M9.8 5.4v5.2",
	running: "M6.6 5.2l4.2 2.8-4.2 2.8z",
	open: "M8 8v.1",
};

/** The drawings, once a page: {@link glyph} refers to them. */
export function glyphs(): Markup {
	const symbols = Object.entries(PATHS).map(
		([tone, path]) =>
			html`<symbol id="g-${tone}" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6.8"/><path d="${path}"/></symbol>`,
	);
	return html`<svg class="symbols" width="0" height="0" aria-hidden="true">${symbols}</svg>`;
}

/** The drawing of a standing; its words stand beside it. */
export function glyph(tone: Tone): Markup {
	return html`<svg class="g ${tone}" width="16" height="16" aria-hidden="true"><use href="#g-${tone}"/></svg>`;
}

/** The gravest standing, as the icon of the page. */
export function icon(standings: readonly IssueStanding[]): string {
	const tones = new Set(standings.map((each) => groupOf(each).tone));
	const gravest = GRAVEST.find((tone) => tones.has(tone)) ?? "open";
	const drawing = `<circle cx="8" cy="8" r="8" fill="${COLOURS[gravest]}"/><path d="${PATHS[gravest]}" fill="none" stroke="#fff" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/>`;
	const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">${drawing}</svg>`;
	return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

const GRAVEST: readonly Tone[] = ["running", "bad", "ask", "wait", "open", "good"];

const COLOURS: Readonly<Record<Tone, string>> = {
	good: "#1a7f37",
	bad: "#cf222e",
	ask: "#8250df",
	wait: "#9a6700",
	running: "#0969da",
	open: "#59636e",
};
