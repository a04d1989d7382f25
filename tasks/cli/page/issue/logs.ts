import type { IssueReport } from "../../../contract/report.ts";
import type { PageFacts } from "../facts.ts";
import { html, type Markup } from "../html.ts";

/** Files of an issue's logs that are linked; the folder has the rest. */
const MOST = 200;

/** Links to what lies in the issue's log folder. */
export function logsMarkup({ issue, logs }: IssueReport, linkTo: PageFacts["linkTo"]): Markup | false {
	if (logs.length === 0) return false;
	return html`<details class="logs"><summary><h3>Logs <small>${logs.length}</small></h3></summary><p class="muted"><code>${issue.logDir}</code></p><ul>${logs.slice(0, MOST).map((file) => html`<li><a href="${linkTo(issue, file)}">${file}</a></li>`)}${logs.length > MOST && html`<li>and ${logs.length - MOST} more</li>`}</ul></details>`;
}
