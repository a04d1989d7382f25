import { join } from "node:path";
import { expect } from "vitest";
import { plainEnvironment } from "./faults.ts";
import { harmDone, leftBehind } from "./invariants.ts";
import { editAndPass } from "./scripts.ts";
import { snapshot } from "./snapshot.ts";
import { createWorld, type World } from "./world.ts";

/**
 * Two runs of different milestones in one repository at the same time, while a person adds and removes worktrees of
 * their own: every issue passes, and the person's work goes on as well.
 */
export async function expectSideBySide(issuesEach: number, jobs: number): Promise<void> {
	const ids = ["M1", "M2"].map((name) => Array.from({ length: issuesEach }, (_, at) => `${name}-${at + 1}`));
	const issues = ids.flatMap((each, at) => each.map((id) => ({ id, milestone: `M${at + 1}`, script: editAndPass })));
	await using world = await createWorld(issues);
	const before = await snapshot(world.repository);
	const env = await plainEnvironment(world);
	let isOver = false;
	const person = addAndRemove(world, () => isOver);
	const runs = await Promise.all(["M1", "M2"].map((name) => world.run(["dev", name, "-j", String(jobs)], { env })));
	isOver = true;
	expect(await person).toBeGreaterThan(0);
	for (const { exitCode, stdout, stderr } of runs) expect(exitCode, stdout + stderr).toBe(0);
	expect(await harmDone(world, before, ids.flat())).toEqual([]);
	expect(await leftBehind(world, before, ids.flat())).toEqual([]);
}

/** Adds and removes a worktree again and again; returns how often that went well. */
async function addAndRemove({ repository }: World, isOver: () => boolean): Promise<number> {
	let times = 0;
	for (let time = 0; !isOver(); time++) {
		const path = join(repository.folder, `mine-${time}`);
		// Side by side with others, git fails now and then; that is the person's to repeat.
		const added = await repository.git(["worktree", "add", "-q", "--detach", path]).catch(() => undefined);
		const removed = await repository.git(["worktree", "remove", "--force", path]).catch(() => undefined);
		if (added !== undefined && removed !== undefined) times++;
	}
	await repository.git(["worktree", "prune"]);
	return times;
}
