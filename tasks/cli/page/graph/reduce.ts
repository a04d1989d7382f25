/** Edges of a graph, from each name to those that come after it. */
export type Edges = ReadonlyMap<string, ReadonlySet<string>>;

/** Leaves out each edge that a longer way says as well: who waits for what waits for A waits for A. */
export function reduced(edges: Edges): Edges {
	const short = new Map<string, ReadonlySet<string>>();
	for (const [from, to] of edges) {
		const beyond = new Set<string>();
		const open = [...to];
		for (let name = open.pop(); name !== undefined; name = open.pop())
			for (const next of edges.get(name) ?? []) {
				if (beyond.has(next)) continue;
				beyond.add(next);
				open.push(next);
			}
		short.set(from, new Set([...to].filter((name) => !beyond.has(name))));
	}
	return short;
}

/** Parts a graph into what hangs together, the names in their order. */
export function components(names: readonly string[], edges: Edges): string[][] {
	const beside = new Map(names.map((name) => [name, new Set<string>()]));
	for (const [from, to] of edges)
		for (const name of to) {
			beside.get(from)?.add(name);
			beside.get(name)?.add(from);
		}
	const known = new Set<string>();
	return names.flatMap((name) => {
		if (known.has(name)) return [];
		known.add(name);
		const together = new Set([name]);
		for (const each of together) for (const next of beside.get(each) ?? []) together.add(next);
		for (const each of together) known.add(each);
		return [names.filter((each) => together.has(each))];
	});
}
