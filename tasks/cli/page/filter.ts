import { groupOf, type Tone } from "../words/night-words.ts";
import type { IssueFacts } from "./facts.ts";
import { glyph } from "./glyphs.ts";
import { html, type Markup } from "./html.ts";

/** What each is called of which only those are to be shown. */
const NAMES: Readonly<Record<Tone, string>> = {
	good: "Done",
	bad: "Not accepted or failed",
	ask: "With a question",
	wait: "Waiting",
	running: "Running",
	open: "Not done",
};

/** Chooses which issues are shown: the style sheet alone goes by it. */
export function filterMarkup(issues: readonly IssueFacts[]): Markup | false {
	const counted = new Map<Tone, number>();
	for (const { standing } of issues) {
		const { tone } = groupOf(standing);
		counted.set(tone, (counted.get(tone) ?? 0) + 1);
	}
	const tones = (Object.keys(NAMES) as Tone[]).filter((tone) => counted.has(tone));
	if (tones.length < 2) return false;
	return html`<fieldset id="filter"><legend>Show</legend>
<label><input type="radio" name="show" checked> All ${issues.length}</label>
${tones.map((tone) => html`<label class="${tone}"><input type="radio" name="show" id="show-${tone}"> ${glyph(tone)} ${NAMES[tone]} ${counted.get(tone)}</label>`)}</fieldset>`;
}
