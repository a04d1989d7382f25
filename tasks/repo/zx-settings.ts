import { $, type Options } from "zx/core";

/**
 * Starts a command with settings of zx's that are its alone; what others have set comes back before anything else can run.
 * zx's own way, `$(settings)`, keeps them in an AsyncLocalStorage. Before version 24, from the first use of one Node calls
 * hooks at every promise of the process: a sixth of all that a run of one issue computes.
 * @param start calls `$` once, and does not wait for it.
 */
export function withSettings<T>(settings: Partial<Options>, start: () => T): T {
	const before = Object.keys(settings).map((name) => [name, Reflect.get($, name)]);
	Object.assign($, settings);
	try {
		return start();
	} finally {
		Object.assign($, Object.fromEntries(before));
	}
}
