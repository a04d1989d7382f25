// biome-ignore lint/suspicious/noExplicitAny: actions of any shape are wrapped alike.
type Action = (...args: any[]) => Promise<unknown>;

/**
 * Loads a module when it is first wanted, and only asks for it once: tsx resolves what an `import()` names every time, which takes
 * a few milliseconds.
 */
export function loadOnce<M>(load: () => Promise<M>): () => Promise<M> {
	let loaded: Promise<M> | undefined;
	return () => {
		loaded ??= load();
		return loaded;
	};
}

/** An action of a module that is loaded when the action is first called. */
export function lazily<M, K extends keyof M>(load: () => Promise<M>, name: K): M[K] extends Action ? M[K] : never {
	const call = async (...args: unknown[]) => ((await load())[name] as Action)(...args);
	return call as M[K] extends Action ? M[K] : never;
}

/**
 * Remembers answers that never change, by what they were asked about. Who asks while the question is still open gets the same answer;
 * one that failed is forgotten, as a full disk may have been freed by the next time.
 */
export function askedOnce<T>(): (about: string, ask: () => Promise<T>) => Promise<T> {
	const answers = new Map<string, Promise<T>>();
	return (about, ask) => {
		const known = answers.get(about);
		if (known) return known;
		const answer = ask();
		answer.catch(() => answers.delete(about));
		answers.set(about, answer);
		return answer;
	};
}

const OURS = new WeakSet<object>();

/** Marks the functions of a verb as this program's own: what one of them throws is no mistake in an orchfile. */
export function ours<V extends object>(verb: V): V {
	for (const each of [verb, ...Object.values(verb)]) if (typeof each === "function") OURS.add(each);
	return verb;
}

/** True for a function that {@link ours} has marked. */
export function isOurs(action: object | undefined): boolean {
	return action !== undefined && OURS.has(action);
}
