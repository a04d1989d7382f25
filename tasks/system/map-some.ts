/** Maps with at most `width` calls under way; the results are in the order of the items. */
export async function mapSome<T, U>(items: readonly T[], width: number, action: (item: T) => Promise<U>): Promise<U[]> {
	const results: U[] = [];
	let next = 0;
	const work = async () => {
		for (let at = next++; at < items.length; at = next++) results[at] = await action(items[at] as T);
	};
	await Promise.all(Array.from({ length: width }, work));
	return results;
}
