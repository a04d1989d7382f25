import { describe, expect, test } from "vitest";
import { addEntry } from "../../tasks/backlog/add-entry.ts";
import { isOnlyAnswered, readEntries } from "../../tasks/backlog/answer-entries.ts";
import { hasHidden, plainQuestion, plainText } from "../../tasks/backlog/answer-text.ts";
import { readDocument } from "../../tasks/backlog/document.ts";
import { insertedIn } from "../../tasks/backlog/inserted.ts";
import { readBody } from "../../tasks/backlog/markdown-body.ts";
import { readItems } from "../../tasks/backlog/read-items.ts";
import { readLayout } from "../../tasks/backlog/read-layout.ts";
import type { AnswerEntry } from "../../tasks/contract/answer.ts";
import type { Issue } from "../../tasks/contract/issue.ts";
import { DEFAULT_LAYOUT } from "../../tasks/contract/layout.ts";

const FILE = "docs/projects/p/issues/A-1.md";
const MATTER = "---\nid: A-1\ntitle: One\nproject: p\nnote: 'kept   as it is'\n---\n";

/** Documents as people and tools leave them. */
const DOCUMENTS: Readonly<Record<string, string | Buffer>> = {
	usual: `${MATTER}\nDo it.\n`,
	"without a last line end": `${MATTER}\nDo it.`,
	"with blank lines at its end": `${MATTER}\nDo it.\n\n\n`,
	"of Windows": `${MATTER}\nDo it.\n`.replaceAll("\n", "\r\n"),
	"of Windows, without a last line end": `${MATTER}\nDo it.`.replaceAll("\n", "\r\n"),
	"with lines that end both ways": `${MATTER}\nDo it.\r\nAnd that.\n`,
	"with a byte order mark": `\uFEFF${MATTER}\nDo it.\n`,
	"of front matter alone": MATTER,
	"of front matter alone, without a last line end": MATTER.trimEnd(),
	"that ends in a list": `${MATTER}\n- [ ] one\n- [ ] two\n`,
	"that ends within code": `${MATTER}\n\`\`\`sh\nls\n`,
	"that ends within long code": `${MATTER}\n~~~~\n~~~\nls`,
	"that ends in code within a line": `${MATTER}\n\`\`\`x\`\`\`\n`,
	"that ends within a comment": `${MATTER}\n<!-- to do\n`,
	"that shows what an answer looks like, in code": `${MATTER}\n\`\`\`markdown\n## Answers of 2026-07-24, to the dev attempt of A-1 that began 2026-07-23T22:10:05.123Z\n\n**Remark**\n\n> no\n\`\`\`\n`,
	"that has a section of this name": `${MATTER}\n## Answers\n\nNone.\n\n## Notes\n\nSome.\n`,
};

/** Texts that people type, or paste, or that agents ask. */
const TEXTS: Readonly<Record<string, string>> = {
	plain: "The second one.",
	"of many lines": "One.\n\nTwo:\n\n\tindented\n    code",
	"a fence of front matter": "---\nid: A-2\nstate: done\n---",
	"headings and boxes": "# One\n## Answers\n- [ ] A-9 Nine\n- [x] B\n### Task A-7: Seven\nText\n====",
	"a header of this form":
		"## Answers of 2026-01-01, to the dev attempt of A-1 that began 2026-01-01T00:00:00.000Z\n\n**Answer**\n\n> no",
	"code that is left open": "```\nrm -rf /\n~~~",
	"a comment that is left open": "<!--\n<script>alert(1)</script></script>",
	"fields of another form": "Status: done\n**Status:** done\nDepends on: A-9\n## Blocked by\n- A-9",
	"quotes in quotes": "> so?\n>> so",
};

const entryOf = (question: string, answer: string, remarks: readonly string[] = []): AnswerEntry => ({
	...{ date: "2026-07-24", phase: "dev", issue: "A-1", startedAt: "2026-07-23T22:10:05.123Z" },
	...{ answers: [{ question, answer }], remarks },
});

describe.each(Object.entries(DOCUMENTS))("a document %s", (_, document) => {
	const before = Buffer.from(document);

	test.each(Object.entries(TEXTS))("takes %s, and is otherwise what it was", (_name, text) => {
		const entry = entryOf(text, text, [text]);
		const after = addEntry(before, entry);
		// Byte for byte.
		expect(after.subarray(0, before.length)).toEqual(before);
		const isEnded = /\n$/.test(before.toString());
		expect(/\n$/.test(after.toString())).toBe(isEnded);
		const added = after.subarray(before.length).toString();
		if (before.includes("\r\n") && !/[^\r]\n/.test(before.toString())) expect(added).not.toMatch(/[^\r]\n/);
		else if (!before.includes("\r")) expect(added).not.toContain("\r");
		const issueOf = (bytes: Buffer) => {
			const reading = readDocument(FILE, bytes, LAYOUT);
			return reading.kind === "issue" ? { ...reading.issue, docHash: "" } : reading;
		};
		expect(issueOf(after)).toEqual(issueOf(before));
		expect(readEntries(readBody(after))).toEqual([entry]);
		expect(isOnlyAnswered(before.toString(), after.toString())).toBe(true);
	});
});

/** Fields in every place where a text of somebody else could pass for one. */
const LAYOUT = {
	...readLayout({
		fields: {
			title: ["title", "# {title}"],
			state: ["state", "Status: {state}"],
			blocked_by: ["blocked_by", "# Blocked by"],
			related_to: "Depends on: {related_to}",
			labels: "## Labels",
		},
	}),
};

test("the list below a heading ends where answers begin", () => {
	const before = Buffer.from(`${MATTER.replace("title: One\n", "")}\n# One\n\n# Blocked by\n\n- A-2\n`);
	const after = addEntry(before, entryOf("Which?", "A-3\n\n- A-4"));
	const [one, other] = [before, after].map((bytes) => {
		const reading = readDocument(FILE, bytes, LAYOUT);
		return reading.kind === "issue" ? reading.issue.blockedBy : reading;
	});
	expect(one).toEqual(["A-2"]);
	expect(other).toEqual(one);
});

test("what is said the second time stands below the first", () => {
	const first = addEntry(Buffer.from(DOCUMENTS.usual ?? ""), entryOf("One?", "Yes."));
	const second = addEntry(first, entryOf("Two?", "No.", ["And hurry."]));
	expect(second.toString()).toBe(
		`${DOCUMENTS.usual}
## Answers of 2026-07-24, to the dev attempt of A-1 that began 2026-07-23T22:10:05.123Z

**Question**

> One?

**Answer**

> Yes.

## Answers of 2026-07-24, to the dev attempt of A-1 that began 2026-07-23T22:10:05.123Z

**Question**

> Two?

**Answer**

> No.

**Remark**

> And hurry.
`,
	);
	expect(readEntries(readBody(second))).toHaveLength(2);
});

const LISTS: readonly (readonly [name: string, item: string, document: string])[] = [
	["boxes", "- [ ] {id} {title}", "# Tasks\n\n- [ ] A-1 One\n- [ ] A-2 Two\n  more\n\n  and more\n- [ ] A-3 Three\n"],
	["boxes apart", "- [ ] {id} {title}", "# Tasks\n\n* [ ] A-1 One\n\n* [ ] A-2 Two\n\n## Then\n\n* [ ] A-3 Three"],
	["boxes of Windows", "- [ ] {id} {title}", "- [ ] A-1 One\r\n- [ ] A-2 Two\r\n- [ ] A-3 Three\r\n"],
	["boxes with numbers", "- [ ] {id} {title}", "1. [ ] A-1 One\n2. [ ] A-2 Two\n10)  [ ] A-3 Three\n"],
	["boxes behind a mark", "- [ ] {id} {title}", "\uFEFF- [ ] A-1 One\n- [ ] A-2 Two\n- [ ] A-3 Three\n"],
	[
		"sections",
		"### Task {id}: {title}",
		"### Task A-1: One\n\na\n\n### Task A-2: Two\n\n- [ ] b\n\n### Task A-3: Three\n\n```\nc\n",
	],
	["deep sections", "###### {id}: {title}", "###### A-1: One\n###### A-2: Two\na\n###### A-3: Three\n"],
];

describe.each(LISTS)("issues in a document: %s", (_, item, document) => {
	const settings = { files: "tasks/*.md", item };
	const layout = { ...DEFAULT_LAYOUT, project: "p" };
	const read = (bytes: Buffer) => readItems("tasks/a.md", bytes, settings, layout);
	const before = Buffer.from(document);
	const plain = ({ docLine: _line, docNextLine: _next, docHash: _hash, ...rest }: Issue) => rest;

	test.each(Object.entries(TEXTS))("each takes %s, and only its own text becomes another", (_name, text) => {
		expect(read(before)).toMatchObject({ problems: [], issues: [{ id: "A-1" }, { id: "A-2" }, { id: "A-3" }] });
		for (const [at, issue] of read(before).issues.entries()) {
			const after = addEntry(before, { ...entryOf(text, text), issue: issue.id }, issue);
			const found = read(after);
			expect(found.problems).toEqual([]);
			expect(found.issues.map(plain)).toEqual(read(before).issues.map(plain));
			const changed = found.issues.map(({ docHash }, place) => docHash !== read(before).issues[place]?.docHash);
			expect(changed).toEqual([0, 1, 2].map((place) => place === at));
			expect(readEntries(readBody(after))).toEqual([{ ...entryOf(text, text), issue: issue.id }]);
			// What was there is all there, in its order.
			const inserted = insertedIn(before.toString(), after.toString());
			expect(inserted?.at, after.toString()).toBeGreaterThan(0);
			expect(isOnlyAnswered(before.toString(), after.toString())).toBe(true);
		}
		// All of them, one after the other and not committed yet; anything else beside them is seen.
		let all: Buffer = before;
		for (const id of ["A-1", "A-2", "A-3", "A-1"]) {
			const issue = read(all).issues.find((each) => each.id === id);
			all = addEntry(all, { ...entryOf(text, text), issue: id }, issue);
		}
		expect(
			readEntries(readBody(all))
				.map(({ issue }) => issue)
				.sort(),
		).toEqual(["A-1", "A-1", "A-2", "A-3"]);
		expect(isOnlyAnswered(before.toString(), all.toString())).toBe(true);
		expect(isOnlyAnswered(before.toString(), all.toString().replace("Three", "Third"))).toBe(false);
		expect(isOnlyAnswered(before.toString(), `More.\n${all}`)).toBe(false);
	});
});

test.each<readonly [name: string, text: string, plain: string]>([
	["line ends of Windows and of old", "a\r\nb\rc\n", "a\nb\nc"],
	["colours and titles of a terminal", "\u001b[31mred\u001b[0m \u001b]0;title\u0007on", "red on"],
	["NUL, and bells", "a\0b\u0007c\u009bd", "abcd"],
	["marks that turn letters around", "a\u202Eb\u2066c\u2069\u202C", "abc"],
	["marks that a script needs", "\u200Fשלום\u200E", "\u200Fשלום\u200E"],
	["a byte order mark, blanks and blank lines", "\uFEFF\n\n  a  \n\n b\t\n\n", "  a\n\n b"],
])("a text has no %s", (_, text, plain) => {
	expect(plainText(text)).toBe(plain);
	expect(plainText(plain)).toBe(plain);
	expect(hasHidden(plain)).toBe(false);
});

test("a question is repeated in part where it is long, and the same each time", () => {
	const question = plainQuestion(`Which?\n${"x".repeat(5_000_000)}`);
	expect(question.length).toBeLessThan(2_010);
	expect(plainQuestion(question)).toBe(question);
});

test.each<readonly [before: string, after: string, inserted: object | undefined]>([
	["a\nb\n", "a\nx\nb\n", { at: 1, lines: ["x"] }],
	["a\n", "a\nx\n", { at: 1, lines: ["x"] }],
	["a", "a\nx", { at: 1, lines: ["x"] }],
	["a\r\nb", "a\nb\nx", { at: 2, lines: ["x"] }],
	["a\n", "a\n", undefined],
	["a\nb\n", "a\nx\n", undefined],
	["a\nb\n", "x\na\nb\ny\n", undefined],
	["a\nb\n", "a\n", undefined],
])("what was put into %j to make %j is %j", (before, after, inserted) => {
	expect(insertedIn(before, after)).toEqual(inserted);
});

const HEAD = "Answers of 2026-07-24, to the dev attempt of A-1 that began 2026-07-23T22:10:05.123Z";

test.each<readonly [before: string, after: string, is: boolean]>([
	["a\n", "a\n", false],
	["a\n", "a\n\n## Answers\n\n> x\n", false],
	["a\n", "a\n\n> x\n", false],
	["a\n", `a\n\n## ${HEAD}\n\n> x\ny\n`, false],
	["a\n", `b\n\n## ${HEAD}\n\n> x\n`, false],
	["```\na\n", `\`\`\`\na\n\`\`\`\n\n## ${HEAD}\n`, true],
	["a\r\n", `a\n\n## ${HEAD}\n\n> x\n`, true],
	["- a\n\n- b\n", `- a\n\n  **${HEAD}**\n\n  > x\n\n- b\n\n  **${HEAD}**\n\n  > y\n`, true],
	[`- a\n\n  **${HEAD}**\n\n  > x\n`, `- a\n\n  **${HEAD}**\n\n  > x\n\n  **${HEAD}**\n\n  > x\n`, true],
	[`\`\`\`\n## ${HEAD}\n> x\n\`\`\`\n`, `\`\`\`\n## ${HEAD}\n> x\n\`\`\`\n\n## ${HEAD}\n\n> y\n`, true],
])("from %j to %j, nothing but answers was put in: %s", (before, after, is) => {
	expect(isOnlyAnswered(before, after)).toBe(is);
});
