import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { mergeChecksLogs, mergeLogFolder } from "../../tasks/store/move-logs.ts";
import { writeJson } from "../../tasks/store/records.ts";
import { readAcceptRecord, readVerifyRecords } from "../../tasks/store/verdicts.ts";
import { acceptRecord, temporaryFolder, verifyRecord } from "../support/documents.ts";

const [EARLY, LATE] = ["2026-01-02T03:05:05.678Z", "2026-01-03T03:05:05.678Z"] as const;
const asName = (time: string) => time.replaceAll(":", "-");

/** Logs of an issue that was judged at this time, in two verifications. */
async function judged(folder: string, time: string, ...more: readonly string[]): Promise<string> {
	await mkdir(folder, { recursive: true });
	for (const name of ["verify", "verify-2"]) {
		await writeJson(join(folder, `${name}-run.json`), verifyRecord({ startedAt: time }));
		await writeFile(join(folder, `${name}.tests.log`), time);
	}
	for (const name of more) await writeFile(join(folder, name), time);
	await writeJson(join(folder, "accept-run.json"), acceptRecord({ at: time }));
	return folder;
}

const LAST = ["accept-run.json", "verify-2-run.json", "verify-2.tests.log", "verify-run.json", "verify.tests.log"];

test.each([
	["what is moved is newer", LATE, EARLY],
	["what is there is newer", EARLY, LATE],
])("how work was judged: %s, and is the last one; the other is set aside as a whole", async (_, moved, there) => {
	await using folder = await temporaryFolder();
	const from = await judged(join(folder.path, "from"), moved, ...(moved === EARLY ? ["verify.tests.again.log"] : []));
	const to = await judged(join(folder.path, "to"), there, ...(there === EARLY ? ["verify.tests.again.log"] : []));
	await mergeLogFolder(from, to);
	expect(await readVerifyRecords(to)).toEqual([LATE, LATE].map((startedAt) => verifyRecord({ startedAt })));
	expect(await readAcceptRecord(to)).toEqual(acceptRecord({ at: LATE }));
	expect((await readdir(to)).sort()).toEqual([...LAST.slice(0, 1), "attempts", ...LAST.slice(1)].sort());
	expect(await readFile(join(to, "verify.tests.log"), "utf8")).toBe(LATE);
	const folders = (await readdir(join(to, "attempts"))).sort();
	expect(folders.every((name) => name.startsWith(asName(EARLY)))).toBe(true);
	const aside = await Promise.all(folders.map((name) => readdir(join(to, "attempts", name))));
	expect(aside.flat().sort()).toEqual([...LAST, "verify.tests.again.log"].sort());
	expect(await readdir(folder.path)).toEqual(["to"]);
});

test("a verdict that can't be read gives way to one that can; where there is none, it comes along as it is", async () => {
	await using folder = await temporaryFolder();
	const [from, to] = [await judged(join(folder.path, "from"), EARLY), join(folder.path, "to")];
	await mkdir(to);
	await writeFile(join(to, "accept-run.json"), "{");
	await mergeLogFolder(from, to);
	expect(await readAcceptRecord(to)).toEqual(acceptRecord({ at: EARLY }));
	expect(await readVerifyRecords(to)).toHaveLength(2);
	expect(await readFile(join(to, "attempts/without-record/accept-run.json"), "utf8")).toBe("{");
});

test("what is known of the checks on commits comes along, and is written over nothing", async () => {
	await using folder = await temporaryFolder();
	const [from, to] = [join(folder.path, "from"), join(folder.path, "logs/orch/checks")];
	await mergeChecksLogs(from, to);
	expect(await readdir(folder.path)).toEqual([]);
	for (const [where, names] of [
		[from, ["1.json", "2.json"]],
		[to, ["2.json", "3.json"]],
	] as const) {
		await mkdir(where, { recursive: true });
		for (const name of names) await writeFile(join(where, name), where);
	}
	await mergeChecksLogs(from, to);
	expect((await readdir(to)).sort()).toEqual(["1.json", "2.json", "3.json"]);
	expect(await readFile(join(to, "2.json"), "utf8")).toBe(to);
	expect((await readdir(folder.path)).sort()).toEqual(["logs"]);
});
