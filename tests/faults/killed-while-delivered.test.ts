import { expect, test } from "vitest";
import { begunAgain, checkedOrchfile, createDelivered } from "../support/delivered.ts";
import { type Fault, faultyEnvironment, plainEnvironment } from "../support/faults.ts";
import { harmDone, leftBehind } from "../support/invariants.ts";
import { snapshot } from "../support/snapshot.ts";

const IDS = ["A-1"];
const orchfile = await checkedOrchfile();

/** A kill before each of these leaves another state to go on from; the soak has every step, and what dev does in both. */
const STATES = [
	"rename logs/A-1/verify-run.json",
	"open logs/A-1/review-1-run.json.tmp #2",
	"git commit #2",
	"git worktree add #4",
	"rm repo/.git/worktrees/c@1",
	"open logs/A-1/accept-run.json.tmp",
] as const;

for (const step of STATES) {
	test.concurrent(`killed before ${step}`, async () => {
		await expectGoesOn({ step, kind: "kill-before" });
	});
}

/** Types the same command again after a run that was killed: it is accepted, and no turn is taken again whose result stands. */
async function expectGoesOn(fault: Fault): Promise<void> {
	const delivered = await createDelivered([{ id: "A-1" }]);
	await using world = delivered.world;
	const before = await snapshot(world.repository);
	const killed = await world.run(["deliver", "M1"], { ...orchfile, env: await faultyEnvironment(world, fault) });
	expect(killed.signal, killed.stderr).toBe("SIGKILL");
	expect(await harmDone(world, before, IDS)).toEqual([]);
	const standing = await delivered.standing("A-1");
	const begun = delivered.turnsOf("A-1");

	const again = await world.run(["deliver", "M1"], { ...orchfile, env: await plainEnvironment(world) });
	const found = [
		...(await harmDone(world, before, IDS)),
		...(await leftBehind(world, before, IDS, { mostCommits: 2, isDelivered: true })),
		...begunAgain(delivered, "A-1", standing, begun),
	];
	expect({ exitCode: again.exitCode, found }, again.stdout + again.stderr).toEqual({ exitCode: 0, found: [] });
}
