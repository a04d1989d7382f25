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

/** Milliseconds between two looks whether what started this program is still there. */
const LOOK = 500;

/** Why a run is stopped: by a signal, or because the launcher in front of it has gone, which no signal tells. */
export type Cause = "signal" | "launcher-gone";

/**
 * Listens for signals. The second one ends the process at once, after `beforeExit`. Where a launcher (tsx, npx) has started this program
 * and is there no more, that counts as the first: whoever typed the command has their prompt back, and can press no Ctrl-C.
 */
export function listenForSignals(onFirst: (cause: Cause) => void, beforeExit: () => void): Signals {
	const interrupt = new AbortController();
	const terminate = new AbortController();
	// Every issue that runs listens, and each of its tasks.
	setMaxListeners(0, interrupt.signal, terminate.signal);
	let first: { readonly code: number; readonly at: number } | undefined;
	const stop = (code: number, cause: Cause): void => {
		first = { code, at: performance.now() };
		clearInterval(looking);
		onFirst(cause);
		interrupt.abort();
	};
	const parent = process.ppid;
	const looking = hasLauncher()
		? setInterval(() => {
				if (process.ppid !== parent && !first) stop(128 + NUMBERS.SIGHUP, "launcher-gone");
			}, LOOK).unref()
		: undefined;
	const handlers = Object.entries(NUMBERS).map(([name, number]) => {
		const handler = () => {
			if (!first) {
				stop(128 + number, "signal");
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
			clearInterval(looking);
			for (const { name, handler } of handlers) process.removeListener(name, handler);
		},
	};
}

/**
 * Whether the parent is a program that only starts this one, as tsx and package managers are. A shell is none: a run in the background
 * goes on when it ends.
 */
function hasLauncher(): boolean {
	return (
		process.execArgv.some((word) => /\btsx\b.*\bpreflight\b/.test(word)) ||
		process.env.npm_config_user_agent !== undefined
	);
}
