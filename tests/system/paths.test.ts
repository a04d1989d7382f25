import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isDiskFullText } from "../../tasks/system/disk-space.ts";
import { absolutePath } from "../../tasks/system/find-program.ts";
import { exists, findNearest, findReachable, isInside } from "../../tasks/system/paths.ts";
import { temporaryFolder } from "../support/documents.ts";

test.each([
	["/a/b", "/a", true],
	["/a", "/a", true],
	["/a/..b", "/a", true],
	["/a/b/../..", "/a", false],
	["/ab", "/a", false],
	["/", "/a", false],
	["/a", "/", true],
])("%s in %s: %s", (path, folder, is) => {
	expect(isInside(path, folder)).toBe(is);
});

test("a link that leads nowhere is in the way, and no place to write to", async () => {
	await using folder = await temporaryFolder();
	const { path } = folder;
	await mkdir(join(path, "there"));
	await symlink(join(path, "nowhere"), join(path, "link"));
	expect(await findNearest(join(path, "there/a/b"))).toBe(join(path, "there"));
	expect(await findReachable(join(path, "there/a/b"))).toBe(join(path, "there"));
	expect(await findNearest(join(path, "link/a"))).toBe(join(path, "link"));
	expect(await findReachable(join(path, "link/a"))).toBe(path);
	expect(await exists(join(path, "link"))).toBe(true);
	expect(await exists(join(path, "nowhere"))).toBe(false);
});

test("a PATH without folders that stand where the program is started", () => {
	expect(absolutePath("/usr/bin:.::bin:/bin")).toBe("/usr/bin:/bin");
	expect(absolutePath("")).toBe("");
});

test("words for a full disk", () => {
	for (const text of ["npm ERR! code ENOSPC", "cp: write: No space left on device", "Disk quota exceeded"])
		expect(isDiskFullText(text)).toBe(true);
	expect(isDiskFullText("Permission denied")).toBe(false);
});
