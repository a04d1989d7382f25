import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { VerifyRecord } from "../tasks/contract/verify-record.ts";
import { orchfileWithChecks } from "./support/edited-orchfile.ts";
import { leftBehind } from "./support/invariants.ts";
import { editAndPass, runAndPass } from "./support/scripts.ts";
import { snapshot } from "./support/snapshot.ts";
import { createWorld, type World } from "./support/world.ts";

test("checks by exit code: what fails and passed on the base, what failed there too, and what passes now", async () => {
	const orchfile = await orchfileWithChecks(
		'["sh check.sh one", "sh check.sh two", { name: "three", run: "sh check.sh three" }]',
	);
	await using world = await createWorld([
		{ id: "BREAKS", script: runAndPass("echo bad > data/one; rm data/two; echo x > work.txt") },
		{ id: "FIXES", script: runAndPass("echo good > data/three; echo x > work.txt") },
		{ id: "PASSES", script: editAndPass },
	]);
	const { repository } = world;
	await repository.write("check.sh", 'echo "looks at $1, $CI"; ls; grep -q good "data/$1"');
	for (const [name, text] of [
		["one", "good"],
		["two", "good"],
		["three", "bad"],
	] as const)
		await repository.write(`data/${name}`, text);
	await repository.commit();
	const before = await snapshot(repository);
	const { exitCode, stderr } = await world.run(["dev", "M1", "-j", "2"], orchfile);
	expect(exitCode, stderr).toBe(0);
	expect(await recordOf(world, "BREAKS")).toMatchObject({
		failures: ["new-failures"],
		newFailures: [{ check: "sh check.sh one" }, { check: "sh check.sh two" }],
		preExisting: [{ check: "three" }],
	});
	expect(await recordOf(world, "FIXES")).toMatchObject({ failures: [], fixed: [{ check: "three" }] });
	expect(await recordOf(world, "PASSES")).toMatchObject({ failures: [], preExisting: [{ check: "three" }] });
	expect((await leftBehind(world, before, ["BREAKS", "FIXES", "PASSES"])).filter(isLeft)).toEqual([]);
	const logs = join(repository.path, "logs/orch/M1/BREAKS");
	expect(await readFile(join(logs, "verify.three.log"), "utf8")).toMatch(/^looks at three, true\n[\s\S]*work\.txt/);
	expect((await readdir(logs)).filter((name) => name.startsWith("verify")).sort()).toEqual([
		"verify-run.json",
		...["one", "two"].flatMap((name) => ["again.log", "log"].map((end) => `verify.sh%20check%2esh%20${name}.${end}`)),
		"verify.three.again.log",
		"verify.three.log",
	]);
	// Each was run once on the base, whatever number of issues start from it; what failed, twice.
	const known = (await readdir(join(repository.path, "logs/orch/checks"))).map((name) =>
		name.replace(/^[0-9a-f]{32}|(?<=\.)[0-9a-f]{8}(?=\.)/g, "#"),
	);
	expect(known.sort()).toEqual([
		"#.json",
		"#.json",
		"#.json",
		"#.sh%20check%2esh%20one.#.log",
		"#.sh%20check%2esh%20two.#.log",
		"#.three.#.again.log",
		"#.three.#.log",
	]);
	expect(existsSync(`${repository.path}.worktrees`)).toBe(false);
});

/** What an issue changes is its own affair here. */
function isLeft(what: string): boolean {
	return !/^the commit for \S+ changes /.test(what);
}

function recordOf(world: World, id: string): Promise<VerifyRecord> {
	return world.log<VerifyRecord>(`M1/${id}/verify-run.json`);
}
