import type { OptionRow } from "./option-row.ts";
import { readAgain, readFileName } from "./read-values.ts";

const WRITTEN = { never: "what was answered is answered" } as const;

/** The options under Documents: where a person's words come from, and how far what is written into documents goes. */
export const ANSWER_ROWS: readonly OptionRow[] = [
	{
		flags: "-m, --message <text>",
		group: "Documents",
		about: "the answer to the next open question, or a remark",
		more: "with `answer`: the answer to the first open question, and typed again to the next; what is left over is a remark, and an empty one leaves its question open",
		typedOnly: true,
		repeatable: true,
		belongsTo: ["answer"],
		conflicts: "file",
		run: "messages",
		read: readAgain,
		again: WRITTEN,
	},
	{
		flags: "-F, --file <file>",
		group: "Documents",
		about: "take the answers from it; - is standard input",
		more: "with `answer`: take the answers from this file, or from standard input (`-`): the form that `answer ISSUE -n` prints, filled in, or any text, which answers the only open question",
		typedOnly: true,
		belongsTo: ["answer"],
		completes: "files",
		run: "answersFile",
		read: (text) => (text === "-" ? text : readFileName(text)),
		again: WRITTEN,
	},
	{
		flags: "--commit",
		group: "Documents",
		about: "commit the document, and nothing else",
		more: "with `answer` and `done --write`: commit the documents on the base, with your hooks, and nothing else",
		typedOnly: true,
		belongsTo: ["answer", "done"],
		run: "commit",
		again: WRITTEN,
	},
	{
		flags: "--write",
		group: "Documents",
		about: "write that into the documents; with --commit, commit them",
		more: "with `done`: write into the documents that their issues are done",
		typedOnly: true,
		belongsTo: ["done"],
		run: "write",
		again: { never: "what was written is written" },
	},
];
