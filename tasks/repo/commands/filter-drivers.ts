import type { Setting } from "./config-list.ts";

/** The ways of a filter: what git runs when it takes a file in, and when it checks one out. */
export type Way = "clean" | "smudge";

/** A filter as git's settings define it; `""` for a command that is not set. */
export interface Driver {
	readonly name: string;
	readonly clean: string;
	readonly smudge: string;
	/** One program for all files, which git prefers to the other two. */
	readonly process: string;
}

const COMMAND = /^filter\.(.+)\.(clean|smudge|process)$/;

/** The filters that settings define. */
export function driversIn(settings: readonly Setting[]): Driver[] {
	const drivers = new Map<string, Driver>();
	for (const { key, value } of settings) {
		const [, name, way] = COMMAND.exec(key) ?? [];
		if (name === undefined || way === undefined) continue;
		drivers.set(name, { ...(drivers.get(name) ?? { name, clean: "", smudge: "", process: "" }), [way]: value });
	}
	return [...drivers.values()];
}

/** True when a filter has something to run on this way. */
export function goes({ clean, smudge, process }: Driver, way: Way): boolean {
	return process !== "" || { clean, smudge }[way] !== "";
}

/**
 * Options by which git fails at the first file that a filter does not take, and names both, also where the filter is not
 * `required`. A filter that is required without a command for this way would fail at every file.
 */
export function strictly(drivers: readonly Driver[], way: Way): string[] {
	const own = drivers.filter((driver) => goes(driver, way) && !driver.name.includes("="));
	return own.flatMap(({ name }) => ["-c", `filter.${name}.required=true`]);
}
