import { html, type Markup } from "../html.ts";
import { prose } from "../visible.ts";

/** Characters of one text that are shown: what was written is in the logs. */
const LONGEST = 20_000;

/** A text of an agent: its lines as they are, and what it has set in backticks as code. */
export function told(text: string): Markup {
	const parts = bounded(prose(text)).split(/(`[^`\n]+`)/);
	return html`${parts.map((part, at) => (at % 2 === 1 ? html`<code>${part.slice(1, -1)}</code>` : part))}`;
}

/** What a program has printed, or is to be read letter by letter. */
export function printed(text: string): Markup {
	return html`<pre tabindex="0">${bounded(prose(text))}</pre>`;
}

/** A text that is not longer than anybody reads. */
export function bounded(text: string): string {
	return text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${text.length - LONGEST} more characters)` : text;
}

/** A command to type, which the script gives a button that copies it. */
export function command(text: string): Markup {
	return html`<code class="cmd" data-copy>${text}</code>`;
}
