import { type Given, given } from "./given.ts";
import type { Issue } from "./issue.ts";
import type { RunOptions } from "./options.ts";
import type { Phase } from "./phase.ts";

/** What an orchfile may say of one turn of an agent. */
export interface TurnSettings {
	/** The model; the runner's own default when absent. */
	readonly model?: string;
	/** How hard it is to think, as the runner calls it; its own default when absent. */
	readonly effort?: string;
}

/** What chooses the model of a turn. */
export interface ModelSources {
	readonly options: Pick<RunOptions, "model" | "reviewModel">;
	readonly issue: Pick<Issue, "model" | "effort">;
	readonly settings: TurnSettings;
	/** Whether issues may say which model works on them, and how hard it thinks. */
	readonly issueModels: boolean;
}

/**
 * The model of a turn, and how hard it is to think. What was typed for the phase goes before what was typed for all; then comes the issue's
 * document, then the orchfile; where nobody says anything, the runner's configuration holds.
 */
export function chooseModel(
	phase: Phase,
	{ options, issue, settings, issueModels }: ModelSources,
): Given<{ model: string | undefined; effort: string | undefined }> {
	const { reviewModel, model } = options;
	const own = issueModels ? issue : {};
	return given({
		model: (phase === "review" ? reviewModel : undefined) ?? model ?? own.model ?? settings.model,
		effort: own.effort ?? settings.effort,
	});
}
