import { lstatSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeWhiteouts } from "../../tasks/system/confine/whiteouts.ts";
import { withTemporaryFolder } from "../../tasks/system/temporary-folder.ts";

test("where something is already, it stays and is told, first or last, and all others are made", async () => {
	await withTemporaryFolder(async (folder) => {
		const [a, file, b, full, c, d] = ["a", "file", "b", "full", "c", "d"].map((name) => join(folder, name)) as string[];
		writeFileSync(file as string, "");
		mkdirSync(full as string);
		const places = [file, a, full, b] as string[];
		expect(await makeWhiteouts(places)).toEqual([file, full]);
		expect(await makeWhiteouts([c, file, d, full] as string[])).toEqual([file, full]);
		for (const each of [a, b, c, d]) expect(lstatSync(each as string)).toMatchObject({ rdev: 0 });
		for (const each of [a, b, c, d]) expect(lstatSync(each as string).isCharacterDevice()).toBe(true);
		expect(lstatSync(file as string).isFile()).toBe(true);
	});
	expect(await makeWhiteouts([])).toEqual([]);
});
