import { html, type Markup } from "../html.ts";

const DAY = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short" });
const HOUR = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

/** The hour of a moment, by the clock of the machine that writes the page. */
export function hour(time: number): string {
	return Number.isFinite(time) ? HOUR.format(time) : "";
}

/** A moment, as a person and as a program read it. */
export function moment(time: number | string): Markup {
	const date = new Date(time);
	if (Number.isNaN(date.getTime())) return html`${time}`;
	return html`<time datetime="${date.toISOString()}">${DAY.format(date)}, ${HOUR.format(date)}</time>`;
}

/** From when to when, the day said once where it is the same. */
export function period(from: number, to: number): Markup {
	return DAY.format(from) === DAY.format(to)
		? html`${moment(from)} to ${hour(to)}`
		: html`${moment(from)} to ${moment(to)}`;
}
