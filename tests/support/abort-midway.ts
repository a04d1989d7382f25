/** A signal that is aborted once somebody has asked whether it is, and was told that it is not: in the midst of a start. */
export function abortedMidway(): AbortSignal {
	const controller = new AbortController();
	const { signal } = controller;
	const ask = signal.throwIfAborted.bind(signal);
	signal.throwIfAborted = () => {
		ask();
		queueMicrotask(() => controller.abort(new Error("interrupted midway")));
	};
	return signal;
}
