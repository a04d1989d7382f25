import type { Note } from "../../contract/activity.ts";
import type { Say } from "../words/say.ts";
import type { View } from "./view.ts";

/**
 * What has to be said of tasks that only look: their notes, once they have ended. The words are loaded when there is a note,
 * which most looks have not.
 */
export function notesView(write: (text: string) => void, say: Say, verbose: boolean): View {
	const activities: { readonly kind: string }[] = [];
	return {
		onEvent(event) {
			if (event.kind !== "task-activity") return;
			// Where branches would start is news in a run that makes some.
			if (event.activity.kind !== "note-base") activities.push(event.activity);
		},
		say: (sentence) => write(`${sentence}\n`),
		async close() {
			if (activities.length === 0) return;
			const { isAside, isNote, noteOf } = await import("../words/activity-words.ts");
			const notes = activities.splice(0).filter((each): each is Note => isNote(each));
			for (const note of notes) if (verbose || !isAside(note)) write(`${noteOf(note, say)}\n`);
		},
	};
}

/** A view that shows nothing but what has to be said. */
export function quietView(write: (text: string) => void): View {
	return { onEvent() {}, say: (sentence) => write(`${sentence}\n`), close: async () => {} };
}
