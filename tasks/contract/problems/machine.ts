/** Programs of the machine, and what nobody has thought of. */
export type MachineProblem =
	| { readonly kind: "program-missing"; readonly name: string }
	| { readonly kind: "git-too-old"; readonly found: string; readonly needed: string }
	| { readonly kind: "node-too-old"; readonly found: string; readonly needed: string }
	/** Commands that run what an agent has written can't be confined; `message` is what bubblewrap said, or what was let through. */
	| { readonly kind: "confinement-unavailable"; readonly reason: ConfinementReason; readonly message: string }
	/** Nobody has thought of it: what the system or a library said. */
	| { readonly kind: "unexpected"; readonly message: string }
	/** What a task threw that is no failure of a kind, as it is remembered. */
	| { readonly kind: "defect"; readonly message: string };

/** Why commands can't be confined. */
export type ConfinementReason =
	/** There is no bubblewrap. */
	| "missing"
	/** This processor's kind is not known. */
	| "architecture"
	/** The kernel makes no user namespaces: none for other users than root, no more of them, none in this container. */
	| "namespaces"
	| "too-few"
	| "container"
	/** AppArmor gives namespaces no rights. */
	| "apparmor"
	/** A container's `/proc` is covered in part. */
	| "proc"
	/** It was let through what should not be, or refused what should. */
	| "leaks"
	| "other";
