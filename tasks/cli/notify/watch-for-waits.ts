import type { Activity } from "../../contract/activity.ts";
import type { RunEvent } from "../../engine/event.ts";

/** What shows that the provider answers again. */
const ANSWERED = new Set<string>(["command", "message", "files", "tool"] satisfies Activity["kind"][]);

/**
 * Watches a run for when it begins to wait for the provider's usage limit: once a stretch, however many issues wait, and however often the
 * limit is renewed.
 * @param onWait told until when, in ISO 8601.
 */
export function watchForWaits(onWait: (until: string) => void): (event: RunEvent) => void {
	const waiting = new Set<string>();
	let isTold = false;
	return (event) => {
		if (event.kind !== "task-activity" && event.kind !== "task-settled") return;
		const key = JSON.stringify([event.issue, event.task]);
		if (event.kind === "task-settled") {
			waiting.delete(key);
			if (waiting.size === 0 && event.outcome.status === "done") isTold = false;
			return;
		}
		const activity = event.activity as Activity;
		if (activity.kind === "waiting" && activity.until !== null) {
			waiting.add(key);
			if (!isTold) onWait(activity.until);
			isTold = true;
		} else if (activity.kind === "waiting") waiting.delete(key);
		else if (waiting.size === 0 && ANSWERED.has(activity.kind)) isTold = false;
	};
}
