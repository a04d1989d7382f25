import { expect, test } from "vitest";
import { begunAgain, checkedOrchfile, createDelivered } from "../support/delivered.ts";
import {
	type Fault,
	type FaultKind,
	faultyEnvironment,
	plainEnvironment,
	recordingEnvironment,
} from "../support/faults.ts";
import { harmDone, leftBehind } from "../support/invariants.ts";
import { editAndPass } from "../support/scripts.ts";
import { snapshot } from "../support/snapshot.ts";
import { random, SEED, soak, tellOf } from "../support/soak.ts";
import { createWorld } from "../support/world.ts";

const ISSUES = [
	{ id: "A-1", blocked: ["A-2"], script: editAndPass },
	{ id: "A-2", blocked_by: ["A-1"], script: editAndPass },
	{ id: "A-3", script: editAndPass },
];
const IDS = ISSUES.map(({ id }) => id);

/** The faults that make a difference at a step: after it is before the next one, unless git or a child does more alone. */
function faultsAt(step: string): FaultKind[] {
	const isGit = step.startsWith("git");
	return [
		"kill-before",
		...(isGit || step.startsWith("fork") ? (["kill-after"] as const) : []),
		...(isGit ? (["kill-during", "kill-git", "no-space-late"] as const) : []),
		...(FREEING.test(step) ? [] : (["no-space", "no-space-once"] as const)),
	];
}

/** Steps that take no space on a disk. */
const FREEING = /^(?:rm|rmdir|rename|fork|codex|git worktree remove|git update-ref -d)\b/;

test("every fault at every step of three issues, of which one is stacked, two at once", async () => {
	const steps = await recordSteps();
	const faults = steps.flatMap((step) => faultsAt(step).map((kind): Fault => ({ step, kind })));
	expect(await soak("every fault", 0.4, random(SEED).shuffled(faults), 2, goOn)).toEqual([]);
});

async function recordSteps(): Promise<string[]> {
	await using world = await createWorld(ISSUES);
	const { env, steps } = await recordingEnvironment(world);
	const { exitCode, stderr } = await world.run(["dev", "M1", "-j", "2"], { env });
	expect(exitCode, stderr).toBe(0);
	return steps();
}

const orchfile = await checkedOrchfile();
const DELIVERED = ["A-1"];

test("every fault at every step of an issue that is delivered with all its turns", async () => {
	const recorded = await createDelivered([{ id: "A-1" }]);
	await using world = recorded.world;
	const { env, steps } = await recordingEnvironment(world);
	const { exitCode, stderr } = await world.run(["deliver", "M1"], { ...orchfile, env });
	expect(exitCode, stderr).toBe(0);
	// What dev does as well is gone through above; in temporary folders it is the same each time.
	const own = (await steps()).filter((step) => !/ tmp\/orchfile-|logs\/A-1\/(?:dev|\.gitignore)/.test(step));
	const faults = own.flatMap((step) => faultsAt(step).map((kind): Fault => ({ step, kind })));
	expect(await soak("every fault of a delivery", 0.4, random(SEED).shuffled(faults), 2, deliver)).toEqual([]);
});

async function deliver(fault: Fault): Promise<string[]> {
	const delivered = await createDelivered([{ id: "A-1" }]);
	await using world = delivered.world;
	const before = await snapshot(world.repository);
	const first = await world.run(["deliver", "M1"], { ...orchfile, env: await faultyEnvironment(world, fault) });
	const harm = await harmDone(world, before, DELIVERED);
	const [standing, begun] = [await delivered.standing("A-1"), delivered.turnsOf("A-1")];
	const again = await world.run(["deliver", "M1"], { ...orchfile, env: await plainEnvironment(world) });
	const wrong = [
		...harm.map((line) => `after the fault: ${line}`),
		...(await harmDone(world, before, DELIVERED)),
		...(await leftBehind(world, before, DELIVERED, { mostCommits: 3, isDelivered: true })),
		...begunAgain(delivered, "A-1", standing, begun),
		...(again.exitCode === 0 ? [] : [`the same command ended with ${again.exitCode}`]),
		...(/defect of orchfile|Warning:|node:/.test(first.stderr + again.stderr) ? ["it is a defect"] : []),
	];
	return tellOf(wrong, world, [first, again]);
}

/** A run that meets the fault, then the same command until it has nothing to do: what is wrong after either. */
async function goOn(fault: Fault): Promise<string[]> {
	await using world = await createWorld(ISSUES);
	const before = await snapshot(world.repository);
	const command = ["dev", "M1", "-j", "2"];
	const first = await world.run(command, { env: await faultyEnvironment(world, fault) });
	const harm = await harmDone(world, before, IDS);
	const again = await world.run(command, { env: await plainEnvironment(world) });
	const wrong = [
		...harm.map((line) => `after the fault: ${line}`),
		...(await harmDone(world, before, IDS)),
		...(await leftBehind(world, before, IDS, {
			mostCommits: fault.kind.startsWith("no-space") || fault.kind === "kill-git" ? 2 : 1,
		})),
		...(again.exitCode === 0 ? [] : [`the same command ended with ${again.exitCode}`]),
		...(/defect of orchfile|Warning:|node:/.test(first.stderr + again.stderr) ? ["it is a defect"] : []),
	];
	return tellOf(wrong, world, [first, again]);
}
