import { clean, oneLine, withoutTrailers } from "./commit-message.ts";
import { addressNameOf, ownIdOf } from "./identity.ts";
import type { IssuePlan } from "./issue.ts";

/** The trailer that names the commit up to which an issue's work came with this one. */
export const TAKEN = "Orch-Commit";

/**
 * The message of the commit with which an issue's work comes to a branch that is put together: the issue's trailers, as the work's own
 * commits have them, with the tip of its branch, by which it is known again where somebody squashes or rebases.
 * @param rehearsal its scenario.
 */
export function integrationMessage(
	issue: IssuePlan,
	tip: string,
	isSquashed: boolean,
	rehearsal: string | undefined,
): string {
	const id = ownIdOf(issue);
	const subject = isSquashed ? `${id}: ${issue.title}` : `Merge ${id}: ${issue.title}`;
	const trailers = {
		"Orch-Issue": addressNameOf(issue),
		"Orch-Document": issue.docPath,
		"Orch-Milestone": issue.milestone ?? "none",
		"Orch-Status": "pass",
		[TAKEN]: tip,
		...(rehearsal === undefined ? {} : { "Orch-Rehearsal": rehearsal }),
	};
	const first = `${rehearsal === undefined ? "" : "rehearsal of "}${subject}`;
	const lines = Object.entries(trailers).map(([key, value]) => `${key}: ${oneLine(value)}`);
	return `${withoutTrailers(clean(oneLine(first)))}\n\n${lines.join("\n")}\n`;
}

/** What a message says that has come with its commit, wherever its trailers stand: the issue, and the tip of its branch. */
export function takenIn(message: string): { readonly issue: string; readonly tip: string }[] {
	const taken: { issue: string; tip: string }[] = [];
	let issue = "";
	for (const [, name, value = ""] of message.matchAll(/^[ \t]*Orch-(Issue|Commit): (.+?)[ \t]*$/gm)) {
		if (name === "Issue") issue = value;
		else taken.push({ issue, tip: value });
	}
	return taken;
}
