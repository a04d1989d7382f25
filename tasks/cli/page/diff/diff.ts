import type { Diff } from "../../../contract/report.ts";
import { plural } from "../../words/format.ts";
import { html, type Markup } from "../html.ts";
import { counts, fileMarkup } from "./file.ts";

/**
 * What an issue's branch changes, file by file.
 * @param whole the command that shows all of it.
 */
export function diffMarkup(diff: Diff, whole: string): Markup {
	const { files, insertions, deletions, moreFiles } = diff;
	const all = files.length + moreFiles;
	if (all === 0) return html`<section class="diff"><h3>Diff</h3><p>It changes nothing.</p></section>`;
	return html`<section class="diff"><h3>Diff <small>${plural(all, "file")} ${counts(insertions, deletions)}</small></h3>
${files.map((file) => fileMarkup(file, whole))}${moreFiles > 0 && html`<p class="left">${plural(moreFiles, "more file")} ${moreFiles === 1 ? "is" : "are"} left out here. The whole diff: <code>${whole}</code></p>`}</section>`;
}
