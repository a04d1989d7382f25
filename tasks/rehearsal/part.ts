import { run, shellQuoted } from "./answers.ts";
import type { Saying } from "./rehearsed-turn.ts";
import type { Prompted } from "./script.ts";

/** What becomes of an issue where all goes as it should: most are passed at once. */
export type Part = "passes" | "is-sent-back" | "breaks-a-check";

/** Of every five issues. */
const PARTS: readonly Part[] = ["passes", "is-sent-back", "breaks-a-check", "passes", "passes"];

/**
 * Finds the part of an issue, which is the same in every run: by where its document stands among those beside it. Whatever the milestone, one
 * that stands alone passes.
 */
export async function* findPart({ context }: Prompted): Saying<Part> {
	const { issueDocPath } = context;
	const slash = issueDocPath.lastIndexOf("/") + 1;
	const output = yield run(`ls -- ${shellQuoted(issueDocPath.slice(0, slash) || ".")}`);
	const documents = output.split("\n").filter((line) => line.endsWith(".md"));
	return PARTS[documents.sort().indexOf(issueDocPath.slice(slash)) % PARTS.length] ?? "passes";
}
