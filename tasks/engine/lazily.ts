// biome-ignore lint/suspicious/noExplicitAny: actions of any shape are wrapped alike.
type Action = (...args: any[]) => Promise<unknown>;

/** An action of a module that is loaded when the action is first called. */
export function lazily<M, K extends keyof M>(load: () => Promise<M>, name: K): M[K] extends Action ? M[K] : never {
	const call = async (...args: unknown[]) => ((await load())[name] as Action)(...args);
	return call as M[K] extends Action ? M[K] : never;
}
