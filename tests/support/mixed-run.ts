import { expect } from "vitest";
import { plainEnvironment } from "./faults.ts";
import { harmDone, leftBehind } from "./invariants.ts";
import { mixedIssues } from "./misbehaving.ts";
import { snapshot } from "./snapshot.ts";
import { createWorld } from "./world.ts";

/** Runs a milestone of which every fourth agent misbehaves, eight at once, and expects each issue to end as it should. */
export async function expectEachOutcome(count: number, from: number, stall: string): Promise<void> {
	const mixed = mixedIssues(count, from);
	await using world = await createWorld(
		mixed.map(({ issue }) => issue),
		{ retries: 0 },
	);
	const before = await snapshot(world.repository);
	const env = await plainEnvironment(world);
	const { exitCode, stdout, stderr } = await world.run(["dev", "M1", "-j", "8", "--stall", stall, "--json"], { env });
	const statuses = (JSON.parse(stdout) as { issues: { issueId: string; status: string }[] }).issues;
	const ended = Object.fromEntries(statuses.map(({ issueId, status }) => [issueId, status]));
	expect(ended, stderr).toEqual(Object.fromEntries(mixed.map(({ issue, expected }) => [issue.id, expected.status])));
	expect(exitCode).toBe(mixed.some(({ expected }) => expected.status !== "pass") ? 1 : 0);

	const ids = mixed.map(({ issue }) => issue.id);
	const kept = mixed.flatMap(({ issue, expected }) => (expected.isKept ? [issue.id] : []));
	expect(await harmDone(world, before, ids)).toEqual([]);
	const left = await leftBehind(world, before, ids, { kept });
	expect(left.filter((line) => !kept.some((id) => line === `${id} was committed 0 times`))).toEqual([]);
}
