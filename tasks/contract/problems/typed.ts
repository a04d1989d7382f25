/** What was typed on the command line and does not fit. */
export type TypedProblem =
	| {
			readonly kind: "usage";
			readonly message: string;
			readonly nearest?: readonly string[];
			/** The task whose help tells more than that of the program. */
			readonly task?: string;
	  }
	| { readonly kind: "unknown-task"; readonly name: string; readonly nearest: readonly string[] }
	/** `project`: the one it was looked for in. */
	| {
			readonly kind: "unknown-target";
			readonly name: string;
			readonly project?: string;
			readonly nearest: readonly string[];
	  }
	| {
			readonly kind: "unknown-issue";
			readonly name: string;
			readonly milestone?: string;
			readonly nearest: readonly string[];
	  }
	| { readonly kind: "unknown-project"; readonly name: string; readonly nearest: readonly string[] }
	| { readonly kind: "several-projects"; readonly milestone: string; readonly projects: readonly string[] }
	/** `ids`: what each of those issues is called by. */
	| { readonly kind: "several-issues"; readonly name: string; readonly ids: readonly string[] }
	| { readonly kind: "several-milestones"; readonly name: string; readonly milestones: readonly string[] }
	| { readonly kind: "folder-missing"; readonly path: string };
