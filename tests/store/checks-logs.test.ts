import { readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sweepAbandoned } from "../../tasks/store/checks-logs.ts";
import { UNFINISHED } from "../../tasks/system/atomic-write.ts";
import { temporaryFolder } from "../support/documents.ts";

test("what a killed run was about to put in its place goes, and what another one is writing stays", async () => {
	await using folder = await temporaryFolder();
	const [old, now, verdict] = [`.a.json.1${UNFINISHED}`, `.b.json.2${UNFINISHED}`, "c.json"] as const;
	for (const name of [old, now, verdict]) await writeFile(join(folder.path, name), "{}");
	const hourAgo = Date.now() / 1_000 - 3_600;
	for (const name of [old, verdict]) await utimes(join(folder.path, name), hourAgo, hourAgo);
	await sweepAbandoned(folder.path);
	expect((await readdir(folder.path)).sort()).toEqual([now, verdict]);
	await sweepAbandoned(join(folder.path, "nonesuch"));
});
