import { plural } from "../words/format.ts";
import { heldSentence } from "../words/held-words.ts";
import { nextCommand } from "../words/next-command.ts";
import { nightParts } from "../words/night-words.ts";
import type { IssueFacts, PageFacts } from "./facts.ts";
import { filterMarkup } from "./filter.ts";
import { glyph } from "./glyphs.ts";
import { graphMarkup } from "./graph/graph.ts";
import { html, type Markup } from "./html.ts";
import { command } from "./issue/told.ts";
import { rowsMarkup } from "./rows.ts";
import { moment } from "./time/clock.ts";

/** What became of the night, and what to type next. */
export function topMarkup(facts: PageFacts): Markup {
	const { standings, held, target, now, say, report } = facts;
	const next = nextCommand(standings, target, now, say);
	const parts = nightParts(standings);
	const isRehearsal = standings.some(({ issue }) => issue.repository.rehearsal === true);
	return html`<header id="top"><h1>${target}</h1>
<p class="sentence">${parts.map(({ tone, words, issues: [first] }, at) => html`${at > 0 && ", "}<a class="${tone}" href="#issue-${first}">${glyph(tone)} ${words}</a>`)}${held.length > 0 && html`${parts.length > 0 && ", "}<a href="#held">${held.length} held back</a>`}${parts.length + held.length > 0 ? "." : "There is no issue to tell of."}</p>
<p class="muted">${plural(standings.length, "issue")} on <code>${report.base.name}</code> at <code>${report.base.commit.slice(0, 10)}</code>, as of ${moment(report.at)}${isRehearsal && html`. <b>A rehearsal:</b> its agents were a script`}<span id="live" role="status"></span></p>
${next && html`<p class="now"><span>${next.how}:</span> ${command(next.command)}</p>`}
</header>`;
}

/** What waits for what, where hours and tokens went, and which issues are shown below. */
export function overviewMarkup({ held }: PageFacts, issues: readonly IssueFacts[]): Markup {
	return html`<div id="overview" class="overview">
${
	issues.length > 0 &&
	html`<section id="graph" aria-labelledby="graph-title"><h2 id="graph-title">What waits for what</h2><div class="scroll" tabindex="0" role="region" aria-label="Graph of issues">${graphMarkup(issues)}</div></section>
${rowsMarkup(issues)}`
}
${held.length > 0 && html`<section id="held"><h2>Held back</h2><ul>${held.map((each) => html`<li>${heldSentence(each)}</li>`)}</ul></section>`}
${filterMarkup(issues)}</div>`;
}
