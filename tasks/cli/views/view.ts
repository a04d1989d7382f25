import type { IssuePlan } from "../../contract/issue.ts";
import type { RunEvent } from "../../engine/event.ts";

/** Shows a run while it goes on. Decides nothing. */
export interface View {
	onEvent(event: RunEvent<IssuePlan>): void;
	/** Says one sentence that stays on screen. */
	say(sentence: string): void;
	/** Gives the terminal back at once, where the process is about to end. */
	abandon?(): void;
	/** Ends the view; whatever is printed afterwards stands below it. */
	close(): Promise<void>;
}
