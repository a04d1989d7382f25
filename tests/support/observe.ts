import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { expect, vi } from "vitest";
import type { Running, World } from "./world.ts";

/** Milliseconds for something to come about on a machine that is slow and busy; waiting ends when it has. */
export const PATIENCE = 90_000;

/**
 * Waits until something is seen while a run goes on, looking again and again.
 * @throws Error with what the run said, when it ends before.
 */
export async function until(running: Running, seen: () => boolean | Promise<boolean>): Promise<void> {
	const deadline = performance.now() + PATIENCE;
	while (!(await seen())) {
		if (running.child.exitCode !== null || running.child.signalCode !== null) {
			const { exitCode, signal, stdout, stderr } = await running.finished;
			throw new Error(`The run ended too early (${exitCode ?? signal}):\n${stdout}\n${stderr}`);
		}
		if (performance.now() > deadline) throw new Error(`Not seen within ${PATIENCE} ms: ${seen}`);
		await delay(20);
	}
}

/** Waits until a file exists while a run goes on. */
export function untilExists(running: Running, path: string): Promise<void> {
	return until(running, () => existsSync(path));
}

/** Waits until nothing runs in a world. What waited for a turn that did not come is ended as the run ends, and may outlive it by a moment. */
export async function expectNoneLeft(world: Pick<World, "processes">): Promise<void> {
	const left = async () => (await world.processes()).map(({ command }) => command);
	await vi.waitFor(async () => expect(await left()).toEqual([]), { timeout: PATIENCE });
}
