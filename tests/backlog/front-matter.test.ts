import { existsSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import matter from "gray-matter";
import { describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { readDocument } from "../../tasks/backlog/document.ts";
import { LARGEST_DOCUMENT } from "../../tasks/backlog/front-matter.ts";
import { FILE, LETTER, problemsIn, read, temporaryFolder, withFrontMatter } from "../support/documents.ts";

const REQUIRED = ["id: A-1", "title: T", "project: p"];
const COMPLETE = withFrontMatter(...REQUIRED);

describe("a document that is an issue", () => {
	test("with what is required only, the rest has defaults", () => {
		expect(read(COMPLETE)).toEqual({
			kind: "issue",
			issue: {
				id: "A-1",
				title: "T",
				project: "p",
				state: "planned",
				priority: null,
				estimate: null,
				milestone: null,
				assignees: [],
				labels: [],
				parent: null,
				children: [],
				blockedBy: [],
				blocks: [],
				relatedTo: [],
				docPath: FILE,
				docHash: expect.stringMatching(/^[0-9a-f]{64}$/),
			},
		});
	});

	test("with lists and fields that are there but empty", () => {
		const empty = ["state", "priority", "milestone", "labels", "blocked_by", "parent"].map((key) => `${key}:`);
		const { docHash: _, ...wanted } = issueIn(COMPLETE);
		expect(issueIn(withFrontMatter(...REQUIRED, ...empty))).toMatchObject(wanted);
	});

	test("with keys of a tracker that nobody here knows", () => {
		expect(issueIn(withFrontMatter(...REQUIRED, "url: https://example.com", "__proto__: { id: B-2 }")).id).toBe("A-1");
	});

	test.each([
		["a byte order mark", `\uFEFF${COMPLETE}`],
		["CRLF line ends", COMPLETE.replaceAll("\n", "\r\n")],
		["both of them", `\uFEFF${COMPLETE.replaceAll("\n", "\r\n")}`],
		["blanks after the fences", COMPLETE.replaceAll("---\n", "--- \t\n")],
		["a blank line after the fence", COMPLETE.replace("---\n", "---\n\n")],
		["nothing after the front matter, not even a line end", COMPLETE.slice(0, COMPLETE.lastIndexOf("---") + 3)],
		["another fence in its text", `${COMPLETE}\n---\nid: B-2\n---\n`],
	])("with %s", (_, text) => {
		expect(issueIn(text)).toMatchObject({ id: "A-1", title: "T", project: "p" });
	});

	test("of the largest size that is read", () => {
		const text = COMPLETE + "x".repeat(LARGEST_DOCUMENT - COMPLETE.length);
		expect(issueIn(text).id).toBe("A-1");
	});

	test("that changed in its text only has another hash", () => {
		expect(issueIn(COMPLETE).docHash).not.toBe(issueIn(`${COMPLETE}.`).docHash);
		expect(issueIn(COMPLETE).docHash).toBe(issueIn(COMPLETE).docHash);
	});

	test.each<[what: string, changed: string, isSame: boolean]>([
		["the line", COMPLETE.replace("title:", "removes_tests: true\ntitle:"), true],
		["the line, as it is by itself", COMPLETE.replace("title:", "removes_tests: FALSE \ntitle:"), true],
		["nothing but the key", COMPLETE.replace("title:", "removes_tests:\ntitle:"), false],
		["a comment on the line", COMPLETE.replace("title:", "removes_tests: true # those of x\ntitle:"), false],
		["the line, and another one", COMPLETE.replace("title:", "removes_tests: true\npriority: 1\ntitle:"), false],
		["such a line in the text", `${COMPLETE}removes_tests: true\n`, false],
	])("has the same hash where it says that it removes tests: %s", (_, changed, isSame) => {
		for (const as of [(text: string) => text, (text: string) => `\uFEFF${text.replaceAll("\n", "\r\n")}`])
			expect(issueIn(as(changed)).docHash === issueIn(as(COMPLETE)).docHash).toBe(isSame);
		const known = { removesTests: true };
		if (/tests: true\n/.test(changed) && isSame) expect(issueIn(changed)).toMatchObject(known);
	});
});

test.each([
	["nothing in it", ""],
	["text only", "# A title\n\nid: A-1\n"],
])("a document with %s has no front matter and is no issue", (_, text) => {
	expect(read(text)).toEqual({ kind: "no-front-matter", file: FILE });
});

const BROKEN: readonly (readonly [situation: string, content: string | Uint8Array, line: number, what: RegExp])[] = [
	["front matter that is never closed", COMPLETE.slice(0, COMPLETE.lastIndexOf("---")), 1, /not closed/],
	["a tab as indentation", withFrontMatter(...REQUIRED, "labels:", "\t- a"), 6, /tab characters/],
	["a key that comes twice", withFrontMatter(...REQUIRED, "id: B-2"), 5, /duplicated mapping key/],
	["a tag that nobody knows", withFrontMatter(...REQUIRED, "state: !state done"), 5, /tag/],
	["a tag that asks for code", withFrontMatter(...REQUIRED, "state: !!js/function 'function () {}'"), 5, /tag/],
	["a list that is not closed", withFrontMatter(...REQUIRED, "labels: [a, b"), 5, /flow collection/],
	["a list for front matter", withFrontMatter("- id: A-1", "- title: T"), 2, /no map/],
	["a single word for front matter", withFrontMatter("planned"), 2, /no map/],
	["two YAML documents", withFrontMatter(...REQUIRED, "...", "state: done"), 6, /multiple documents/],
	["UTF-16, little end first", Buffer.from(`\uFEFF${COMPLETE}`, "utf16le"), 1, /UTF-16/],
	["UTF-16, big end first", Buffer.from(`\uFEFF${COMPLETE}`, "utf16le").swap16(), 1, /UTF-16/],
	["UTF-16 without a byte order mark", Buffer.from(COMPLETE, "utf16le"), 1, /UTF-16/],
	["the same, big end first", Buffer.from(COMPLETE, "utf16le").swap16(), 1, /UTF-16/],
	["a NUL byte in its text", `${COMPLETE}\0`, 1, /NUL/],
	["line ends of CR alone", COMPLETE.replaceAll("\n", "\r"), 1, /CR/],
	["line ends of CR alone and a byte order mark", `\uFEFF${COMPLETE.replaceAll("\n", "\r")}`, 1, /CR/],
	["a fence that ends in CR alone", COMPLETE.replace("\n", "\r"), 1, /CR/],
	["a byte that is no UTF-8", Buffer.concat([Buffer.from(COMPLETE), Buffer.from([0xe9])]), 1, /UTF-8/],
	["a byte more than is read", COMPLETE + "x".repeat(LARGEST_DOCUMENT - COMPLETE.length + 1), 1, /262145 bytes/],
	["ten megabytes", COMPLETE + "x".repeat(10_000_000), 1, /bytes/],
];

test.each(BROKEN)("%s: refused, with its line", (_, content, line, what) => {
	const reading = read(content);
	expect(reading).toMatchObject({ kind: "broken", project: "p" });
	expect(problemsIn(reading)).toEqual([
		{ kind: "document-invalid", file: FILE, line, what: expect.stringMatching(what), expected: expect.any(String) },
	]);
});

const ALIASES: readonly (readonly [situation: string, line: number, lines: readonly string[]])[] = [
	["an alias", 6, ["labels: &a [x]", "assignees: *a"]],
	["an alias of a single word", 5, ["labels: [&a x, *a]"]],
	["an alias of nothing", 5, ["labels: *a"]],
	["a list that holds itself", 5, ["labels: &a [x, *a]"]],
	["nine levels of nine aliases", 6, bomb(9)],
];

test.each(ALIASES)("%s: refused", (_, __, lines) => {
	const [problem, ...more] = problemsIn(read(withFrontMatter(...REQUIRED, ...lines)));
	expect(problem).toMatchObject({ kind: "document-invalid", what: expect.stringMatching(/alias/i) });
	expect(more).toEqual([]);
});

test.each(ALIASES)("%s: the line is the alias's", (_, line, lines) => {
	expect(problemsIn(read(withFrontMatter(...REQUIRED, ...lines)))).toMatchObject([{ line }]);
});

test.each([...BROKEN.map(([name, content]) => [name, content] as const), ["an alias", aliased()] as const])(
	"%s: broken the second time as well",
	(_, content) => {
		const first = read(content);
		expect(first.kind).toBe("broken");
		expect(read(content)).toEqual(first);
	},
);

test.each([
	["four dashes", "----"],
	["dashes and a word", "--- more"],
	["dashes and a comment", "--- # the rest"],
])("%s in the midst of the front matter do not end it without a word", (_, line) => {
	const reading = read(withFrontMatter(...REQUIRED, line, "blocked_by: [B-1]"));
	expect(reading.kind).toBe("broken");
});

describe("front matter in a language that could be run", () => {
	const languages = ["js", "javascript", "JS", "JavaScript", "coffee", "coffeescript", "cson", "json", "toml", "yml"];

	test.each(languages.flatMap((language) => [`---${language}`, `--- ${language} `]))(
		"%s is refused, and nothing of it runs",
		async (fence) => {
			await using folder = await temporaryFolder();
			const canary = join(folder.path, "canary");
			const reading = read(document(fence, canary));
			expect(existsSync(canary)).toBe(false);
			expect(problemsIn(reading)).toMatchObject([
				{
					line: 1,
					what: expect.stringContaining(`"${fence.slice(3).trim()}"`),
					expected: expect.stringMatching(/YAML/),
				},
			]);
		},
	);

	test.each(["---js", "---javascript"])("%s would run if nobody refused it", async (fence) => {
		await using folder = await temporaryFolder();
		const canary = join(folder.path, "canary");
		matter(document(fence, canary));
		expect(existsSync(canary)).toBe(true);
	});

	function document(fence: string, canary: string): string {
		return `${fence}\n{ id: require("node:fs").writeFileSync(${JSON.stringify(canary)}, "") }\n---\n`;
	}
});

describe("an id that YAML does not take for text", () => {
	test.each(["1e5", "1.10", "0x1F", "-12", "+12", "true", "null", "~", "", ".inf"])("%s: quote it", (id) => {
		expect(problemsIn(read(withFrontMatter(`id: ${id}`, "title: T", "project: p")))).toMatchObject([
			{ line: 2, what: expect.stringMatching(/^id: /), expected: expect.stringMatching(/quote it/) },
		]);
	});

	test.each(["007", "1e5", "12"])("%s in quotes is that very text", (id) => {
		expect(issueIn(withFrontMatter(`id: "${id}"`, "title: T", "project: p")).id).toBe(id);
	});

	// In YAML's core schema a date, `no` and `1_000` are text; what is digits alone is kept as it was written.
	test.each(["2024-01-02", "no", "1_000", "007", "12"])("%s needs no quotes and stays as it is", (id) => {
		expect(issueIn(withFrontMatter(`id: ${id}`, "title: T", "project: p")).id).toBe(id);
	});

	test("blockers, milestone and title are held to the same", () => {
		const lines = ["id: A-1", "title: 12.0", "project: p", "milestone: 1.0", "blocked_by: [B-1, 2e1]"];
		expect(problemsIn(read(withFrontMatter(...lines)))).toMatchObject([
			{ line: 3, what: "title: 12", expected: expect.stringMatching(/quote it/) },
			{ line: 5, what: "milestone: 1", expected: expect.stringMatching(/quote it/) },
			{ line: 6, what: "blocked_by.1: 20", expected: expect.stringMatching(/quote it/) },
		]);
	});
});

describe("everything that is wrong with the fields, at once", () => {
	const lines = [
		"id: a b",
		"# a comment",
		"project: p",
		"",
		"priority: strange",
		"labels:",
		"  - a",
		"  - 0.5",
		"blocked_by:",
		"  - B-1",
		"  - ../x",
	];
	const wanted = [
		[2, "id"],
		[1, "title"],
		[6, "priority"],
		[9, "labels.1"],
		[12, "blocked_by.1"],
	];

	test.each([
		["LF", (text: string) => text],
		["CRLF", (text: string) => text.replaceAll("\n", "\r\n")],
		["a byte order mark", (text: string) => `\uFEFF${text}`],
	])("with the lines of a file with %s", (_, change) => {
		const problems = problemsIn(read(change(withFrontMatter(...lines))));
		const found = problems.map((each) =>
			each.kind === "document-invalid" ? [each.line, each.what.split(":")[0]] : [],
		);
		expect(found.sort()).toEqual([...wanted].sort());
	});

	test("a priority below zero, an estimate in words, a title of blanks", () => {
		const text = withFrontMatter("id: A-1", 'title: " "', "project: p", "priority: -1", 'estimate: "3"');
		expect(problemsIn(read(text)).map((each) => "line" in each && each.line)).toEqual([3, 5, 6]);
	});
});

test("a list of thousands of values that can be no ids: the first ten, and how many more", () => {
	const problems = problemsIn(read(withFrontMatter(...REQUIRED, "blocked_by:", ...Array(2500).fill(" - 1."))));
	expect(problems).toHaveLength(11);
	expect(problems.slice(0, 10)).toEqual(
		Array.from({ length: 10 }, (_, at) => expect.objectContaining({ line: 6 + at, what: `blocked_by.${at}: 1` })),
	);
	expect(problems[10]).toMatchObject({ line: 16, what: expect.stringContaining("2490 more") });
	expect(problemsIn(read(withFrontMatter(...REQUIRED, "blocked_by:", ...Array(10).fill(" - 1."))))).toHaveLength(10);
});

test("a list of thousands of numbers is read as it is written", () => {
	expect(issueIn(withFrontMatter(...REQUIRED, "labels:", ...Array(2500).fill(" - 01"))).labels).toEqual(
		Array(2500).fill("01"),
	);
});

describe("the project that a broken document concerns", () => {
	test("is the one it names", () => {
		expect(read(withFrontMatter("id: A-1", "project: other"))).toMatchObject({ kind: "broken", project: "other" });
	});

	test("is its folder's where it names none", () => {
		expect(read(withFrontMatter("id: A-1"))).toMatchObject({ kind: "broken", project: "p" });
	});

	// A project that nobody can select concerns nobody, and the document would only ever be a warning.
	test("is its folder's where what it names can be no project", () => {
		const text = withFrontMatter("id: A-1", "title: T", "project: ../p");
		expect(read(text)).toMatchObject({ kind: "broken", project: "p" });
	});
});

// Far less than the largest document, so that a reader whose time grows with the square takes seconds and not minutes.
test.each([
	[64, "blank lines", "", "\n"],
	[64, "lines of a block of text", "text: |\n", "  x\n"],
	[64, "nested lists", "x: ", "["],
	[160, "keys", "", (at: number) => `k${at}: 1\n`],
	[64, "keys of a map in one line", "x: {", (at: number) => `k${at},`],
	[60, "blanks in the line of the fence", "", " "],
	[64, "blockers", "blocked_by:\n", (at: number) => `  - B-${at}\n`],
])("%d KB of %s are read, or refused, within a second", (kilobytes, _, start, unit) => {
	let filling = "";
	for (let at = 0; filling.length < kilobytes * 1024; at++) filling += typeof unit === "string" ? unit : unit(at);
	const bytes = Buffer.from(`---\n${REQUIRED.join("\n")}\n${start}${filling}\n---\n`);
	expect(bytes.length).toBeLessThan(LARGEST_DOCUMENT);
	// Time of the processor: other tests run beside this one.
	const from = process.cpuUsage();
	readDocument(FILE, bytes);
	const { user, system } = process.cpuUsage(from);
	expect(user + system).toBeLessThan(1_000_000);
});

describe("whatever a file holds", () => {
	const fragments = fc.array(
		fc.constantFrom(
			..."---|\n|\r\n|\t|  |: |- |? |id|title|project|[|]|{|}|,|&a |*a|!x |!!str |\"|'|#| |A-1|p|...|%YAML 1.1|>|\\|\uFEFF|\0".split(
				"|",
			),
			"|\n",
		),
		{ maxLength: 40 },
	);
	const contents = fc.oneof(
		fc.uint8Array({ maxLength: 300 }),
		fc.string({ unit: LETTER }).map((text) => Buffer.from(text)),
		fragments.map((parts) => Buffer.from(`---\n${parts.join("")}\n---\n`)),
		fragments.map((parts) => Buffer.from(parts.join(""))),
		fc
			.uint8Array({ maxLength: 60 })
			.map((bytes) => Buffer.concat([Buffer.from("---\n"), bytes, Buffer.from("\n---\n")])),
	);

	test("reading it never throws, and a broken one has at least one problem with a line of the file", () => {
		fc.assert(
			fc.property(contents, (bytes) => {
				const reading = readDocument(FILE, bytes);
				if (reading.kind !== "broken") return;
				expect(reading.problems.length).toBeGreaterThan(0);
				const lines = Buffer.from(bytes).toString("utf8").split("\n").length;
				for (const problem of reading.problems) {
					expect(problem).toMatchObject({ kind: "document-invalid", file: FILE });
					if (problem.kind !== "document-invalid") continue;
					expect(problem.line).toBeGreaterThanOrEqual(1);
					expect(problem.line).toBeLessThanOrEqual(lines);
				}
			}),
			{ numRuns: 1_500 },
		);
	});
});

test("front matter that was written from values is read as those values", () => {
	const id = fc.stringMatching(/^[A-Z]{1,4}-[1-9][0-9]{0,3}$/);
	const ids = fc.array(id, { maxLength: 4 });
	const text = fc.string({ unit: LETTER, maxLength: 30 });
	const amount = fc.option(fc.nat(9));
	const fields = fc.record({
		id,
		title: text.map((each) => each.trim()).filter((each) => each !== ""),
		project: id,
		state: text,
		priority: amount,
		estimate: fc.option(fc.double({ min: 0, max: 100, noNaN: true }).map(Math.abs)),
		milestone: fc.option(id),
		assignees: fc.array(text, { maxLength: 3 }),
		labels: fc.array(text, { maxLength: 3 }),
		parent: fc.option(id),
		children: ids,
		blocked_by: ids,
		blocked: ids,
		related_to: ids,
	});
	const writers: readonly ((value: object) => string)[] = [
		(value) => stringify(value),
		(value) => stringify(value, { defaultStringType: "QUOTE_DOUBLE", collectionStyle: "flow" }),
		(value) => stringify(value, { defaultStringType: "BLOCK_LITERAL" }),
		(value) =>
			Object.entries(value)
				.map(([key, each]) => `${key}: ${JSON.stringify(each)}\n`)
				.join(""),
	];
	fc.assert(
		fc.property(fields, fc.constantFrom(...writers), fc.boolean(), (written, write, crlf) => {
			const yaml = `---\n${write(written)}---\n\nText.\n`;
			// A text of blanks is not written as it is in every style.
			fc.pre(isDeepStrictEqual(parse(yaml.split("---\n")[1] ?? ""), written));
			// As such, and not as escapes, they make the file one that is no text, or no YAML.
			fc.pre(!/[^\P{Cc}\t\n\r]|[\ufffe\uffff]/u.test(yaml));
			// A line end within a text is part of the value; where it was written raw, CRLF would be another value.
			const document = crlf && !/\r/.test(yaml) ? yaml.replaceAll("\n", "\r\n") : yaml;
			const { blocked_by, blocked, related_to, ...rest } = written;
			expect(issueIn(document)).toMatchObject({
				...rest,
				blockedBy: blocked_by,
				blocks: blocked,
				relatedTo: related_to,
			});
		}),
		{ numRuns: 400 },
	);
});

function issueIn(content: string | Uint8Array) {
	const reading = read(content);
	if (reading.kind !== "issue") throw new Error(JSON.stringify(reading));
	return reading.issue;
}

function aliased(): string {
	return withFrontMatter(...REQUIRED, "labels: &a [x]", "assignees: *a");
}

/** Lists of nine aliases each, of the list before. */
function bomb(levels: number): string[] {
	const lines = ["l0: &l0 [x, x, x, x, x, x, x, x, x]"];
	for (let level = 1; level < levels; level++) {
		lines.push(
			`l${level}: &l${level} [${Array(9)
				.fill(`*l${level - 1}`)
				.join(", ")}]`,
		);
	}
	return lines;
}
