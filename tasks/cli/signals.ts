import { setMaxListeners } from "node:events";

/** The signals of one process, as the engine's two stops. */
export interface Signals {
	/** Aborted by the first signal. */
	readonly interrupt: AbortSignal;
	/** Aborted by the second, right before the process ends. */
	readonly terminate: AbortSignal;
	/** Exit code that tells which signal came (128 + its number), once one has. */
	exitCode(): number | undefined;
	/** Gives the signals back to Node. */
	release(): void;
}

const NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/**
 * Milliseconds in which a repeated signal is the same one: a terminal sends Ctrl-C to the whole process group, and the
 * launchers in front of this process (npx, tsx) pass on what they get.
 */
const ECHO = 400;

/** Listens for signals. The second one ends the process at once, after `beforeExit`. */
export function listenForSignals(onFirst: () => void, beforeExit: () => void): Signals {
	const interrupt = new AbortController();
	const terminate = new AbortController();
	// Every issue that runs listens, and each of its tasks.
	setMaxListeners(0, interrupt.signal, terminate.signal);
	let first: { readonly code: number; readonly at: number } | undefined;
	const handlers = Object.entries(NUMBERS).map(([name, number]) => {
		const handler = () => {
			if (!first) {
				first = { code: 128 + number, at: performance.now() };
				onFirst();
				interrupt.abort();
			} else if (performance.now() - first.at > ECHO) {
				terminate.abort();
				beforeExit();
				process.exit(first.code);
			}
		};
		process.on(name, handler);
		return { name, handler };
	});
	return {
		interrupt: interrupt.signal,
		terminate: terminate.signal,
		exitCode: () => first?.code,
		release: () => {
			for (const { name, handler } of handlers) process.removeListener(name, handler);
		},
	};
}
