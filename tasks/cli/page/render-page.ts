import { nightSentence } from "../words/night-words.ts";
import { asset } from "./assets.ts";
import { issuesOf, type PageFacts } from "./facts.ts";
import { overviewMarkup, topMarkup } from "./first-screen.ts";
import { glyphs, icon } from "./glyphs.ts";
import { html, raw } from "./html.ts";
import { issueSection } from "./issue-section.ts";
import { policyOf } from "./policy.ts";

/** Everything that is known of a night, as one HTML document that needs nothing beside it. */
export function renderPage(facts: PageFacts): string {
	const style = asset("page.css");
	// What follows remembers the page as it came, before anything is added to it.
	const scripts = [...(facts.isLive ? [asset("live.js")] : []), asset("page.js")];
	const issues = issuesOf(facts);
	return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf([style], scripts, facts.isLive === true)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${facts.target}: ${nightSentence(facts.standings, facts.held)}</title>
<link rel="icon" href="${icon(facts.standings)}">
<style>${raw(style)}</style>
</head>
<body>
${glyphs()}
${topMarkup(facts)}
<main>
${overviewMarkup(facts, issues)}
<div id="issues">
${issues.map(issueSection)}
</div>
</main>
${scripts.map((script) => html`<script>${raw(script)}</script>`)}
</body>
</html>
`.source;
}
