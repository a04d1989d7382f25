import type { Task } from "./task.ts";

/** The tasks of a run, in file order: the goals, what they need, and the lists their issues come from. */
export interface Selection {
	readonly tasks: readonly Task[];
	readonly goals: ReadonlySet<Task>;
}

/**
 * Closes `goals` over `needs`. File order is a valid order of execution because an edge is a reference to a `const`
 * that stands above; `findMistakes` has looked that it is.
 */
export function select(declared: readonly Task[], goals: readonly Task[]): Selection {
	const wanted = closeOver(goals);
	return { tasks: declared.filter((node) => wanted.has(node)), goals: new Set(goals) };
}

/** Tasks with all that they pull in. */
export function closeOver(goals: readonly Task[]): Set<Task> {
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
	return wanted;
}

/** The lists whose issues a closing task is told of. */
export function sourcesOf(node: Task): readonly Task[] {
	return [...new Set(Object.values(node.after).flatMap((each) => each.source ?? []))];
}
