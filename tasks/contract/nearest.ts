import { distance } from "fastest-levenshtein";

/** The known names that are close to a mistyped one, the closest first; at most three. */
export function nearest(name: string, known: readonly string[]): string[] {
	const wanted = name.toLowerCase();
	const farthest = Math.max(2, Math.floor(name.length / 2));
	return known
		.map((each) => ({ each, far: distance(wanted, each.toLowerCase()) }))
		.filter(({ far }) => far <= farthest)
		.sort((a, b) => a.far - b.far || (a.each < b.each ? -1 : 1))
		.slice(0, 3)
		.map(({ each }) => each);
}
