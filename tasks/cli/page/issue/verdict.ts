import type { AcceptRecord } from "../../../contract/accept-record.ts";
import { acceptedWord } from "../../words/outcome-words.ts";
import { ADVICE, REFUSAL } from "../../words/refusal-words.ts";
import { html, type Markup } from "../html.ts";
import { moment } from "../time/clock.ts";
import { capital } from "./evidence.ts";
import { told } from "./told.ts";

/** What the work came to once it was judged, and for which reasons. */
export function verdictMarkup(verdict: AcceptRecord, tip: string | null): Markup {
	const { commit, at, reasons, outcome } = verdict;
	const word = outcome === "accepted" ? capital(acceptedWord(verdict)) : "Not accepted";
	const advice = reasons.flatMap((reason) => ADVICE[reason] ?? []);
	return html`<p class="${outcome === "accepted" ? "verdict good" : "verdict bad"}"><b>${word}</b>${reasons.length > 0 && `: ${reasons.map((reason) => REFUSAL[reason]).join("; ")}`} <small>${moment(at)}, at <code>${commit.slice(0, 10)}</code>${tip !== null && tip !== commit && ", which is not the branch's tip any more"}</small></p>${[...new Set(advice)].map((each) => html`<p class="advice">${told(each)}</p>`)}`;
}
