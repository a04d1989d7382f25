import { duration } from "../words/format.ts";

/** Milliseconds without a line after which one says that a task is still at work. */
const PULSE = 60_000;

/** A task, as an event names it. */
interface Named {
	readonly issue?: string;
	readonly task: string;
}

/** Signs of life of tasks that have written no line for a minute, and then every minute until they do. */
export interface Pulse {
	began(task: Named): void;
	/** It has done something, whether a line was written of it or not. */
	heard(task: Named): void;
	/** A line was written of it. */
	wrote(key: string): void;
	ended(task: Named): void;
	stop(): void;
}

/** One name for a task of an issue, or of the whole run. */
export function keyOf(issue: string | undefined, task: string): string {
	return `${issue ?? ""} ${task}`;
}

/** Watches tasks as they begin and end. Keeps no process alive. */
export function startPulse(line: (issue: string | undefined, task: string, text: string) => void): Pulse {
	const beating = new Map<string, { readonly timer: NodeJS.Timeout; readonly since: number; heard: number }>();
	const end = (key: string): void => {
		clearInterval(beating.get(key)?.timer);
		beating.delete(key);
	};
	return {
		began({ issue, task }) {
			const key = keyOf(issue, task);
			end(key);
			const since = Date.now();
			const timer = setInterval(() => {
				const now = Date.now();
				const quiet = duration(now - (beating.get(key)?.heard ?? since));
				line(issue, task, `at work for ${duration(now - since)}, last heard of ${quiet} ago`);
			}, PULSE);
			timer.unref();
			beating.set(key, { timer, since, heard: since });
		},
		heard({ issue, task }) {
			const beat = beating.get(keyOf(issue, task));
			if (beat) beat.heard = Date.now();
		},
		wrote: (key) => void beating.get(key)?.timer.refresh(),
		ended: ({ issue, task }) => end(keyOf(issue, task)),
		stop() {
			for (const key of [...beating.keys()]) end(key);
		},
	};
}
