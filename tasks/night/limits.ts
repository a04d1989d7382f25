/** How much of each issue a report holds, so that all of it can be looked at in one page. */
export interface Limits {
	/** Characters of an issue's patches, and what a line costs beside its own. */
	readonly patches: number;
	readonly perLine: number;
	readonly lines: number;
	readonly width: number;
	readonly files: number;
	readonly commits: number;
	readonly commands: number;
	readonly logs: number;
}

/** Limits where so many issues share a page. */
export function limitsFor(issues: number): Limits {
	const share = (all: number, least: number, most: number) =>
		Math.min(most, Math.max(least, Math.floor(all / Math.max(1, issues))));
	return {
		patches: share(4_000_000, 10_000, 400_000),
		perLine: 40,
		// Of one file.
		lines: 1000,
		width: 500,
		files: share(20_000, 60, 1000),
		commits: share(10_000, 20, 200),
		commands: share(10_000, 20, 200),
		logs: share(20_000, 60, 400),
	};
}
