import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { startsPrograms } from "../../tasks/system/starts-programs.ts";
import { temporaryFolder } from "../support/documents.ts";
import { noSmallDisk } from "../support/small-disk.ts";

test("a folder in which no program may be started is told from others", async ({ skip }) => {
	await using folder = await temporaryFolder();
	expect(await startsPrograms(folder.path)).toBe(true);
	expect(readdirSync(folder.path)).toEqual([]);
	skip(noSmallDisk !== undefined, noSmallDisk);
	execFileSync("mount", ["-t", "tmpfs", "-o", "noexec,size=1m", "noexec", folder.path]);
	try {
		expect(await startsPrograms(folder.path)).toBe(false);
	} finally {
		execFileSync("umount", [folder.path]);
	}
});
