import type { Hunk } from "../../../contract/report.ts";
import { html, type Markup } from "../html.ts";
import { type Block, blocksOf, type Numbered } from "./blocks.ts";
import { changedWords, type Stretch } from "./changed-words.ts";

/** Lines of one place, of which words are compared. */
const MOST_COMPARED = 60;

/**
 * A hunk. Its lines stand below each other, what was there before what is there; where there is room, the style sheet puts them side by
 * side, and shows lines of both files twice, each with its number in either: the second time they are nothing but a picture.
 */
export function hunkMarkup(hunk: Hunk, isTwoSided: boolean): Markup {
	return html`<p>${hunk.section}</p>${blocksOf(hunk).map((block) => blockMarkup(block, isTwoSided))}`;
}

function blockMarkup(block: Block, isTwoSided: boolean): Markup {
	const words = block.old.slice(0, MOST_COMPARED).map((line, at) => {
		const other = block.new[at];
		return other && changedWords(line.text, other.text);
	});
	const both = block.both.map((line) => lineMarkup("span", line, line.newNumber, undefined, isTwoSided));
	return html`<div>${both}${block.old.map((line, at) => lineMarkup("del", line, line.number, words[at]?.old))}${block.new.map((line, at) => lineMarkup("ins", line, line.number, words[at]?.new))}</div>
`;
}

function lineMarkup(
	tag: "span" | "del" | "ins",
	line: Numbered,
	number: number,
	words?: readonly Stretch[],
	isTwice = false,
): Markup {
	const text = words ? words.map(({ text, isChanged }) => (isChanged ? html`<mark>${text}</mark>` : text)) : line.text;
	const end = html`${line.isCut && html`<small> the line goes on</small>`}${line.isUnterminated && html`<small> no newline at the end of the file</small>`}`;
	switch (tag) {
		case "span":
			return isTwice && line.number !== number
				? html`<span data-n="${number}" data-old="${line.number}">${text}${end}</span>`
				: html`<span data-n="${number}">${text}${end}</span>`;
		case "del":
			return html`<del data-n="${number}">${text}${end}</del>`;
		case "ins":
			return html`<ins data-n="${number}">${text}${end}</ins>`;
	}
}
