import { readdirSync } from "node:fs";

/** What is a program of its own, and runs when it is imported. */
const PROGRAMS = /^(?:cli\/bin|cli\/main)\.ts$/;

let loading: Promise<unknown> | undefined;

/**
 * Loads all that a run may yet need, where its sources are translated while they are loaded. tsx has a process for that in the
 * terminal's group: Ctrl-C ends it, and from then on nothing new can be loaded, not even what tells how the run ended.
 */
export function loadAhead(): Promise<unknown> {
	// What was packed has been translated.
	const isSource = import.meta.url.endsWith("/system/load-ahead.ts");
	const isTranslated = isSource && process.execArgv.some((word) => /\btsx\b/.test(word));
	loading ??= isTranslated ? loadAll() : Promise.resolve();
	return loading;
}

function loadAll(): Promise<unknown> {
	const root = new URL("../", import.meta.url);
	const names = readdirSync(root, { recursive: true, encoding: "utf8" })
		.map((name) => name.replaceAll("\\", "/"))
		.filter((name) => name.endsWith(".ts") && !PROGRAMS.test(name));
	// Whoever needs one that can't be loaded will be told.
	return Promise.allSettled(names.map((name) => import(new URL(name, root).href)));
}
