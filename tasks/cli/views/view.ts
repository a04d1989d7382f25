import type { IssuePlan } from "../../contract/issue.ts";
import type { RunEvent } from "../../engine/event.ts";

/** Shows a run while it goes on. Decides nothing. */
export interface View {
	onEvent(event: RunEvent<IssuePlan>): void;
	/** Says one sentence that stays on screen. */
	say(sentence: string): void;
	/** Ends the view; whatever is printed afterwards stands below it. */
	close(): Promise<void>;
}

/** A view that shows nothing but what has to be said. */
export function quietView(write: (text: string) => void): View {
	return { onEvent() {}, say: (sentence) => write(`${sentence}\n`), close: async () => {} };
}
