import picomatch from "picomatch";

/** Tells whether a path, from the top of the repository, is one that globs mean. Those that begin with `!` take others back. */
export function matcher(globs: readonly string[]): (path: string) => boolean {
	const [wanted, unwanted] = [false, true].map((isUnwanted) =>
		globs
			.filter((glob) => glob.startsWith("!") === isUnwanted)
			.map((glob) => glob.replace(/^!?(?:\.?\/)?/, "").replace(/\/$/, "/**"))
			.filter(Boolean),
	) as [string[], string[]];
	const isWanted = picomatch(wanted, { dot: true });
	const isUnwanted = picomatch(unwanted, { dot: true });
	return (path) => wanted.length > 0 && isWanted(path) && !(unwanted.length > 0 && isUnwanted(path));
}
