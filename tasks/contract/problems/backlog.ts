/** The documents of the backlog, and where they are committed. */
export type BacklogProblem =
	/** `pattern` is a glob, relative to the folder; `setting` of the orchfile is what it comes from. */
	| {
			readonly kind: "no-documents";
			readonly folder: string;
			readonly pattern: string;
			readonly setting: "layout.issues" | "discoverItems";
			/** Where markdown lies that is committed, the most first. */
			readonly elsewhere: readonly { readonly folder: string; readonly files: number }[];
	  }
	/** There are documents, and in none of them is what an item begins with. */
	| { readonly kind: "no-items"; readonly item: string; readonly files: readonly string[] }
	/** There are documents, and none of them has front matter. */
	| {
			readonly kind: "no-issues";
			readonly folder: string;
			readonly pattern: string;
			readonly files: readonly string[];
	  }
	| {
			readonly kind: "document-invalid";
			readonly file: string;
			readonly line: number;
			readonly what: string;
			readonly expected: string;
	  }
	| { readonly kind: "duplicate-id"; readonly ids: readonly string[]; readonly files: readonly string[] }
	| {
			readonly kind: "unknown-blocker";
			readonly file: string;
			/** What the front matter calls the field. */
			readonly key: string;
			readonly id: string;
			readonly nearest: readonly string[];
	  }
	/** Since the run began it has a blocker that it did not have; `file` is the document that says so. */
	| {
			readonly kind: "newly-blocked";
			readonly issue: string;
			readonly by: string;
			readonly file: string;
			readonly base: string;
	  }
	| { readonly kind: "blocker-cycle"; readonly ids: readonly string[]; readonly files: readonly string[] }
	| {
			readonly kind: "document-not-committed";
			readonly file: string;
			readonly base: string;
			readonly state: "missing" | "different";
			/** The branch that is checked out, where that is not the base: committing there would not help. */
			readonly elsewhere?: string;
			/** A rule of `.gitignore` is about it. */
			readonly isIgnored?: true;
	  }
	| { readonly kind: "document-gone"; readonly file: string; readonly branch: string };
