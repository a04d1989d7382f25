/** A question that names what is close to something typed; nothing where nothing is. */
export function didYouMean(nearest: readonly string[] | undefined): string | undefined {
	return nearest && nearest.length > 0 ? `Did you mean ${nearest.map((each) => `"${each}"`).join(" or ")}?` : undefined;
}
