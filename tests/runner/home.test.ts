import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { classifyTurn } from "../../tasks/runner/codex/classify.ts";
import { homeProblems } from "../../tasks/runner/codex/home.ts";
import { temporaryFolder } from "../support/documents.ts";

test("a home that Codex could not write, or make, is found before a turn begins", async () => {
	await using folder = await temporaryFolder();
	expect(await homeProblems(folder.path)).toEqual([]);
	expect(await homeProblems(join(folder.path, "not/there/yet"))).toEqual([]);
	const file = join(folder.path, "file");
	await writeFile(file, "");
	for (const home of [file, join(file, ".codex")])
		expect(await homeProblems(home)).toMatchObject([{ kind: "folder-unwritable", path: file }]);
	// As Codex 0.163 said it of a disk that can only be read: every further turn would end so.
	const message = "Error: failed to initialize in-process app-server client: Read-only file system (os error 30)";
	expect(classifyTurn({ kind: "failed", message })).toEqual({ everyTurn: "configuration" });
});
