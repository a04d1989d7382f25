import { html, type Markup } from "../html.ts";
import { prose } from "../visible.ts";

/** A text of an agent: its lines as they are, and what it has set in backticks as code. */
export function told(text: string): Markup {
	const parts = prose(text).split(/(`[^`\n]+`)/);
	return html`${parts.map((part, at) => (at % 2 === 1 ? html`<code>${part.slice(1, -1)}</code>` : part))}`;
}

/** What a program has printed, or is to be read letter by letter. */
export function printed(text: string): Markup {
	return html`<pre tabindex="0">${prose(text)}</pre>`;
}

/** A command to type, which the script gives a button that copies it. */
export function command(text: string): Markup {
	return html`<code class="cmd" data-copy>${text}</code>`;
}
