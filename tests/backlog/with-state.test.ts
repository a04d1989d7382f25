import { expect, test } from "vitest";
import { withState } from "../../tasks/backlog/with-state.ts";

const head = (...lines: readonly string[]) => ["---", "id: A-1", ...lines, "---", "", "state: of the body", ""];

/** A document, the field, and what closing it makes of the document. */
const FORMS: Readonly<Record<string, readonly [before: string, after: string, key?: string, word?: string]>> = {
	"a line that has it": [head("state: planned").join("\n"), head("state: done").join("\n")],
	"another field": [head("status: Open").join("\n"), head("status: Completed").join("\n"), "status", "Completed"],
	"a comment behind it stays": [head("state: a#b  # for now").join("\n"), head("state: done  # for now").join("\n")],
	"an empty value": [head("state:", "x: y").join("\n"), head("state: done", "x: y").join("\n")],
	"no line of it": [head("x: y").join("\n"), head("x: y", "state: done").join("\n")],
	"a field whose name begins alike": [head("state_of: x").join("\n"), head("state_of: x", "state: done").join("\n")],
	"lines that end as on Windows": [head("state: planned").join("\r\n"), head("state: done").join("\r\n")],
	"none of them": [head("x: y").join("\r\n"), head("x: y", "state: done").join("\r\n")],
	"a byte order mark, and letters of many bytes": [
		`\uFEFF${head("title: Größe", "state: geplant").join("\n")}`,
		`\uFEFF${head("title: Größe", "state: erledigt").join("\n")}`,
		"state",
		"erledigt",
	],
	"a field of such letters": [head("größe: x").join("\n"), head("größe: fertig").join("\n"), "größe", "fertig"],
	"a word that YAML would read otherwise": [head("state: x").join("\n"), head('state: "on"').join("\n"), "state", "on"],
};

test.each(Object.entries(FORMS))("%s", (_, [before, after, key = "state", word = "done"]) => {
	expect(withState(Buffer.from(before), key, word)?.toString()).toBe(after);
});

test.each([["# No front matter\n"], ["---\nid: A-1\n"], [""], ["---"]])(
	"%j has no front matter to say it in",
	(text) => {
		expect(withState(Buffer.from(text), "state", "done")).toBeUndefined();
	},
);
