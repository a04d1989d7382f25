import { join } from "node:path";
import { expect, test } from "vitest";
import { plainEnvironment } from "../support/faults.ts";
import { harmDone, leftBehind } from "../support/invariants.ts";
import { editAndPass } from "../support/scripts.ts";
import { mountSmallDisk, noSmallDisk } from "../support/small-disk.ts";
import { snapshot } from "../support/snapshot.ts";
import { soak, tellOf } from "../support/soak.ts";
import { thenFull } from "../support/then-full.ts";
import { inTurn } from "../support/turns.ts";
import { createWorld } from "../support/world.ts";

/** What is on the small disk, and how many pages of 4 KB it has left once the agent has worked. */
interface Left {
	readonly folder: "logs" | ".git";
	readonly pages: number;
}

test.skipIf(noSmallDisk !== undefined)(`a disk that is full sooner or later ${noSmallDisk ?? ""}`, async () => {
	const cases = (["logs", ".git"] as const).flatMap((folder) =>
		Array.from({ length: 16 }, (_, pages): Left => ({ folder, pages })),
	);
	expect(await soak("every page", 0.1, cases, 2, goOn)).toEqual([]);
});

async function goOn({ folder, pages }: Left): Promise<string[]> {
	const script = inTurn(
		thenFull(() => disk, pages),
		editAndPass,
	);
	await using world = await createWorld([{ id: "A-1", script }]);
	using disk = mountSmallDisk(join(world.repository.path, folder));
	const before = await snapshot(world.repository);
	const env = await plainEnvironment(world);
	const first = await world.run(["dev", "M1"], { env });
	const harm = await harmDone(world, before, ["A-1"]);
	disk.free();
	const again = await world.run(["dev", "M1"], { env });
	const wrong = [
		...(first.exitCode === 0 || /A-1 +failed: disk-full/.test(first.stdout) ? [] : ["it is not told as a full disk"]),
		...harm,
		...(await harmDone(world, before, ["A-1"])),
		...(await leftBehind(world, before, ["A-1"], { mostCommits: 2 })),
		...(again.exitCode === 0 ? [] : [`the same command ended with ${again.exitCode}`]),
	];
	return tellOf(wrong, world, [first, again]);
}
