/** The orchfile: missing, broken, or saying no by a task of its own. */
export type OrchfileProblem =
	| { readonly kind: "no-orchfile"; readonly folder: string; readonly nearest: readonly string[] }
	| {
			readonly kind: "orchfile-broken";
			readonly path: string;
			readonly message: string;
			readonly needsPackage: boolean;
	  }
	/** It was imported, and did not call `main`. */
	| { readonly kind: "orchfile-idle"; readonly path: string }
	/** A setting of the orchfile's `layout` that can't be used. */
	| { readonly kind: "layout-invalid"; readonly key: string; readonly value: string; readonly expected: string }
	/** A setting of its `commit`; `key` is empty for all of it. */
	| { readonly kind: "commit-invalid"; readonly key: string; readonly value: string; readonly expected: string }
	/** What a task of the orchfile's own says no to; the words are its. */
	| { readonly kind: "refused"; readonly message: string; readonly remedy?: string };
