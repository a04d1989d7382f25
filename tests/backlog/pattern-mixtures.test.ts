import * as fc from "fast-check";
import { expect, test } from "vitest";
import { readDocument } from "../../tasks/backlog/document.ts";
import { identify } from "../../tasks/backlog/identify.ts";
import { readLayout } from "../../tasks/backlog/read-layout.ts";
import { problemsIn } from "../support/documents.ts";

const LAYOUT = readLayout({
	issues: "issues/*.md",
	project: "p",
	fields: {
		...{ id: "{id}-*.md", title: ["title", "# {id} - {title}", "# {title}"], state: ["state", "Status: {state}"] },
		blocked_by: ["needs", "## Blocked by"],
	},
});

/** What stands in a part of a document, and what it is read as; what is told of instead where that is a pattern. */
type Form = readonly [written: string, read: unknown];

const TITLES: readonly Form[] = [
	["# 02 — A door", "A door"],
	["# A door ##", "A door"],
	["#  `A` door", "`A` door"],
	["## A door", /^title/],
	["#A door", /^title/],
	["```\n# A door\n```", /^title/],
	["", /^title/],
];
const STATES: readonly Form[] = [
	["Status: done", "done"],
	["- **Status:** `In Progress`", "In Progress"],
	["> status:  on hold", "on hold"],
	["*Status:* _done_", "done"],
	["_Status_:in_progress", "in_progress"],
	["Status\uFF1Adone", "done"],
	["- Status : done", "done"],
	["The status: done", "planned"],
	["<!-- Status: done -->", "planned"],
	["", "planned"],
];
const ITEMS: readonly Form[] = [
	["- 1", ["01"]],
	["- 01", ["01"]],
	["* `01-frame.md`", ["01"]],
	["1. [the frame](./01-frame.md#top): first", ["01"]],
	["- [x] #1 - it has to stand", ["01"]],
	["01 and 03", ["01", "03"]],
	["- None yet", []],
	["- n/a", []],
	["", []],
	["- 99", ["99"]],
	["- after the frame", /^needs/],
	["- see https://example.org/1", /^needs/],
	["- 1 2", /^needs/],
	["- !", /^needs/],
];

function issueAt(file: string): ReturnType<typeof readDocument> {
	return readDocument(file, Buffer.from("# T\n"), LAYOUT);
}

test("any mixture of headings, lines and sections is read as it is written, or told with file and line", () => {
	const file = "issues/02-door.md";
	const others = ["issues/01-frame.md", "issues/03-glass.md"].map(issueAt);
	const noise = fc.constantFrom("", "Some text.", "- [ ] a box", "### Mind", "Note: 7");
	fc.assert(
		fc.property(
			fc.constantFrom(...TITLES),
			fc.constantFrom(...STATES),
			fc.array(fc.constantFrom(...ITEMS), { maxLength: 4 }),
			noise,
			fc.constantFrom("\n", "\r\n"),
			fc.boolean(),
			([heading, title], [line, state], items, between, end, hasFrontMatter) => {
				const written = [
					...(hasFrontMatter ? ["---", "labels: [x]", "---"] : []),
					...[heading, "", between, "", line, "", "## Blocked by", "", ...items.map(([text]) => text), ""],
					...["## Notes", "", "- 77"],
				];
				const text = written.join("\n").split("\n").join(end);
				const reading = readDocument(file, Buffer.from(text), LAYOUT);
				const told = [title, ...items.map(([, read]) => read)].filter((each) => each instanceof RegExp);
				const problems = problemsIn(reading);
				expect(problems).toHaveLength(told.length);
				const lines = text.split(end);
				const wrong = items.filter(([, read]) => read instanceof RegExp);
				for (const problem of problems) {
					if (problem.kind !== "document-invalid") throw new Error(problem.kind);
					expect(told.some((each) => each.test(problem.what))).toBe(true);
					expect(problem.file).toBe(file);
					if (problem.what.startsWith("title")) continue;
					expect(wrong.map(([item]) => item)).toContain(lines[problem.line - 1]);
				}
				if (told.length > 0) return;
				if (reading.kind !== "issue") throw new Error(JSON.stringify(reading));
				const all = others.flatMap((each) => (each.kind === "issue" ? [each.issue] : []));
				const { issues } = identify([...all, reading.issue], LAYOUT.states);
				const blockedBy = items.flatMap(([, read]) => read as string[]);
				expect(issues.find(({ docPath }) => docPath === file)).toMatchObject({ id: "02", title, state, blockedBy });
			},
		),
		{ numRuns: 500 },
	);
});
