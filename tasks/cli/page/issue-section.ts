import { standingWord } from "../words/standing-words.ts";
import { whyOf } from "../words/why-words.ts";
import type { IssueFacts } from "./facts.ts";
import { html, type Markup } from "./html.ts";

/** All that is told of one issue. */
export function issueSection(facts: IssueFacts): Markup {
	const { standing, now, say } = facts;
	const { issue } = standing;
	const why = whyOf(standing, now, say);
	return html`<article id="issue-${issue.id}"><h2>${issue.id}: ${issue.title}</h2><p>${standingWord(standing)}</p>
${why.reasons.map((each) => html`<p>${each}</p>`)}</article>`;
}
