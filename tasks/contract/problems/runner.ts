import type { Place } from "../place.ts";

/** The runner: whether it can run, what it may write to, and the prompts it is given. */
export type RunnerProblem =
	| {
			readonly kind: "runner-unavailable";
			readonly check: string;
			readonly summary: string;
			readonly remedy: string | null;
			/** The words that start the agent's program; absent where there is none. */
			readonly program?: readonly string[];
	  }
	/** An agent of this run could write to something that it must not touch. */
	| ({ readonly kind: "place-writable"; readonly folder: string } & Place)
	| { readonly kind: "prompt-missing"; readonly file: string }
	| { readonly kind: "prompt-invalid"; readonly file: string; readonly expected: string };
