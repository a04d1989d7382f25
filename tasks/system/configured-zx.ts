import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { $, type Options, type ProcessPromise } from "zx/core";

/**
 * zx with settings for one command: `` configured(settings)`command` ``. Those that others have made are back before anything else can
 * run. zx's own way, `$(settings)`, keeps them in an AsyncLocalStorage. Before version 24, from the first use of one Node
 * calls hooks at every promise of the process: a sixth of all that a run of one issue computes.
 */
export function configured(settings: Partial<Options>) {
	return (pieces: TemplateStringsArray, ...values: readonly string[]): ProcessPromise => {
		const before = Object.keys(settings).map((name) => [name, Reflect.get($, name)]);
		Object.assign($, settings);
		try {
			return $(pieces, ...values);
		} finally {
			Object.assign($, Object.fromEntries(before));
		}
	};
}

/** Starts a program itself in place of zx's shell with a command line. */
export function withoutShell(file: string, args: readonly string[]): typeof spawn {
	const start = (_command: string, _args: readonly string[], options: SpawnOptions): ChildProcess =>
		spawn(file, args, { ...options, shell: false });
	return start as typeof spawn;
}
