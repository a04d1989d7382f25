import type { Problem } from "./problem.ts";

/** Something in the backlog that a run would stumble over (an error), or that a person probably did not mean. */
export type Finding = {
	readonly file: string;
	readonly line: number;
	/** Nothing that could be run rests on it: it is a warning, whatever it is. */
	readonly isHarmless?: true;
} & FindingFact;

/** What was found, without its place. Relations are named as the front matter names them. */
export type FindingFact =
	| { readonly kind: "broken"; readonly problem: Problem }
	| { readonly kind: "dangling"; readonly relation: string; readonly id: string; readonly nearest: readonly string[] }
	| { readonly kind: "cycle"; readonly relation: string; readonly ids: readonly string[] }
	| {
			readonly kind: "one-sided";
			readonly relation: string;
			readonly id: string;
			/** The key that is missing in the other document, and its path. */
			readonly missing: string;
			readonly other: string;
	  }
	| { readonly kind: "done-but-blocked"; readonly state: string; readonly by: string; readonly byState: string }
	| {
			readonly kind: "milestone-document";
			readonly milestone: string;
			readonly expected: string;
			readonly found: readonly string[];
	  }
	/** A state that nobody has declared: the issue is not run. `near` is a word that is known, and may have been meant. */
	| { readonly kind: "unknown-state"; readonly state: string; readonly near?: string }
	/** A document that is not read, since it has no front matter where it should be, and looks like an issue. */
	| { readonly kind: "lost-fence"; readonly what: string; readonly expected: string }
	/** A key of the front matter that is not read, and is like one that is. */
	| { readonly kind: "unknown-key"; readonly key: string; readonly meant: string }
	/** What TypeScript says of the orchfile, or of what it imports. */
	| { readonly kind: "type"; readonly code: string; readonly message: string }
	| { readonly kind: "not-committed"; readonly state: "missing" | "different" };

/** True for a finding that makes the backlog invalid; the others are warnings. */
export function isError(finding: Finding): boolean {
	if (finding.isHarmless) return false;
	switch (finding.kind) {
		case "broken":
		case "dangling":
		case "cycle":
		case "done-but-blocked":
		case "type":
			return true;
		case "milestone-document":
			return finding.found.length > 1;
		case "one-sided":
		case "unknown-key":
		case "unknown-state":
		case "lost-fence":
		case "not-committed":
			return false;
	}
}
