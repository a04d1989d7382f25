import type { IssueReport } from "../../../contract/report.ts";
import { html, type Markup } from "../html.ts";
import { moment } from "../time/clock.ts";

/** The commits of an issue's own, each with its trailers. */
export function commitsMarkup({ commits, moreCommits }: IssueReport): Markup | false {
	if (commits.length === 0) return false;
	return html`<section class="commits"><h3>Commits <small>${commits.length + moreCommits}</small></h3><ol>${moreCommits > 0 && html`<li>${moreCommits} earlier ones are left out here</li>`}${commits.map(({ commit, subject, at, trailers }) => html`<li><code>${commit.slice(0, 10)}</code> ${subject} <small>${moment(at)}</small>${trailers.length > 0 && html`<dl>${trailers.map(([key, value]) => html`<div><dt>${key}</dt> <dd>${value}</dd></div>`)}</dl>`}</li>`)}</ol></section>`;
}
