import type { Reviewed } from "../../../contract/standing.ts";
import { reviewedWord } from "../../words/judged-cells.ts";
import { html, type Markup } from "../html.ts";
import { printed, told } from "./told.ts";

/** What a review found and asks for. */
export function reviewMarkup(review: Reviewed): Markup {
	const { record, result } = review;
	const about = record.base.tip === undefined ? "" : ` of ${record.base.tip.slice(0, 10)}`;
	const actions = result?.requiredActions ?? record.details;
	return html`<section class="review"><h3>Review${about} <small>${reviewedWord(review)}${result && `, confidence ${result.confidence}`}</small></h3>
${result && html`<p class="said">${told(result.summary)}</p>`}
${result && result.issues.length > 0 && html`<ul class="findings">${result.issues.map(({ severity, title, details, evidence }) => html`<li class="${severity}"><h4><span class="severity">${severity}</span> ${told(title)}</h4><p class="said">${told(details)}</p>${evidence && printed(evidence)}</li>`)}</ul>`}
${listOf("What it asks for", actions)}${listOf("For later", result?.followups ?? [])}</section>`;
}

/** Texts under a heading; nothing where there are none. */
export function listOf(heading: string, texts: readonly string[]): Markup | false {
	return (
		texts.length > 0 &&
		html`<h4>${heading}</h4><ul class="said">${texts.map((each) => html`<li>${told(each)}</li>`)}</ul>`
	);
}
