import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { passes, type Turns, works } from "../support/by-turn.ts";
import { checkedOrchfile, createDelivered } from "../support/delivered.ts";
import { plainEnvironment } from "../support/faults.ts";
import { STACK_TRACE } from "../support/footprint.ts";
import { harmDone, leftBehind } from "../support/invariants.ts";
import { snapshot } from "../support/snapshot.ts";

const IDS = ["A-1", "A-2"];
const orchfile = await checkedOrchfile();
const turns = (id: string): Turns => ({ dev: works(`echo 'written for ${id}' > ${id}.txt`), "review-1": passes });

test.each([
	["deliver", "deliver"],
	["dev", "deliver"],
])(
	"%s and %s at once: each issue is one's, no turn is taken twice, and the base was checked once or told alike",
	async (...goals) => {
		const delivered = await createDelivered(IDS.map((id) => ({ id, turns: turns(id) })));
		await using world = delivered.world;
		const before = await snapshot(world.repository);
		const settings = { ...orchfile, env: await plainEnvironment(world) };
		const runs = goals.map((goal) => world.start([goal, "M1", "-j", "2"], settings));
		for (const { stderr } of await Promise.all(runs.map((run) => run.finished)))
			expect(stderr).not.toMatch(STACK_TRACE);
		expect(await harmDone(world, before, IDS)).toEqual([]);
		const again = await world.run(["deliver", "M1", "-j", "2"], settings);
		const found = [
			...(await harmDone(world, before, IDS)),
			...(await leftBehind(world, before, IDS, { isDelivered: true })),
		];
		expect({ exitCode: again.exitCode, found }, again.stdout + again.stderr).toEqual({ exitCode: 0, found: [] });
		for (const id of IDS) expect(delivered.turnsOf(id)).toEqual({ dev: 1, "review-1": 1 });
		const looks = await readdir(join(world.repository.path, "logs/orch/checks"));
		expect(looks.filter((name) => name.endsWith(".json"))).toHaveLength(1);
	},
);
