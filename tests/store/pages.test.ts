import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isPage, pageName } from "../../tasks/store/pages.ts";
import { removeLogFolder } from "../../tasks/store/remove-log-folder.ts";
import { temporaryFolder } from "../support/documents.ts";

test("pages go with the last logs that they tell of, and nothing else does", async () => {
	await using folder = await temporaryFolder();
	const all = join(folder.path, "logs/orch");
	for (const issue of ["M1/A-1", "M1/B-1", "M2/C-1"]) await mkdir(join(all, issue), { recursive: true });
	const files = [".gitignore", "report.html", "report-p.html", "M1/report.html", "M1/.report.html.x.orchfile-tmp"];
	for (const file of [...files, "M2/report.html", "M2/mine.html"]) await writeFile(join(all, file), "");
	const left = async () => (await readdir(folder.path, { recursive: true })).filter((name) => /html/.test(name)).sort();

	await removeLogFolder(join(all, "M1/A-1"));
	expect(await left()).toHaveLength(6);
	await removeLogFolder(join(all, "M1/B-1"));
	expect(await readdir(all)).not.toContain("M1");
	await removeLogFolder(join(all, "M2/C-1"));
	expect(await left()).toEqual(["logs/orch/M2/mine.html", "logs/orch/report-p.html", "logs/orch/report.html"]);
});

test.each([
	[pageName(), true],
	[pageName("p"), true],
	[pageName("a/b c"), true],
	["reports.html", false],
	["report.html.bak", false],
])("%s is a page: %s", (file, expected) => {
	expect(isPage(file)).toBe(expected);
	expect(file).not.toContain("/");
});
