import { InvalidArgumentError } from "commander";
import { isReference } from "../../contract/names.ts";
import type { OptionRow } from "./option-row.ts";
import { readFileName } from "./read-values.ts";

const RUNS_NOTHING = { never: "with it nothing is run that one could go on with" } as const;

/** The options of `integrate` and `report`: of what is typed in the morning. */
export const MORNING_ROWS: readonly OptionRow[] = [
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
	{
		flags: "--out <file>",
		group: "Other",
		about: "with `report`: the file to write, in place of the one beside the logs",
		typedOnly: true,
		completes: "files",
		belongsTo: ["report"],
		conflicts: "serve",
		run: "out",
		read: readFileName,
		again: RUNS_NOTHING,
	},
	{
		flags: "--open",
		group: "Other",
		about: "with `report`: show the page in a browser",
		typedOnly: true,
		belongsTo: ["report"],
		run: "open",
		again: RUNS_NOTHING,
	},
	{
		flags: "--serve",
		group: "Other",
		about: "with `report`: serve the page to this machine, and follow what runs",
		more: "with `report`: serve the page to this machine until Ctrl-C, so that it follows what runs; write none",
		typedOnly: true,
		conflicts: "json",
		belongsTo: ["report"],
		run: "serve",
		again: RUNS_NOTHING,
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
