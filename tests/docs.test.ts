import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect, test } from "vitest";
import { graph } from "../orchfile.ts";
import { LOOKS } from "../tasks/cli/looks.ts";
import { nameOf, type OptionRow, variableOf } from "../tasks/cli/options/option-row.ts";
import { OPTION_ROWS } from "../tasks/cli/options/option-rows.ts";
import { notAccepted } from "../tasks/cli/words/outcome-words.ts";
import { reasonWord } from "../tasks/cli/words/reason-words.ts";
import { closingTable } from "../tasks/cli/words/table.ts";
import { REFUSALS } from "../tasks/contract/accept-record.ts";
import { FIELDS } from "../tasks/contract/layout.ts";
import type { Stale } from "../tasks/contract/standing.ts";
import { NOT_RUN } from "../tasks/contract/verify-record.ts";
import type { Task } from "../tasks/engine/task.ts";
import { acceptRecord, ROOT } from "./support/documents.ts";
import { deliveryOf } from "./support/judged.ts";

const read = (file: string) => readFileSync(join(ROOT, file), "utf8");

test("links between documents lead somewhere, to a heading that is there", () => {
	const documents = execFileSync("git", ["ls-files", "-z", "*.md"], { cwd: ROOT, encoding: "utf8" }).split("\0");
	const links = documents.filter(Boolean).flatMap((file) =>
		[...read(file).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)].map(([, target = "", anchor]) => ({
			file,
			target: target === "" ? file : join(dirname(file), target),
			anchor,
		})),
	);
	expect(links.length).toBeGreaterThan(10);
	for (const { file, target, anchor } of links) {
		expect(existsSync(join(ROOT, target)), `${file}: ${target}`).toBe(true);
		if (anchor !== undefined) expect(anchorsOf(target), `${file}: ${target}`).toContain(anchor);
	}
});

/** The anchors of a document's headings, as GitHub makes them. */
function anchorsOf(file: string): string[] {
	const headings = read(file).match(/^#+ .+$/gm) ?? [];
	return headings.map((heading) =>
		heading
			.replace(/^#+ /, "")
			.toLowerCase()
			.replace(/[^\w -]/g, "")
			.replaceAll(" ", "-"),
	);
}

test("every decision is in their index, under its own title", () => {
	const index = read("docs/decisions/README.md");
	const files = readdirSync(join(ROOT, "docs/decisions")).filter((name) => /^\d{4}-/.test(name));
	expect(files.length).toBeGreaterThan(10);
	expect(files.map((file) => Number(file.slice(0, 4)))).toEqual(files.map((_, at) => at + 1));
	for (const file of files) {
		const title = /^# (\d+)\. (.+)$/m.exec(read(`docs/decisions/${file}`));
		expect(index).toContain(`${title?.[1]}. [${title?.[2]}](${file})`);
		expect(Number(file.slice(0, 4))).toBe(Number(title?.[1]));
	}
});

test("what the page on security calls a test is one", () => {
	const page = read("docs/security.md");
	const named = [...page.matchAll(/\(((?:`[a-z-]+`(?:, )?)+)[,)]/g)].flatMap(
		([, names = ""]) => names.match(/[a-z-]+/g) ?? [],
	);
	expect(named.length).toBeGreaterThan(10);
	const tests = readdirSync(join(ROOT, "tests"), { recursive: true, encoding: "utf8" }).map((file) => basename(file));
	for (const name of named) expect(tests, name).toContain(`${name}.test.ts`);
});

test("the reference has every option as its row says it, in the groups of the help, and no other", () => {
	const groups = [...new Set(OPTION_ROWS.map(({ group }) => group))];
	const wanted = groups.map((group) => {
		const rows = OPTION_ROWS.filter((row) => row.group === group).map(
			(row) => `| \`${row.flags}\` | ${withTicks(variableOf(row))} | ${meaningOf(row)} |`,
		);
		return [`### ${group}`, "", "| option | variable | |", "|---|---|---|", ...rows].join("\n");
	});
	expect(sectionOf("docs/reference.md", "Options")).toContain(wanted.join("\n\n"));
});

test("the reference says what a command that goes on leaves out, and why", () => {
	const left = OPTION_ROWS.flatMap((row) =>
		typeof row.again === "object" && row.group !== "Other" ? [`| \`--${nameOf(row)}\` | ${row.again.never} |`] : [],
	);
	expect(sectionOf("docs/reference.md", "Options")).toContain(left.join("\n"));
});

test("the reference has every field of the front matter that is read, and no other", () => {
	const table = sectionOf("docs/reference.md", "Front matter").match(/^\| `[^|]+ \|/gm) ?? [];
	const named = table.flatMap((row) => row.match(/[a-z_]+/g) ?? []);
	expect(named.sort()).toEqual([...FIELDS].sort());
});

test("the reference has every task, goal and look, with what each does", () => {
	const section = sectionOf("docs/reference.md", "Tasks and goals");
	const own = new Map([
		...graph.tasks.map(({ name, summary }) => [name, summary] as const),
		...Object.entries(graph.goals).map(([name, { summary }]) => [name, summary] as const),
		...Object.entries(LOOKS).map(([name, { summary }]) => [name, summary] as const),
	]);
	const rows = new Map(
		[...section.matchAll(/^\| `([a-z\d:-]+)` \| (.+) \|$/gm)].map(([, name = "", summary = ""]) => [name, summary]),
	);
	expect(rows).toEqual(own);
});

test("the reference has the words of why an issue is not up to date", () => {
	const section = sectionOf("docs/reference.md", "Where an issue stands");
	const reasons: readonly Stale[] = [
		{ kind: "never-run", turn: "dev" },
		{ kind: "document-changed", file: "" },
		{ kind: "made-for-another", file: "" },
		{ kind: "prompt-changed" },
		{ kind: "work-gone", path: "" },
		{ kind: "commit-lost", commit: "", branch: "", isKept: false },
		{ kind: "history-cut", commit: "", base: "" },
		{ kind: "not-committed", path: "", outcome: "pass" },
		{ kind: "not-persisted", path: "", outcome: "pass" },
		{ kind: "not-verified", commit: "" },
		{ kind: "not-reviewed", commit: "" },
		{ kind: "not-judged", commit: "" },
		{ kind: "fix-missing", because: "failing" },
		{ kind: "fix-missing", because: "changes-required" },
		{ kind: "not-accepted", record: acceptRecord({ reasons: ["new-failures"] }) },
		{ kind: "gone-on", accepted: "4f5e6d7c8b", commits: 2 },
	];
	for (const because of reasons)
		expect(section).toContain(`\`${reasonWord({ task: { name: "" } as Task, because, last: undefined })}\``);
});

test("the reference has every reason for which a check has no answer, and work is not accepted", () => {
	const [, first = "", verdicts = ""] =
		/\n## Checks\n([\s\S]*?)\n### Verdicts\n([\s\S]*?)\n## /.exec(read("docs/reference.md")) ?? [];
	const named = (text: string) => [...text.matchAll(/`([a-z]+(?:-[a-z]+)*)`(?=[^|\n]* \| )/g)].map(([, word]) => word);
	expect(named(first)).toEqual(expect.arrayContaining([...NOT_RUN]));
	expect(named(verdicts)).toEqual([...REFUSALS]);
});

test("the README is for a newcomer, and has no table that the reference has", () => {
	const lines = read("README.md").trimEnd().split("\n");
	expect(lines.length).toBeLessThanOrEqual(130);
	expect(read("README.md")).not.toMatch(/ORCH_[A-Z]+`? \|/);
});

test("the README's first table is as a closing table is: its columns, and how issues come out", () => {
	const [, shown = ""] = /^\$ npx tsx orchfile\.ts deliver M1\n([\s\S]*?)\n\n/m.exec(read("README.md")) ?? [];
	const cells = (line = "") => line.split(/ {2,}/);
	const [heading, ...rows] = shown.split("\n").map(cells);
	const real = cells(closingTable(deliveryOf({}), "/repo", false).split("\n")[0]);
	expect(heading?.slice(0, 4)).toEqual(real.slice(0, 4));
	expect(real).toEqual(expect.arrayContaining(heading ?? []));
	const words = ["accepted", ...REFUSALS.map((reason) => notAccepted(acceptRecord({ reasons: [reason] })))];
	for (const [, status = ""] of rows)
		expect(status).toMatch(new RegExp(`^(?:${words.join("|")}|blocked by LOCAL-[A-Z]+)$`));
});

test("each word of the glossary means one thing, and stands in no other's column of words not to use", () => {
	const rows = [...read("docs/glossary.md").matchAll(/^\| (.+?) \| .+ \| (.*?) \|$/gm)].slice(2);
	const words = rows.flatMap(([, word = ""]) => word.split(", "));
	const avoided = rows.flatMap(([, , not = ""]) => not.split(", "));
	expect(words.length).toBeGreaterThan(15);
	expect(new Set(words).size).toBe(words.length);
	expect(words.filter((word) => avoided.includes(word))).toEqual([]);
});

function withTicks(text: string | undefined): string {
	return text === undefined ? "" : `\`${text}\``;
}

/** What the reference says of an option, with what it is by default where that is not said already. */
function meaningOf({ about, more, default: standard }: OptionRow): string {
	const text = more ?? about;
	if (standard === undefined) return text;
	return `${text}; ${/\s/.test(standard.said) ? standard.said : withTicks(standard.said)} by default`;
}

function sectionOf(file: string, heading: string): string {
	return read(file).split(`\n## ${heading}\n`)[1]?.split(/^## /m)[0] ?? "";
}
