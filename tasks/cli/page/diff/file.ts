import type { FileDiff } from "../../../contract/report.ts";
import { html, type Markup } from "../html.ts";
import { hunkMarkup } from "./hunk.ts";

/** One file of a diff, folded. */
export function fileMarkup(file: FileDiff, whole: string): Markup {
	const { path, oldPath, change, oldMode, newMode, kind, insertions, deletions, hunks, moreLines } = file;
	const notes = [
		...(change === "modified" ? [] : [change.replace("-", " ")]),
		...(kind === "text" ? [] : [KINDS[kind]]),
		...(oldMode !== undefined && newMode !== undefined ? [`mode ${oldMode} → ${newMode}`] : []),
	];
	const isTwoSided = insertions > 0 && deletions > 0;
	const name =
		oldPath === undefined || oldPath === path
			? html`<bdi>${path}</bdi>`
			: html`<bdi>${oldPath}</bdi> → <bdi>${path}</bdi>`;
	const summary = html`<span class="path">${name}</span>${notes.map((note) => html` <span class="note">${note}</span>`)} ${counts(insertions, deletions)}`;
	const left =
		moreLines > 0 &&
		html`<p class="left">${hunks.length > 0 ? `${moreLines} more lines are` : `Its ${moreLines} lines are`} left out here. The whole diff: <code>${whole}</code></p>`;
	if (hunks.length === 0 && !left) return html`<div class="file">${summary}</div>`;
	return html`<details class="file"><summary>${summary}</summary>${left}<div class="${isTwoSided ? "lines two" : "lines"}">
${hunks.map((hunk) => hunkMarkup(hunk, isTwoSided))}</div></details>
`;
}

/** Lines that came and went, in figures. */
export function counts(insertions: number, deletions: number): Markup {
	return html`<span class="counts">${insertions > 0 && html`<b class="plus">+${insertions}</b>`} ${deletions > 0 && html`<b class="minus">−${deletions}</b>`}</span>`;
}

const KINDS: Readonly<Record<Exclude<FileDiff["kind"], "text">, string>> = {
	binary: "binary",
	submodule: "submodule",
	generated: "generated",
	lock: "lock file",
};
