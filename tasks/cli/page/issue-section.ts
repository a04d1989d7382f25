import { isWork } from "../../contract/phase.ts";
import { count, duration, plural } from "../words/format.ts";
import { issueCommands, wholeDiff } from "../words/issue-commands.ts";
import { groupOf } from "../words/night-words.ts";
import { acceptedAtTip, kindOf, standingWord } from "../words/standing-words.ts";
import { whyOf } from "../words/why-words.ts";
import { diffMarkup } from "./diff/diff.ts";
import { counts } from "./diff/file.ts";
import type { IssueFacts } from "./facts.ts";
import { glyph } from "./glyphs.ts";
import { html, type Markup } from "./html.ts";
import { attemptsMarkup } from "./issue/attempts.ts";
import { commandsMarkup } from "./issue/commands.ts";
import { commitsMarkup } from "./issue/commits.ts";
import { evidenceMarkup } from "./issue/evidence.ts";
import { logsMarkup } from "./issue/logs.ts";
import { listOf, reviewMarkup } from "./issue/review.ts";
import { command, told } from "./issue/told.ts";
import { verdictMarkup } from "./issue/verdict.ts";
import { tokensFor } from "./time/tokens.ts";

/** All that is told of one issue. */
export function issueSection(facts: IssueFacts): Markup {
	const { standing, issue: known, now, say, linkTo } = facts;
	const { issue, survey } = standing;
	const { checks, review, verdict } = survey.judged ?? {};
	const { tone } = groupOf(standing);
	const turns = known?.turns ?? [];
	const said = saidMarkup(facts);
	const isJudged = checks !== undefined || review !== undefined;
	return html`<article id="issue-${issue.id}" class="issue ${tone}" aria-labelledby="title-${issue.id}">
${headerMarkup(facts)}
<div class="columns"><div class="main">
${whyMarkup(facts)}
${verdict && !acceptedAtTip(survey) && verdictMarkup(verdict, survey.tip)}
${!isJudged && said}${checks && evidenceMarkup(checks, (file) => linkTo(issue, file))}
${review && reviewMarkup(review)}
</div><div class="aside">
<section class="next"><h3>To type</h3><dl>${issueCommands(standing, now, say).map((each) => html`<dt>${each.how}</dt><dd>${command(each.command)}</dd>`)}</dl></section>
${isJudged && said}${known && commitsMarkup(known)}
</div></div>
${known?.diff && diffMarkup(known.diff, wholeDiff(standing, say))}
${attemptsMarkup(turns)}${commandsMarkup(turns)}${known && logsMarkup(known, linkTo)}
</article>
`;
}

function headerMarkup({ standing, issue: known }: IssueFacts): Markup {
	const { issue, survey } = standing;
	const { tone } = groupOf(standing);
	const turns = known?.turns ?? [];
	const time = turns.reduce((sum, { record }) => sum + (record.durationMs ?? 0), 0);
	const facts: (Markup | string)[] = [
		html`<span class="word ${tone}">${standingWord(standing)}</span>`,
		...(survey.tip
			? [html`<code>${issue.branch}</code>${survey.ahead > 0 && `, ${plural(survey.ahead, "commit")}`}`]
			: []),
		...(known?.diff
			? [
					html`${plural(known.diff.files.length + known.diff.moreFiles, "file")} ${counts(known.diff.insertions, known.diff.deletions)}`,
				]
			: []),
		...(time > 0 ? [`${plural(turns.length, "turn")}, ${duration(time)}`] : []),
		...(tokensFor(turns) > 0 ? [`${count(tokensFor(turns))} tokens`] : []),
		html`<code>${issue.docPath}</code>`,
		html`<a href="#top">to the top</a>`,
	];
	return html`<header><h2 id="title-${issue.id}">${glyph(tone)} <a href="#issue-${issue.id}">${issue.id}</a> <bdi>${issue.title}</bdi></h2><ul class="facts">${facts.map((each) => html`<li>${each}</li>`)}</ul></header>`;
}

function whyMarkup({ standing, now, say }: IssueFacts): Markup {
	const { reasons, questions, advice } = whyOf(standing, now, say);
	// What a verdict has against it is told by the verdict.
	const isRefused = kindOf(standing.unmet[0]?.because) === "not-accepted" && standing.survey.judged?.verdict;
	const shown = isRefused ? reasons.slice(1) : reasons;
	return html`<div class="why">${[...shown, ...advice].map((each) => html`<p>${told(each)}</p>`)}</div>${questions.length > 0 && html`<section class="questions"><h3>${questions.length === 1 ? "A question" : "Questions"} for you</h3><ol>${questions.map((each) => html`<li>${told(each)}</li>`)}</ol></section>`}`;
}

/** What the agent that worked on it last has said. */
function saidMarkup({ issue: known }: IssueFacts): Markup | undefined {
	const said = known?.turns.findLast(({ record, result }) => result && isWork(record.phase));
	const result = said?.result;
	if (!said || !result || !("deferred" in result)) return undefined;
	return html`<section class="summary"><h3>What the agent says <small>${said.turn}</small></h3><p class="said">${told(result.summary)}</p>${listOf("Left for later", result.deferred)}</section>`;
}
