import type { Task } from "./task.ts";

/** The tasks of a run, in file order: the goals, what they need, and the lists their issues come from. */
export interface Selection {
	readonly tasks: readonly Task[];
	readonly goals: ReadonlySet<Task>;
}

/**
 * Closes `goals` over `needs`. File order is a valid order of execution because an edge is a reference to a `const`
 * that stands above.
 * @throws Error when `declared` is not in such an order or holds a name twice: a mistake in the orchfile.
 */
export function select(declared: readonly Task[], goals: readonly Task[]): Selection {
	verifyOrder(declared);
	const wanted = new Set<Task>();
	const want = (node: Task): void => {
		if (wanted.has(node)) return;
		wanted.add(node);
		if (node.source) want(node.source);
		// A closing task is told of every issue, and so has to know which there are.
		if (node.scope === "closing") for (const each of sourcesOf(node)) want(each);
		for (const need of Object.values(node.needs)) want(need);
	};
	for (const goal of goals) want(goal);
	for (const node of wanted) {
		if (!declared.includes(node)) throw notListed(node);
	}
	return { tasks: declared.filter((node) => wanted.has(node)), goals: new Set(goals) };
}

/** The lists whose issues a closing task is told of. */
export function sourcesOf(node: Task): readonly Task[] {
	return [...new Set(Object.values(node.after).flatMap((each) => each.source ?? []))];
}

function notListed(node: Task): Error {
	return new Error(`task "${node.name}" is used but not listed in the orchfile`);
}

function verifyOrder(declared: readonly Task[]): void {
	const above = new Set<Task>();
	const names = new Set<string>();
	for (const node of declared) {
		if (names.has(node.name)) throw new Error(`task "${node.name}" is listed twice in the orchfile`);
		names.add(node.name);
		for (const dep of [...Object.values(node.needs), ...Object.values(node.after)]) {
			if (!declared.includes(dep)) throw notListed(dep);
			if (!above.has(dep)) throw new Error(`task "${node.name}" is listed above "${dep.name}", which it waits for`);
		}
		above.add(node);
	}
}
