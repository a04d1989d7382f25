import { InvalidArgumentError } from "commander";
import { isReference } from "../../contract/names.ts";
import type { OptionRow } from "./option-row.ts";

/** The options of what puts accepted issues together. */
export const INTEGRATE_ROWS: readonly OptionRow[] = [
	{
		flags: "--only <ids>",
		group: "Integrate",
		about: "put only these issues together: AL-1,AL-3",
		more: "with `integrate`: only these issues, parted by commas or typed again",
		typedOnly: true,
		repeatable: true,
		completes: "issues",
		options: "only",
		read: readIds,
		again: "typed",
	},
	{
		flags: "--except <ids>",
		group: "Integrate",
		about: "leave these issues out",
		more: "with `integrate`: leave these issues out, and what builds on them",
		typedOnly: true,
		repeatable: true,
		completes: "issues",
		options: "except",
		read: readIds,
		again: "typed",
	},
	{
		flags: "--squash",
		group: "Integrate",
		about: "make each issue one commit, and not a merge",
		more: "with `integrate`: make each issue one commit with its trailers, and not a merge",
		typedOnly: true,
		options: "squash",
		again: "typed",
	},
];

/** Options that only what puts issues together understands, by their keys. */
export const OF_INTEGRATION = ["only", "except", "squash"] as const;

/** Reads ids of issues; those that are typed one after the other add up. */
function readIds(text: string, before: readonly string[] = []): readonly string[] {
	const ids = text.split(",").map((id) => id.trim());
	for (const id of ids)
		if (!isReference(id)) throw new InvalidArgumentError("It takes ids of issues, such as AL-1,AL-3.");
	return [...new Set([...before, ...ids])];
}
