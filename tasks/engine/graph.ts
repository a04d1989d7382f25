import type { Task } from "./task.ts";

/** What an orchfile declares: its tasks in file order, and named sets of them that can be asked for. */
export interface Graph {
	readonly tasks: readonly Task[];
	readonly goals: Readonly<Record<string, Goal>>;
	/** Values of options that neither the command line nor a variable gives, by long name: `{ jobs: "4" }`. */
	readonly defaults?: Readonly<Record<string, string>>;
}

/** A named set of tasks. */
export interface Goal {
	/** One line for `--list`. */
	readonly summary: string;
	readonly tasks: readonly Task[];
}
