import { symlink } from "node:fs/promises";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readDocument } from "../../tasks/backlog/document.ts";
import { readLayout } from "../../tasks/backlog/read-layout.ts";
import { FILE, read, withFrontMatter } from "../support/documents.ts";
import { createWorld } from "../support/world.ts";

const COMPLETE = withFrontMatter("id: A-1", "title: T", "project: p");
const WITHOUT = COMPLETE.replace("---\n", "");

describe("a document that looks like an issue", () => {
	test.each([
		["that has lost its opening fence", WITHOUT, 1],
		["that has lost both", WITHOUT.replace("---\n", ""), 1],
		["that has lost it, below a heading", `# A-1\n\n${WITHOUT}`, 3],
		["that has lost it, below blank lines", `\n\n${WITHOUT}`, 3],
		["with a blank line before the fence", `\n${COMPLETE}`, 2],
		["with CRLF and a blank line before the fence", `\n${COMPLETE}`.replaceAll("\n", "\r\n"), 2],
		["with a blank before the fence", ` ${COMPLETE}`, 1],
		["with two byte order marks", `\uFEFF\uFEFF${COMPLETE}`, 1],
		["with a byte order mark behind a blank line", `\n\uFEFF${COMPLETE}`, 2],
		["with a byte order mark and a blank line", `\uFEFF\n${COMPLETE}`, 2],
		["with a heading before the fence", `# A-1: T\n\n${COMPLETE}`, 3],
		["with a comment before the fence", `<!-- synced -->\n${COMPLETE}`, 2],
		["with a line of text before the fence", `Draft.\n${COMPLETE}`, 2],
		["behind a rule of four dashes", COMPLETE.replace("---", "----"), 1],
		["behind a rule of four dashes and a blank", COMPLETE.replace("---", "---- "), 1],
		["behind a rule of two dashes", COMPLETE.replace("---", "--"), 1],
		["behind a rule of dashes with blanks between", COMPLETE.replace("---", "--- -"), 1],
		["behind a dash that an editor has drawn", COMPLETE.replace("---", "—"), 1],
		["behind a fence of TOML", '+++\nid = "A-1"\ntitle = "T"\n+++\n', 1],
		["behind a fence of equals signs", COMPLETE.replaceAll("---", "==="), 1],
		["in a block of code", "```yaml\nid: A-1\ntitle: T\n```\n", 1],
		["whose keys are in quotes", '"id": A-1\n"title": T\n', 1],
		["with keys of others between", "url: x\nid: A-1\ncreated: y\nstate: done\n", 1],
	])("%s", (_, text, line) => {
		const lost = { kind: "document-invalid", file: FILE, line, what: expect.any(String), expected: expect.any(String) };
		expect(read(text)).toEqual({ kind: "no-front-matter", file: FILE, lost });
	});
});

test("lines that the layout reads are no front matter that has lost its fence", () => {
	const layout = readLayout({
		...{ issues: "issues/*.md", project: "p" },
		fields: { id: "{id}-*.md", title: "# {title}", state: "State: {state}", priority: "Priority: {priority}" },
	});
	const text = "# A door\n\nstate: done\npriority: high\n";
	const read = (file: string, written = text) => readDocument(file, Buffer.from(written), layout);
	expect(read("issues/01-door.md")).toMatchObject({ kind: "issue", issue: { id: "01", state: "done", priority: 2 } });
	expect(read("issues/01-door.md", `${text}labels: x\nmilestone: M1\n`)).toHaveProperty("lost");
});

test.each([
	["prose", "# Notes\n\nWe decided: nothing.\n\n---\n\nMore.\n"],
	["a heading and one line like a field", "# T\n\nid: A-1\n"],
	["a table", "| id | title |\n|---|---|\n| A | B |\n"],
	[
		"an example further down",
		`# How to write one\n\nLike this:\n\n\`\`\`\n${COMPLETE}\`\`\`\n`.replaceAll("---\n", ""),
	],
	["rules between its parts", "# T\n\n---\n\nPart one.\n\n---\n\nPart two.\n"],
	["a front page of another tool", "---x\nlayout: post\n"],
])("a document with %s does not", (_, text) => {
	expect(read(text)).not.toHaveProperty("lost");
});

test("whatever is read of any text, it is quick and never throws", () => {
	const line = fc.constantFrom("---", "id: A-1", "title: T", "", "# x", "prose", " ---", "- a", "+++", "\uFEFF---");
	fc.assert(
		fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
			const reading = read(lines.join("\n"));
			if (reading.kind !== "no-front-matter" || reading.lost?.kind !== "document-invalid") return;
			expect(lines.length).toBeGreaterThanOrEqual(reading.lost.line);
		}),
	);
	const started = performance.now();
	read(`${" ".repeat(100_000)}x\n${"id:".repeat(50_000)}`);
	read(`${"- ".repeat(120_000)}x`);
	expect(performance.now() - started).toBeLessThan(1_000);
});

test("check tells of it with its line, and a run counts it", async () => {
	await using world = await createWorld([{ id: "A", state: "done" }]);
	await world.repository.write("docs/projects/p/issues/lost.md", WITHOUT.replace("A-1", "L"));
	await world.repository.write("docs/projects/p/issues/README.md", "# What is here\n");
	await world.repository.write("elsewhere/B.md", withFrontMatter("id: B", "title: T", "project: p"));
	await symlink("../../../../elsewhere/B.md", join(world.repository.path, "docs/projects/p/issues/B.md"));
	await symlink("../../../../elsewhere", join(world.repository.path, "docs/projects/p/issues/more"));
	await symlink("nowhere", join(world.repository.path, "docs/projects/p/issues/gone"));
	await world.repository.commit();
	const { stdout, exitCode } = await world.run(["check"]);
	expect(exitCode).toBe(0);
	expect(stdout).toMatch(/^docs\/projects\/p\/issues\/lost\.md:1: warning: lines of front matter without a fence/m);
	for (const link of ["B.md", "more"])
		expect(stdout).toMatch(
			new RegExp(`^docs/projects/p/issues/${link}:1: warning: a symbolic link, so it is no issue`, "m"),
		);
	expect(stdout).not.toContain("gone");
	expect(stdout).toMatch(/^2 documents without front matter left out: .*README\.md, .*lost\.md$/m);
	const plan = await world.run(["plan"]);
	expect(plan).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("every issue is closed") });
	expect(plan.stderr.replace(/\s+/g, " ")).toMatch(
		/3 documents left out that look like an issue .*lost\.md:1, .*B\.md:1, .*more:1\. To see why: .* check/,
	);
});

describe("a backlog that can't be read has not been finished", () => {
	const folder = "docs/projects/p/issues";
	test.each<readonly [string, Readonly<Record<string, string>>, RegExp]>([
		[
			"one document that is broken",
			{ x: COMPLETE.replace("title: T", "priority: strange\ntitle: T") },
			/x\.md:3: priority/,
		],
		[
			"a closed one, and one in another project that is broken",
			{ a: withFrontMatter("id: A", "title: T", "project: q", "state: done"), x: COMPLETE.replace("T", "[") },
			/x\.md:4: /,
		],
		["one that has lost its fence, and nothing else", { x: WITHOUT }, /x\.md:1: lines of front matter without a fence/],
		[
			"documents without front matter, and nothing else",
			{ x: "# X\n", y: "# Y\n" },
			/There is no issue: 2 files called .*x\.md, .*y\.md/s,
		],
		[
			"one that a person has, and one that is broken",
			{ a: withFrontMatter("id: A", "title: T", "project: q", "state: in-review"), x: COMPLETE.replace("T", "[") },
			/x\.md:4: /,
		],
	])("%s", async (_, documents, wanted) => {
		await using world = await createWorld([]);
		for (const [name, text] of Object.entries(documents)) await world.repository.write(`${folder}/${name}.md`, text);
		await world.repository.commit();
		const { exitCode, stdout, stderr } = await world.run(["plan"]);
		expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
		expect(stderr).toMatch(wanted);
	});
});
