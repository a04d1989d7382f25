import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { plainEnvironment } from "../support/faults.ts";
import type { Script } from "../support/scripted-model.ts";
import { editAndPass } from "../support/scripts.ts";
import { createWorld } from "../support/world.ts";

/** Works on and on, a command every few seconds. */
const dripCommands: Script = async function* () {
	for (let time = 1; ; time++) {
		await delay(4_000);
		yield { kind: "run", command: `echo ${time} >> A-1.txt` };
	}
};

test("an agent that never comes to an end, and is never silent for as long as a stall", async () => {
	await using world = await createWorld([
		{ id: "A-1", script: dripCommands },
		{ id: "A-2", script: editAndPass },
	]);
	const from = performance.now();
	const args = ["dev", "M1", "-j", "2", "--stall", "10s", "--timeout", "60s"];
	const { exitCode, stdout, stderr } = await world.run(args, { env: await plainEnvironment(world) });
	expect(exitCode, stderr).toBe(1);
	expect(stdout).toMatch(/A-1 +failed: timed-out/);
	expect(stdout).toMatch(/A-2 +pass/);
	expect(performance.now() - from).toBeLessThan(75_000);
	const written = await world.repository.git(["show", "issue/A-1:A-1.txt"]);
	expect(written.split("\n").length).toBeGreaterThan(10);
});
