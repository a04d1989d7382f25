import { expect, test } from "vitest";
import { plainEnvironment } from "../support/faults.ts";
import { harmDone, leftBehind } from "../support/invariants.ts";
import { expectEachOutcome } from "../support/mixed-run.ts";
import { editAndPass } from "../support/scripts.ts";
import { expectSideBySide } from "../support/side-by-side.ts";
import { snapshot } from "../support/snapshot.ts";
import { createWorld } from "../support/world.ts";

// `npm run test:soak` has the same with more of everything.

test("eight issues at once, of which every fourth agent misbehaves", () => expectEachOutcome(8, 4, "10s"));

test("eight issues at once, all of which start to write together", async () => {
	await using world = await createWorld(
		Array.from({ length: 8 }, (_, at) => ({ id: `A-${at + 1}`, script: editAndPass })),
	);
	const before = await snapshot(world.repository);
	const { exitCode, stdout, stderr } = await world.run(["dev", "M1", "-j", "8"], {
		env: await plainEnvironment(world),
	});
	expect(exitCode, stdout + stderr).toBe(0);
	const ids = world.model.issuesSeen;
	expect(await harmDone(world, before, ids)).toEqual([]);
	expect(await leftBehind(world, before, ids)).toEqual([]);
});

test("two runs in one repository, beside a person who adds and removes worktrees", () => expectSideBySide(4, 4));
