import type { TurnReport } from "../../../contract/report.ts";
import { count, duration } from "../../words/format.ts";
import { endOf } from "../../words/outcome-words.ts";
import { html, type Markup } from "../html.ts";
import { moment } from "../time/clock.ts";
import { told } from "./told.ts";

/** Every turn of an agent on the issue. */
export function attemptsMarkup(turns: readonly TurnReport[]): Markup | false {
	if (turns.length === 0) return false;
	return html`<details class="attempts"><summary><h3>Attempts <small>${turns.length}</small></h3></summary><ol>${turns.map(attemptMarkup)}</ol></details>`;
}

function attemptMarkup({ turn, folder, record, result }: TurnReport): Markup {
	const { startedAt, durationMs, usage, model, effort, threadId, resumed, details, saved, rehearsal } = record;
	const facts = [
		durationMs === null ? "" : duration(durationMs),
		usage
			? `${count(usage.inputTokens)} tokens in, ${count(usage.cachedInputTokens)} of them cached, ${count(usage.outputTokens)} out`
			: "",
		[model, effort && `effort ${effort}`].filter(Boolean).join(", "),
		saved?.commit ? `commit ${saved.commit.slice(0, 10)}` : "",
		threadId === null ? "" : `thread ${threadId}${resumed === undefined ? "" : `, which ${resumed} had begun`}`,
		rehearsal === undefined ? "" : `rehearsal: ${rehearsal}`,
		folder === "" ? "" : `set aside in ${folder}`,
	].filter(Boolean);
	return html`<li><h4><b>${turn}</b> ended ${endOf(record)} <small>${moment(startedAt)}</small></h4><p class="muted">${facts.join(" · ")}</p>${details.length > 0 && html`<ul class="said">${details.map((each) => html`<li>${told(each)}</li>`)}</ul>`}${result && html`<p class="said">${told(result.summary)}</p>`}${result && "testsRun" in result && result.testsRun.length > 0 && html`<ul class="said">${result.testsRun.map(({ command, status, notes }) => html`<li><code>${command}</code>: ${status}${notes && html`, ${told(notes)}`}</li>`)}</ul>`}</li>`;
}
