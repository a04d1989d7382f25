/** Where in the orchfile, or in what it imports, something stands; absolute. */
interface InOrchfile {
	readonly file?: string;
	readonly line?: number;
}

/** The orchfile: missing, broken, or saying no by a task of its own. */
export type OrchfileProblem =
	| { readonly kind: "no-orchfile"; readonly folder: string; readonly nearest: readonly string[] }
	| ({
			/** It can't be read, or what it imports can't. */
			readonly kind: "orchfile-broken";
			readonly path: string;
			readonly message: string;
			readonly needsPackage: boolean;
			/** The folder that has the package, where that is another one. */
			readonly elsewhere?: string;
	  } & InOrchfile)
	| ({
			/** It threw while it was loaded, before anything was started. */
			readonly kind: "orchfile-threw";
			readonly path: string;
			readonly message: string;
			/** Names that stand in it and are close to one that does not. */
			readonly nearest: readonly string[];
	  } & InOrchfile)
	/** It awaits outside of a function, in a package whose files are no modules. */
	| ({ readonly kind: "orchfile-no-module"; readonly path: string } & InOrchfile)
	/** It was imported, and did not call `main`. */
	| { readonly kind: "orchfile-idle"; readonly path: string }
	| ({ readonly kind: "main-twice"; readonly path: string } & InOrchfile)
	/** What its graph says can't be meant. */
	| ({
			readonly kind: "graph-invalid";
			readonly what: string;
			readonly expected: string;
			readonly nearest: readonly string[];
	  } & InOrchfile)
	/** A setting of the orchfile's `layout` that can't be used. */
	| ({
			readonly kind: "layout-invalid";
			readonly key: string;
			readonly value: string;
			readonly expected: string;
	  } & InOrchfile)
	/** A setting of its `commit`; `key` is empty for all of it. */
	| ({
			readonly kind: "commit-invalid";
			readonly key: string;
			readonly value: string;
			readonly expected: string;
	  } & InOrchfile)
	/** A value of its `defaults` that the option can't have. */
	| ({
			readonly kind: "default-invalid";
			readonly option: string;
			readonly message: string;
			readonly nearest: readonly string[];
	  } & InOrchfile)
	/** What a function of a task of its own threw; the words are its. */
	| ({
			readonly kind: "task-threw";
			readonly task: string;
			readonly issue?: string;
			/** Which of its functions. */
			readonly part: "run" | "upToDate" | "hold";
			readonly message: string;
			readonly hasStack: boolean;
	  } & InOrchfile)
	/** What a function of a task of its own returned, and nobody can use. */
	| ({
			readonly kind: "task-answer";
			readonly task: string;
			readonly issue?: string;
			readonly part: "run" | "upToDate" | "hold";
			readonly value: string;
			readonly expected: string;
	  } & InOrchfile)
	/** What a task of the orchfile's own says no to; the words are its. */
	| { readonly kind: "refused"; readonly message: string; readonly remedy?: string };
