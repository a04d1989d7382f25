import type { RunEvent } from "./event.ts";
import type { IssueLike } from "./issue.ts";
import type { Outcome } from "./outcome.ts";

/** When a task runs: once before any issue, once for each issue, or once when every issue has settled. */
export type Scope = "run" | "issue" | "closing";

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
	| {
			readonly upToDate: true;
			readonly value: T;
			/** When it was made, in ISO 8601: what was made from it before that is out of date, as make has it. */
			readonly madeAt?: string;
	  }
	| {
			readonly upToDate: false;
			readonly because: unknown;
			/** How it ended the last time, as far as it left a record. */
			readonly last?: Outcome<T>;
	  };

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
	readonly role: string | undefined;
	readonly watch: ((event: RunEvent, about: Watching) => void) | undefined;
	readonly isIntermediate: boolean;
	/** Keys of its declaration that mean nothing. */
	readonly unknown: readonly string[];
	/** Made where it was declared: its stack tells the line. */
	readonly site: Error;
	readonly upToDate: ((context: never) => Promise<Freshness<Out>>) | undefined;
	readonly isMended: ((error: Error, context: never) => Promise<boolean>) | undefined;
	readonly run: (input: never, context: never) => Promise<Out>;
}

export type Deps<S extends Scope> = Readonly<Record<string, Task<unknown, S>>>;
type NoDeps = Record<never, never>;

/** What an action receives: values of what it needs, outcomes of what it waits for. */
export type Input<N, A> = { readonly [K in keyof N]: N[K] extends Task<infer Out, Scope> ? Out : never } & {
	readonly [K in keyof A]: A[K] extends Task<infer Out, Scope> ? Outcome<Out> : never;
};

/** What a run-wide action receives: of a per-issue task that it waits for, the outcome of every issue, in plan order. */
export type RunInput<N, A> = Input<N, Record<never, never>> & {
	readonly [K in keyof A]: A[K] extends Task<infer Out, "issue">
		? ReadonlyMap<string, Outcome<Out>>
		: A[K] extends Task<infer Out, Scope>
			? Outcome<Out>
			: never;
};

/** When a run-wide task runs: what it depends on tells. */
type RunScope<N, A> = [N[keyof N] | A[keyof A]] extends [Task<unknown, "run">] ? "run" : "closing";

/**
 * Takes hold of an issue before anything of it runs. `isStart`: something is begun for it, and not only tidied up.
 * A throw keeps the issue from starting: a {@link BlockedError} when somebody else has it, a {@link SkippedError} when it is
 * not to be run any more.
 */
export type Hold<Context, I = unknown> = (context: Context, isStart: boolean) => Promise<Holding<I>>;

/** An issue that is held. */
export interface Holding<I> {
	/** Lets go of it. */
	readonly release: () => Promise<void>;
	/** The issue as it is now that nobody else works on it; as it was planned when absent. */
	readonly issue?: I;
}

/** What a task that watches a run is told beside what happens. */
export interface Watching {
	/** Its own name. */
	readonly task: string;
	/** The run starts nothing more after a failure. */
	readonly failFast: boolean;
}

/** What a verb does, without its edges. */
export interface Verb<Context, Out, In> {
	/** One line for `--list`. */
	readonly summary: string;
	/** What the command line may look for: which task saves, which is an agent's turn. The engine only keeps it. */
	readonly role?: string;
	/** Told by the command line of everything that happens in a run of which the task is a part. Must not throw or wait. */
	readonly watch?: (event: RunEvent, about: Watching) => void;
	/** What it makes is used up by what needs it: that it is gone makes nothing out of date, as with make's `.INTERMEDIATE`. */
	readonly intermediate?: true;
	/**
	 * Asked before the task's needs are brought up, so that what is done costs nothing. `-B` skips it. A task without it runs
	 * whenever it is asked for; its issue stands up to date when it ended well the last time, and nothing that it needs has been
	 * made anew since. What only tidies up runs all the same: of it, this tells where its issue stands.
	 */
	readonly upToDate?: (context: Context) => Promise<Freshness<Out>>;
	/**
	 * Whether what kept it from ending well the last time has been put right since, as far as that can be seen without trying
	 * again: it is told until then. Without it, until the task has run again.
	 */
	readonly isMended?: (error: Error, context: Context) => Promise<boolean>;
	/** A failure is a throw; the engine turns it into a `failed` outcome. */
	readonly run: (input: In, context: Context) => Promise<Out>;
}

/** How a task is declared in the orchfile: a verb and its edges. */
export interface Spec<Context, Out, N, A, In = Input<N, A>> extends Verb<Context, Out, In> {
	/** "I use its output": pulls the task into the run; it must end well. */
	readonly needs?: N;
	/** "If it is in this run, I wait for it to settle, however it ends." Never pulls it in. */
	readonly after?: A;
}

/**
 * Declares a task that runs once per run: before any issue, or, when it is `after` a per-issue task, as a closing task, once
 * every issue has settled.
 */
export function task<Out, N extends Deps<"run" | "closing"> = NoDeps, A extends Deps<Scope> = NoDeps, O = unknown>(
	name: string,
	spec: Spec<RunContext<O>, Out, N, A, RunInput<NoInfer<N>, NoInfer<A>>>,
): Task<Out, RunScope<N, A>> {
	const deps: readonly Task[] = [...Object.values(spec?.needs ?? {}), ...Object.values(spec?.after ?? {})];
	const isFirst = (each: Task | undefined): boolean => (each?.scope ?? "run") === "run";
	return declare(name, (deps.every(isFirst) ? "run" : "closing") as RunScope<N, A>, spec, new Error("declared"));
}

/**
 * Declares tasks that run once for each issue in the list that `source` returns.
 * @param hold taken once an issue has something to do, for as long as tasks of it run.
 */
export function forEach<I extends IssueLike, H = unknown>(
	source: Task<readonly I[], "run">,
	settings: { readonly hold?: Hold<IssueContext<I, H>, I> } = {},
) {
	const { hold, ...rest } = settings ?? {};
	const unknown = Object.keys(rest).map((key) => `forEach.${key}`);
	return <Out, N extends Deps<"run" | "issue"> = NoDeps, A extends Deps<"run" | "issue"> = NoDeps, O = unknown>(
		name: string,
		spec: Spec<IssueContext<I, O>, Out, N, A, Input<NoInfer<N>, NoInfer<A>>>,
	): Task<Out, "issue"> => {
		const declared = declare(name, "issue", spec, new Error("declared"));
		return { ...declared, source, hold, unknown: [...unknown, ...declared.unknown] };
	};
}

/**
 * True for a task that only waits (`after`) and uses nobody's output: it works on what others left behind, so it also
 * runs when they failed or were interrupted, and it is never held back by another issue.
 */
export function isSettling(node: Task): boolean {
	return Object.keys(node.needs).length === 0 && Object.keys(node.after).length > 0;
}

/** True for a task that runs once for each issue. */
export function isPerIssue(node: Task): node is Task<unknown, "issue"> {
	return node.scope === "issue";
}

/** What a declaration may have; a key that is missing here does not compile. */
const KEYS: Readonly<Record<keyof Spec<unknown, unknown, unknown, unknown>, true>> = {
	summary: true,
	needs: true,
	after: true,
	run: true,
	upToDate: true,
	isMended: true,
	role: true,
	watch: true,
	intermediate: true,
};
/** The keys of a declaration. */
export const SPEC_KEYS: readonly string[] = Object.keys(KEYS);

/** Takes a declaration as it comes: what is wrong with it is told with all that is wrong with the graph. */
function declare<Context, Out, N extends Deps<Scope>, A extends Deps<Scope>, S extends Scope, In>(
	name: string,
	scope: S,
	given: Spec<Context, Out, N, A, In>,
	site: Error,
): Task<Out, S> {
	const spec = given ?? {};
	return {
		name,
		scope,
		source: undefined,
		hold: undefined,
		summary: spec.summary,
		role: spec.role,
		watch: spec.watch,
		isIntermediate: spec.intermediate ?? false,
		unknown: Object.keys(spec).filter((key) => !SPEC_KEYS.includes(key)),
		site,
		needs: spec.needs ?? {},
		after: spec.after ?? {},
		upToDate: spec.upToDate,
		isMended: spec.isMended,
		run: spec.run,
	};
}
