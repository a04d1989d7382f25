import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readLayout } from "../tasks/backlog/read-layout.ts";
import type { ItemSettings } from "../tasks/contract/items.ts";
import type { LayoutSettings } from "../tasks/contract/layout.ts";
import { ROOT } from "./support/documents.ts";
import { asWritten } from "./support/edited-orchfile.ts";
import { FAMILIES, type Family } from "./support/families.ts";
import { blocksIn } from "./support/guides.ts";
import { createWorld, ORCHFILE } from "./support/world.ts";

// What the guide of this name shows of a family is what is tested of it (`families.test.ts`), and what it quotes is what is printed.

const page = await readFile(join(ROOT, "docs/guides/bring-your-backlog.md"), "utf8");
const own = await readFile(ORCHFILE, "utf8");

const sectionOf = ({ name }: Family) => {
	const at = page.toLowerCase().indexOf(`\n### ${name.toLowerCase()}\n`);
	return at === -1 ? "" : (page.slice(at + 1).split(/\n(?=##)/)[0] ?? "");
};
const textsIn = (markdown: string) =>
	blocksIn(markdown).flatMap(({ language, text }) => (language === "text" ? [text] : []));
const codesIn = (text = "") => [...text.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);

/** What a block makes of an orchfile, evaluated as the orchfile is. */
function settingsIn(markdown: string): { readonly layout?: LayoutSettings; readonly items?: ItemSettings } {
	const text = blocksIn(markdown).find(({ language }) => language === "ts")?.text ?? "";
	if (text.startsWith("layout:")) return evaluate(`{ ${text} }`);
	const call = /^const backlog = (task\("discover", verb\.discoverItems\(.+\)\));$/.exec(text.trim())?.[1];
	return { items: new Function("task", "verb", `return ${call}`)((_: string, items: unknown) => items, VERB) };
}

const VERB = { discoverItems: (items: unknown) => items };

function evaluate<T>(literal: string): T {
	return new Function(`return (${literal})`)();
}

describe.each(FAMILIES)("$name", (family) => {
	const section = sectionOf(family);

	test("the orchfile says of it what the page says", () => {
		const { layout = {}, items } = settingsIn(section);
		expect({ layout, items }).toEqual({ layout: family.layout, items: family.items });
		expect(own).toContain('const backlog = task("discover", verb.discover);');
	});

	test("the documents are there, and what comes of them", () => {
		const prose = section.replace(/^```[\s\S]*?^```$/gm, "");
		const named = codesIn(prose).filter((code) => /^[^#[*{]+\/[^*]+\.md$/.test(code));
		expect(Object.keys(family.files)).toEqual(expect.arrayContaining(named));
		expect(section).toMatch(/\.md/);
		const [, open, others = ""] = /`plan` has ((?:`[^`]+`[, ]*)+)(?:;([\s\S]*?)\.(?:\s|$))?/.exec(prose) ?? [];
		expect(codesIn(open)).toEqual(family.order);
		const told = others.matchAll(/((?:`[^`]+`(?:, | and )?)+) (?:is|are) (closed|held|unknown)/g);
		const meant = [...told].flatMap(([, ids, meaning]) => codesIn(ids).map((id) => [id, meaning]));
		expect(Object.fromEntries(meant)).toEqual(family.others);
	});
});

test("what is quoted of the first family is what is printed", async () => {
	const [family] = FAMILIES as readonly [Family];
	const [found = "", planned = ""] = textsIn(page);
	await using world = await createWorld([]);
	for (const [file, text] of Object.entries(family.files)) await world.repository.write(file, text);
	await world.repository.commit();
	expect((await world.run(["init", "--dry-run"])).stdout.startsWith(`${found}\n`)).toBe(true);
	const { stdout, stderr } = await world.run(["plan"], await withLayout(JSON.stringify(family.layout)));
	const [note, ...rows] = planned.trimEnd().split("\n");
	expect(stderr).toBe(`${note}\n`);
	const cells = (lines: readonly string[]) => lines.map((line) => line.split(/ {2,}/));
	const isShown = (_: string, at: number) => at !== 5 && at !== 6;
	expect(cells(stdout.trimEnd().split("\n").slice(2)).map((row) => row.filter(isShown))).toEqual(cells(rows));
});

/** The documents of which the page shows what `check` says, by their numbers. */
const MISTAKEN: readonly string[] = [
	"---\nid: a\nstatus: done\ntitle: T\n---\n",
	"---\ntitle: T\n---\n",
	"---\nid: c\ntitle: T\nblocked_by: #7\n---\n",
	"---\nid: fix the door\ntitle: T\n---\n",
	"---\nid: e\ntitle: T\npriority: asap\n---\n",
	"---\nid: f\ntitle: T\nblocked_by: [../elsewhere/x.md]\n---\n",
	"---\nid: g\ntitle: T\nstate: perhaps\n---\n",
	"id: h\ntitle: T\nstate: planned\n---\n",
];

test("what is quoted of mistakes is what is printed", async () => {
	const quoted = textsIn(page.split("\n## What is told")[1] ?? "")[0];
	await using world = await createWorld([]);
	for (const [at, text] of MISTAKEN.entries()) await world.repository.write(`backlog/0${at + 1}.md`, text);
	await world.repository.commit();
	const { stdout } = await world.run(["check"], await withLayout('{ issues: "backlog/*.md", project: "app" }'));
	expect(stdout.split("\n").filter((line) => line.startsWith("backlog/"))).toEqual(quoted?.trimEnd().split("\n"));
});

test("what the table says can be written into a layout", () => {
	const rows = /\| in the layout \|\n(?:\|.*\n)+/.exec(page)?.[0].split("\n").slice(2) ?? [];
	const settings = rows.flatMap((row) => codesIn(row.split(" | ")[1]));
	expect(settings.length).toBeGreaterThan(10);
	for (const each of settings) expect(() => readLayout(evaluate(`{ ${each} }`)), each).not.toThrow();
});

function withLayout(layout: string) {
	return asWritten(own.replace("export const graph = {", () => `export const graph = {\n\tlayout: ${layout} as any,`));
}
