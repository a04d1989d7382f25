import type { RanCommand, TurnReport } from "../../../contract/report.ts";
import { duration, plural } from "../../words/format.ts";
import { html, type Markup } from "../html.ts";

/** What the agents ran, turn by turn. */
export function commandsMarkup(turns: readonly TurnReport[]): Markup | false {
	const all = turns.reduce((sum, { commands, moreCommands }) => sum + commands.length + moreCommands, 0);
	if (all === 0) return false;
	return html`<details class="ran"><summary><h3>What the agents ran <small>${plural(all, "command")}</small></h3></summary>${turns.map(turnMarkup)}</details>`;
}

function turnMarkup({ turn, commands, moreCommands }: TurnReport): Markup | false {
	if (commands.length + moreCommands === 0) return false;
	return html`<h4>${turn}</h4><ol class="commands">${commands.map(commandMarkup)}${moreCommands > 0 && html`<li>and ${moreCommands} more</li>`}</ol>`;
}

function commandMarkup({ command, exitCode, durationMs }: RanCommand): Markup {
	const end = exitCode === null ? "did not end" : exitCode === 0 ? "exit 0" : `exit ${exitCode}`;
	return html`<li><span class="${exitCode === 0 ? "exit" : "exit bad"}">${end}</span> <span class="took">${durationMs !== undefined && duration(durationMs)}</span> <code>${command}</code></li>`;
}
