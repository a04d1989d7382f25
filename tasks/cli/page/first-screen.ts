import { nextCommand } from "../words/next-command.ts";
import { groupOf, nightSentence } from "../words/night-words.ts";
import { standingWord } from "../words/standing-words.ts";
import type { IssueFacts, PageFacts } from "./facts.ts";
import { glyph, glyphs } from "./glyphs.ts";
import { html, type Markup } from "./html.ts";

/** What is seen first. */
export function firstScreen(facts: PageFacts, issues: readonly IssueFacts[]): Markup {
	const { standings, held, target, now, say } = facts;
	const next = nextCommand(standings, target, now, say);
	return html`${glyphs()}<header id="top"><h1>${target}</h1><p>${nightSentence(standings, held)}</p>
${next && html`<p>${next.how}: <code data-copy>${next.command}</code></p>`}
<ol>${issues.map(({ standing }) => html`<li><a href="#issue-${standing.issue.id}">${glyph(groupOf(standing).tone)} ${standing.issue.id}: ${standing.issue.title}</a> ${standingWord(standing)}</li>`)}</ol></header>`;
}
