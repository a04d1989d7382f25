import type { ThreadEvent } from "@openai/codex-sdk";

/** Characters of an error's text that are worth keeping: the SDK puts whole lines and whole error outputs into its own. */
const LONGEST_TEXT = 4_000;
/** Characters of an agent's message that are kept; a valid answer has a few thousand. */
const LONGEST_MESSAGE = 1024 * 1024;
/** Characters of an event. The longest that Codex has reason to write is a command's output: a megabyte, and escapes. */
const LONGEST_EVENT = 8 * 1024 * 1024;

/** An event whose message was cut: not what Codex wrote, and it says so. */
export interface Cut {
	/** How many characters the message had. */
	readonly orch_cut_from?: number;
}

/** The beginning and the end of a text that is too long; the reason is usually in one of them. */
export function shorten(text: string, longest = LONGEST_TEXT): string {
	if (text.length <= longest) return text;
	const part = Math.floor(longest / 2);
	return `${text.slice(0, part)}\n… ${text.length - 2 * part} characters left out …\n${text.slice(-part)}`;
}

/** What Codex wrote is too long to be an event; nothing of it is kept. */
export class OverlongEvent extends Error {}

/**
 * An event as a line of JSON. Of a message that is so long that holding it could end this program it has the beginning only.
 * @throws OverlongEvent
 */
export function lineOf(event: ThreadEvent): string {
	const line = JSON.stringify(cutMessage(event));
	if (line.length > LONGEST_EVENT) throw new OverlongEvent(`an event of ${line.length} characters is too long`);
	return line;
}

function cutMessage(event: ThreadEvent): ThreadEvent & Cut {
	if (event?.type !== "item.completed" || event.item?.type !== "agent_message") return event;
	const { text } = event.item;
	if (typeof text !== "string" || text.length <= LONGEST_MESSAGE) return event;
	return { ...event, item: { ...event.item, text: text.slice(0, LONGEST_MESSAGE) }, orch_cut_from: text.length };
}
