import { expect, test } from "vitest";
import type { AcceptRecord } from "../../tasks/contract/accept-record.ts";
import type { VerifyRecord } from "../../tasks/contract/verify-record.ts";
import { deliverOrchfile } from "../support/edited-orchfile.ts";
import { createWorld, type World } from "../support/world.ts";

const orchfile = await deliverOrchfile(`[{ name: "tests", run: "npm test", junit: "tests.xml" }]`);
const PACKAGE = {
	type: "module",
	scripts: { test: "node --test --test-reporter=junit --test-reporter-destination=$ORCH_REPORTS/tests.xml test/" },
};
const TEST = 'import { test } from "node:test";\n\ntest("is there", () => {});\n';

test("the whole chain, with an issue that a review sends back, and one that breaks a check", async () => {
	await using world = await worldOf(["A-1", "A-2", "A-3"]);
	const judged = await world.run(["deliver", "M1", "--rehearse", "-j", "2"], orchfile);
	expect(judged.exitCode, judged.stderr).toBe(0);
	expect(judged.stderr).toMatch(/^A-\d .* verify {2}on the base: \$ tests: npm test$/m);
	expect(judged.stderr).toMatch(/^A-3 .* verify {2}once more: \$ tests: npm test$/m);
	expect(judged.stderr).toMatch(/^Rehearsal: .*one breaks a check, and one is sent back/s);
	for (const id of ["A-1", "A-2", "A-3"])
		expect(await read<AcceptRecord>(world, id, "accept-run"), id).toMatchObject({ outcome: "accepted", reasons: [] });
	expect(await read<VerifyRecord>(world, "A-3", "verify-run")).toMatchObject({
		failures: ["new-failures"],
		newFailures: [{ check: "tests", test: expect.stringContaining("rehearsal-A-3") }],
	});
	expect(await read(world, "A-2", "review-1-run")).toMatchObject({ outcome: "changes_required" });
	expect(await read(world, "A-2", "review-2-run")).toMatchObject({ outcome: "pass" });
	const { git } = world.repository;
	expect(await git(["diff", "--name-only", "main", "rehearsal/A-3"])).toBe("rehearsal-A-3.md");
	expect(await git(["show", "rehearsal/A-2:rehearsal-A-2.md"])).toMatch(/^Reviewed: yes$/m);
	// Whoever asks for one phase alone is shown one that is well.
	const plain = await world.run(["dev", "A-3", "-B", "--rehearse"], orchfile);
	expect(plain.exitCode, plain.stderr).toBe(0);
	expect(await git(["diff", "--name-only", "main", "rehearsal/A-3"])).toBe("rehearsal-A-3.md");
	const cleaned = await world.run(["clean", "--rehearse", "--yes"], orchfile);
	expect(cleaned.exitCode, cleaned.stderr).toBe(0);
	expect(await git(["for-each-ref", "--format=%(refname)"])).toBe("refs/heads/main");
});

test("what checks and reviews catch: tests that assert nothing, checks that are emptied, a fix that does nothing", async () => {
	await using world = await worldOf(["A-1"]);
	const run = async (scenario: string) => {
		const finished = await world.run(["deliver", "A-1", `--rehearse=${scenario}`], orchfile);
		const cleaned = () => world.run(["clean", "--rehearse", "--yes"], orchfile);
		return { ...finished, cleaned };
	};
	const weak = await run("weak-tests");
	expect(weak.exitCode, weak.stderr).toBe(0);
	expect(await read<VerifyRecord>(world, "A-1", "verify-run")).toMatchObject({
		newTests: 1,
		unproved: [{ check: "tests", test: expect.stringContaining("rehearsed for A-1") }],
	});
	expect(weak.stdout).toContain("1 unproved");
	expect((await weak.cleaned()).exitCode).toBe(0);

	const cheats = await run("cheats");
	expect(cheats.exitCode, cheats.stderr).toBe(1);
	for (const file of ["verify-run", "verify-2-run"])
		expect(await read<VerifyRecord>(world, "A-1", file), file).toMatchObject({
			changed: ["package.json: scripts.test"],
		});
	expect((await read<AcceptRecord>(world, "A-1", "accept-run")).outcome).toBe("not-accepted");
	expect((await cheats.cleaned()).exitCode).toBe(0);

	const stubborn = await run("stubborn");
	expect(stubborn.exitCode, stubborn.stderr).toBe(1);
	expect(await read<AcceptRecord>(world, "A-1", "accept-run")).toMatchObject({ outcome: "not-accepted" });
	expect(await read(world, "A-1", "review-2-run")).toMatchObject({ outcome: "changes_required" });
	expect((await stubborn.cleaned()).exitCode).toBe(0);
});

async function worldOf(ids: readonly string[]): Promise<World> {
	const world = await createWorld(ids.map((id) => ({ id })));
	const { repository } = world;
	await repository.write("package.json", JSON.stringify(PACKAGE));
	await repository.write("test/there.test.js", TEST);
	await repository.commit();
	return world;
}

function read<T>({ log }: World, id: string, file: string): Promise<T> {
	return log<T>(`../rehearsal/M1/${id}/${file}.json`);
}
