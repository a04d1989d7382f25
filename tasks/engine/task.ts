import type { Outcome } from "./outcome.ts";

/** A task runs once per run, or once per issue. */
export type Scope = "run" | "issue";

/** What the engine has to know of an issue. Blockers that are not part of the run hold the issue back. */
export interface IssueLike {
	readonly id: string;
	readonly blockers: readonly string[];
}

/** What an action is given beside its inputs. `O` is the type of the run's options. */
export interface RunContext<O = unknown> {
	readonly options: O;
	/** Aborted when the action has to stop; an action that then throws is `cancelled`, not `failed`. */
	readonly signal: AbortSignal;
	/** Tells the view what the task is doing right now. */
	report<A extends { readonly kind: string }>(activity: A): void;
}

/** The context of a per-issue action. */
export interface IssueContext<I, O = unknown> extends RunContext<O> {
	readonly issue: I;
}

/** The answer to "is there anything to do?": the value the world already holds, or why it has to be made. */
export type Freshness<T> =
	| { readonly upToDate: true; readonly value: T }
	| { readonly upToDate: false; readonly because: unknown };

/** A node of the graph. Made by {@link task} and {@link forEach} only. */
export interface Task<Out = unknown, S extends Scope = Scope> {
	readonly name: string;
	readonly scope: S;
	readonly summary: string;
	readonly needs: Deps<Scope>;
	readonly after: Deps<Scope>;
	/** The run-wide task whose list a per-issue task is repeated over. */
	readonly source: Task<readonly IssueLike[], "run"> | undefined;
	/** What keeps others off the issue while tasks of it run. */
	readonly hold: Hold<never> | undefined;
	readonly prepare: ((context: never) => void) | undefined;
	readonly upToDate: ((context: never) => Promise<Freshness<Out>>) | undefined;
	readonly run: (input: never, context: never) => Promise<Out>;
}

export type Deps<S extends Scope> = Readonly<Record<string, Task<unknown, S>>>;
type NoDeps = Record<never, never>;

/** What an action receives: values of what it needs, outcomes of what it waits for. */
export type Input<N, A> = { readonly [K in keyof N]: N[K] extends Task<infer Out, Scope> ? Out : never } & {
	readonly [K in keyof A]: A[K] extends Task<infer Out, Scope> ? Outcome<Out> : never;
};

/**
 * Takes hold of an issue before anything of it runs, and returns what lets go of it.
 * A throw keeps the issue from starting: a {@link BlockedError} when somebody else has it.
 */
export type Hold<Context> = (context: Context) => Promise<() => Promise<void>>;

/** How a task is declared in the orchfile. */
export interface Spec<Context, Out, N, A> {
	/** One line for `--list`. */
	readonly summary: string;
	/** "I use its output": pulls the task into the run; it must end well. */
	readonly needs?: N;
	/** "If it is in this run, I wait for it to settle, however it ends." Never pulls it in. */
	readonly after?: A;
	/**
	 * Called to get something slow going early: when the first task of the issue starts, or before that, when this one is next and
	 * the task reports what it does for another issue, or has settled for it. Once an issue. Must not throw or wait.
	 */
	readonly prepare?: (context: Context) => void;
	/** Asked before the task's needs are brought up, so that what is done costs nothing. `-B` skips it. */
	readonly upToDate?: (context: Context) => Promise<Freshness<Out>>;
	/** A failure is a throw; the engine turns it into a `failed` outcome. */
	readonly run: (input: Input<N, A>, context: Context) => Promise<Out>;
}

/** Declares a task that runs once per run. */
export function task<Out, N extends Deps<"run"> = NoDeps, A extends Deps<"run"> = NoDeps, O = unknown>(
	name: string,
	spec: Spec<RunContext<O>, Out, N, A>,
): Task<Out, "run"> {
	return declare(name, "run", spec);
}

/**
 * Declares tasks that run once for each issue in the list that `source` returns.
 * @param hold taken once an issue has something to do, for as long as tasks of it run.
 */
export function forEach<I extends IssueLike>(
	source: Task<readonly I[], "run">,
	{ hold }: { readonly hold?: Hold<IssueContext<I>> } = {},
) {
	return <Out, N extends Deps<Scope> = NoDeps, A extends Deps<Scope> = NoDeps, O = unknown>(
		name: string,
		spec: Spec<IssueContext<I, O>, Out, N, A>,
	): Task<Out, "issue"> => ({ ...declare(name, "issue", spec), source, hold });
}

/**
 * True for a task that only waits (`after`) and uses nobody's output: it works on what others left behind, so it also
 * runs when they failed or were interrupted, and it is never held back by another issue.
 */
export function isSettling(node: Task): boolean {
	return Object.keys(node.needs).length === 0 && Object.keys(node.after).length > 0;
}

function declare<Context, Out, N extends Deps<Scope>, A extends Deps<Scope>, S extends Scope>(
	name: string,
	scope: S,
	spec: Spec<Context, Out, N, A>,
): Task<Out, S> {
	return {
		name,
		scope,
		source: undefined,
		hold: undefined,
		summary: spec.summary,
		needs: spec.needs ?? {},
		after: spec.after ?? {},
		prepare: spec.prepare,
		upToDate: spec.upToDate,
		run: spec.run,
	};
}
