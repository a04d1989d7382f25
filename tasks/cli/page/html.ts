import { visible } from "./visible.ts";

/** A piece of the page. Nothing but {@link html} makes one, so that no text of a stranger's is ever taken for one. */
class Markup {
	readonly source: string;

	constructor(source: string) {
		this.source = source;
	}
}

export type { Markup };

/** What may stand in a template: pieces as they are, texts escaped; what is not there is left out. */
export type Piece = Markup | string | number | false | null | undefined | readonly Piece[];

/** Puts a piece of the page together. Every value is escaped but pieces; in an attribute, it stands in double quotes. */
export function html(parts: TemplateStringsArray, ...values: readonly Piece[]): Markup {
	let source = parts[0] ?? "";
	for (const [at, value] of values.entries()) source += sourceOf(value) + (parts[at + 1] ?? "");
	return new Markup(source);
}

/** A style sheet or a script of this program's own, between its tags. */
export function raw(source: string): Markup {
	if (/<\/|<!--/.test(source)) throw new Error("it would end its element");
	return new Markup(source);
}

/** Characters of one text that are shown: nobody reads more, and the logs have it. */
const LONGEST = 20_000;

const ENTITIES: Readonly<Record<string, string>> = {
	"&": "&amp;",
	"<": "&lt;",
	">": "&gt;",
	'"': "&quot;",
	"'": "&#39;",
};

function sourceOf(value: Piece): string {
	if (value instanceof Markup) return value.source;
	if (value === undefined || value === null || value === false) return "";
	if (typeof value === "object") return value.map(sourceOf).join("");
	const text = String(value);
	const left = text.length - LONGEST;
	return escaped(left > 0 ? `${text.slice(0, LONGEST)}… (${left} more characters)` : text);
}

function escaped(text: string): string {
	return visible(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}
