import type { IssueLike } from "./issue.ts";
import type { Outcome } from "./outcome.ts";

/** What happens in a run, as facts, in order. `issue` is absent for run-wide tasks. */
export type RunEvent<I extends IssueLike = IssueLike> =
	| { readonly kind: "issues-known"; readonly issues: readonly I[] }
	| { readonly kind: "issue-started"; readonly issue: string }
	/** What has something to do for the issue is known, and starts now. */
	| { readonly kind: "issue-called"; readonly issue: string; readonly tasks: readonly string[] }
	| { readonly kind: "issue-settled"; readonly issue: string; readonly outcomes: IssueOutcomes }
	/** Nothing more happens: every task of the run has settled. */
	| { readonly kind: "run-settled" }
	| { readonly kind: "task-started"; readonly task: string; readonly issue?: string; readonly because?: unknown }
	| {
			readonly kind: "task-activity";
			readonly task: string;
			readonly issue?: string;
			readonly activity: { readonly kind: string };
	  }
	| {
			readonly kind: "task-settled";
			readonly task: string;
			readonly issue?: string;
			readonly outcome: Outcome<unknown>;
	  };

/** Outcomes of one issue's tasks, by task name, in file order. */
export type IssueOutcomes = ReadonlyMap<string, Outcome<unknown>>;
