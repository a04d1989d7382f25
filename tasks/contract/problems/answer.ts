import type { LockHolder } from "../lock-holder.ts";
import type { UnderWay } from "./work.ts";

/** What keeps a person's answers from being taken, written or committed. `file` is the issue's document. */
export type AnswerProblem =
	/** Nobody has worked on it, or for another document of its id. */
	| { readonly kind: "nothing-to-answer"; readonly issue: string }
	| { readonly kind: "answered-while-run"; readonly issue: string; readonly holder: LockHolder }
	/** An attempt has begun since the answers were asked for. */
	| { readonly kind: "attempt-since"; readonly issue: string }
	| { readonly kind: "nobody-to-ask"; readonly issue: string; readonly questions: readonly string[] }
	/** `editor`: its command, where there is one. */
	| { readonly kind: "no-editor"; readonly issue: string; readonly editor?: string }
	| { readonly kind: "editor-failed"; readonly editor: string; readonly exitCode: number | null }
	/** Where answers are read from. */
	| { readonly kind: "answers-unreadable"; readonly path: string; readonly message: string }
	| { readonly kind: "answers-too-long"; readonly file: string; readonly size: number; readonly most: number }
	/** The document is shared with these, and nothing tells which part of it is whose; or it is no file of its own in the checkout. */
	| {
			readonly kind: "document-shared";
			readonly file: string;
			readonly issue: string;
			readonly others: readonly string[];
	  }
	| { readonly kind: "document-no-file"; readonly file: string; readonly issue: string }
	| { readonly kind: "document-moved-on"; readonly file: string; readonly issue: string }
	/** The branch that is checked out, if it is one, is not what issues start from. */
	| { readonly kind: "base-not-checked-out"; readonly file: string; readonly base: string; readonly branch?: string }
	/** It has changes that are no answers. */
	| { readonly kind: "document-changed-too"; readonly file: string; readonly how: "changed" | "staged" | "untracked" }
	| { readonly kind: "checkout-under-way"; readonly underWay: UnderWay }
	/** `message`: what git, or a hook, has said. */
	| { readonly kind: "answers-not-committed"; readonly file: string; readonly issue: string; readonly message: string };
