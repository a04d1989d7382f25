import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect, test } from "vitest";
import { programOptions, readArguments } from "../tasks/cli/arguments.ts";
import { ROOT } from "./support/documents.ts";

const read = (file: string) => readFileSync(join(ROOT, file), "utf8");

test("links between documents lead somewhere", () => {
	const documents = execFileSync("git", ["ls-files", "-z", "*.md"], { cwd: ROOT, encoding: "utf8" }).split("\0");
	const links = documents
		.filter(Boolean)
		.flatMap((file) =>
			[...read(file).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, target = ""]) => ({ file, target })),
		);
	expect(links.length).toBeGreaterThan(10);
	for (const { file, target } of links)
		expect(existsSync(join(ROOT, dirname(file), target)), `${file}: ${target}`).toBe(true);
});

test("every decision is in their index, under its own title", () => {
	const index = read("docs/decisions/README.md");
	const files = readdirSync(join(ROOT, "docs/decisions")).filter((name) => /^\d{4}-/.test(name));
	expect(files.length).toBeGreaterThan(10);
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

test("the README has every option that the help has, with its variable, and no other", () => {
	const request = readArguments(["--help"], "orchfile", ROOT);
	const help = request.kind === "help" ? request.text : "";
	const variables = programOptions().flatMap(({ envVar }) => envVar ?? []);
	const table = read("README.md").split("## Options")[1]?.split("## Exit codes")[0] ?? "";
	const found = (text: string, pattern: RegExp) => [...new Set(text.match(pattern))].sort();
	expect(found(table, /--[a-z-]+(?=[` ])/g)).toEqual(found(help, /--[a-z-]+(?=[, ])/g));
	expect(found(table, /ORCH_[A-Z_]+/g)).toEqual(variables.sort());
	for (const line of table.split("\n")) {
		const [, name, variable] = /^\| .*`--([a-z-]+).*?\| `(ORCH_[A-Z_]+)` \|/.exec(line) ?? [];
		if (name) expect(variable).toBe(`ORCH_${name.toUpperCase().replaceAll("-", "_")}`);
	}
});
