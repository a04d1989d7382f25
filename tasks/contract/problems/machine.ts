/** Programs of the machine, and what nobody has thought of. */
export type MachineProblem =
	| { readonly kind: "program-missing"; readonly name: string }
	| { readonly kind: "git-too-old"; readonly found: string; readonly needed: string }
	| { readonly kind: "node-too-old"; readonly found: string; readonly needed: string }
	/** Nobody has thought of it: what the system or a library said. */
	| { readonly kind: "unexpected"; readonly message: string }
	/** What a task threw that is no failure of a kind, as it is remembered. */
	| { readonly kind: "defect"; readonly message: string };
