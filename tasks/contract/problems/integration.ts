import type { LockHolder } from "../lock-holder.ts";

/** What keeps accepted work from being put together on a branch. */
export type IntegrationProblem =
	/** `option` names what is none of the issues that are asked for. */
	| {
			readonly kind: "not-to-integrate";
			readonly option: "only" | "except";
			readonly name: string;
			readonly target: string;
			readonly nearest: readonly string[];
	  }
	/** The branch holds what no integration has left there. `was`: what the last one did; `null` where nothing tells. */
	| {
			readonly kind: "integration-branch-taken";
			readonly branch: string;
			readonly tip: string;
			readonly was: string | null;
	  }
	| {
			readonly kind: "integration-checked-out";
			readonly branch: string;
			readonly path: string;
			readonly base: string;
	  }
	/** Another run puts the same together; as with `issue-locked`. */
	| {
			readonly kind: "integration-locked";
			readonly branch: string;
			readonly holder: LockHolder | null;
			readonly isUncertain: boolean;
			readonly ref: string;
			readonly blob: string;
	  };
