import { expect, test } from "vitest";
import { plainEnvironment } from "../support/faults.ts";
import { harmDone, leftBehind } from "../support/invariants.ts";
import { expectEachOutcome } from "../support/mixed-run.ts";
import { editAndPass } from "../support/scripts.ts";
import { expectSideBySide } from "../support/side-by-side.ts";
import { snapshot } from "../support/snapshot.ts";
import { soak, tellOf } from "../support/soak.ts";
import { createWorld } from "../support/world.ts";

test("sixty-four issues, eight at once, of which every fourth agent misbehaves", () => expectEachOutcome(64, 0, "20s"));

test("twenty rounds of eight issues at once", async () => {
	const rounds = Array.from({ length: 20 }, (_, round) => round);
	const ids = Array.from({ length: 8 }, (_, at) => `A-${at + 1}`);
	const found = await soak("eight at once", 0.1, rounds, 1, async () => {
		await using world = await createWorld(ids.map((id) => ({ id, script: editAndPass })));
		const before = await snapshot(world.repository);
		const ended = await world.run(["dev", "M1", "-j", "8"], { env: await plainEnvironment(world) });
		const wrong = [...(await harmDone(world, before, ids)), ...(await leftBehind(world, before, ids))];
		if (ended.exitCode !== 0) wrong.push(`it ended with ${ended.exitCode}`);
		return tellOf(wrong, world, [ended]);
	});
	expect(found).toEqual([]);
});

test("two runs in one repository at a time, beside a person who adds and removes worktrees", async () => {
	const found = await soak("side by side", 0.05, [1, 2, 3, 4, 5], 1, async () => {
		await expectSideBySide(8, 4);
		return [];
	});
	expect(found).toEqual([]);
});
