import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readJudged } from "../../tasks/store/judged.ts";
import { logFolder } from "../../tasks/store/log-folder.ts";
import { listLogFolders } from "../../tasks/store/log-folders.ts";
import { writeJson } from "../../tasks/store/records.ts";
import { removeLogFolder } from "../../tasks/store/remove-log-folder.ts";
import { acceptRecord, answer, attemptRecord, temporaryFolder, verifyRecord } from "../support/documents.ts";

const KIND = "logs/orch";

test("how an issue's work was judged the last time is read from its logs, in whole records", async () => {
	await using folder = await temporaryFolder();
	const { path } = folder;
	expect(await readJudged(join(path, "nonesuch"))).toBeUndefined();
	await writeJson(join(path, "dev-run.json"), attemptRecord());
	expect(await readJudged(path)).toBeUndefined();

	const [first, second] = ["2026-01-02T03:05:05.678Z", "2026-01-02T04:05:05.678Z"] as const;
	const later = verifyRecord({ startedAt: second, failures: ["new-failures"] });
	await writeJson(join(path, "verify-run.json"), later);
	await writeJson(join(path, "verify-2-run.json"), verifyRecord({ startedAt: first }));
	expect(await readJudged(path)).toEqual({ checks: later });

	const review = attemptRecord({ phase: "review", outcome: "changes_required" });
	await writeJson(join(path, "review-1-run.json"), review);
	await writeJson(join(path, "review-1-result.json"), answer("review", { status: "changes_required" }));
	await writeJson(join(path, "accept-run.json"), acceptRecord());
	expect(await readJudged(path)).toEqual({
		checks: later,
		review: { record: review, result: answer("review", { status: "changes_required" }) },
		verdict: acceptRecord(),
	});
});

test("attempts are turns of agents: what judged them is none, and is no reason to call them none either", async () => {
	await using folder = await temporaryFolder();
	const { path: root } = folder;
	const [judged, turns] = ["A-1", "A-2"].map((id) => logFolder(root, KIND, "M1", id)) as [string, string];
	for (const file of ["accept-run.json", "verify-run.json", "verify.tests.log", "attempts/t/accept-run.json"])
		await put(judged, file);
	for (const file of [
		...["dev-run.json", "review-1-run.json", "fix-1-run.json", "verify-2-run.json", "accept-run.json"],
		...[
			"attempts/t1/dev.jsonl",
			"attempts/t2/verify-2-run.json",
			"attempts/t3/review-1-run.json",
			"attempts/t4/setup.log",
		],
	])
		await put(turns, file);
	expect(await listLogFolders(root, KIND)).toEqual([
		{ issue: "A-1", path: judged, attempts: 0, isJudged: true, patches: 0 },
		{ issue: "A-2", path: turns, attempts: 5, isJudged: true, patches: 0 },
	]);
});

test("with the last issue's logs goes what is known of the checks, and with no other's", async () => {
	await using folder = await temporaryFolder();
	const { path: root } = folder;
	const [first, last] = ["A-1", "A-2"].map((id) => logFolder(root, KIND, "M1", id)) as [string, string];
	for (const each of [first, last]) await put(each, "dev-run.json");
	await put(join(root, KIND), ".gitignore");
	await put(join(root, KIND), "checks/key.json");
	await removeLogFolder(first);
	expect((await readdir(join(root, KIND))).sort()).toEqual([".gitignore", "M1", "checks"]);
	await removeLogFolder(last);
	expect(await readdir(root)).toEqual([]);

	// A milestone may be called so.
	const [one, other] = ["A-1", "A-2"].map((id) => logFolder(root, KIND, "checks", id)) as [string, string];
	for (const each of [one, other]) await put(each, "dev-run.json");
	await put(join(root, KIND), "checks/key.json");
	await removeLogFolder(one);
	expect((await readdir(join(root, KIND, "checks"))).sort()).toEqual(["A-2", "key.json"]);
});

async function put(folder: string, file: string): Promise<void> {
	await mkdir(join(folder, file, ".."), { recursive: true });
	await writeFile(join(folder, file), "{}");
}
