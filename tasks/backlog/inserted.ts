/** Lines that a text has beyond another. */
export interface Inserted {
	/** How many lines stand before them. */
	readonly at: number;
	readonly lines: readonly string[];
}

/** What was put into a text in one place; nothing where anything else was done to it, or nothing. How lines end makes no difference. */
export function insertedIn(before: string, after: string): Inserted | undefined {
	const [from, to] = [before, after].map((text) => text.split(/\r\n|\r|\n/)) as [string[], string[]];
	const added = to.length - from.length;
	if (added <= 0) return undefined;
	let at = 0;
	while (at < from.length && from[at] === to[at]) at++;
	// A text whose last line ends has an empty one behind it.
	if (at === from.length && from.at(-1) === "") at--;
	const rest = from.slice(at);
	return rest.every((line, index) => line === to[at + added + index])
		? { at, lines: to.slice(at, at + added) }
		: undefined;
}
