import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { inTurn, passes } from "../support/by-turn.ts";
import {
	begunAgain,
	checkedOrchfile,
	createDelivered,
	type DeliveredWorld,
	everyTurn,
	hasPrinted,
} from "../support/delivered.ts";
import { plainEnvironment } from "../support/faults.ts";
import { STACK_TRACE } from "../support/footprint.ts";
import { harmDone, leftBehind } from "../support/invariants.ts";
import { expectNoneLeft, PATIENCE, until, untilExists } from "../support/observe.ts";
import type { Script } from "../support/scripted-model.ts";
import { snapshot } from "../support/snapshot.ts";
import type { Finished, WatchedRun, World } from "../support/world.ts";

const IDS = ["A-1"];
const orchfile = await checkedOrchfile();
const situation = process.platform === "linux" ? test.concurrent : test.skip;

/** What is under way when a run is stopped. */
type Place = "the base's check" | "a check" | "a review" | "a fix";

/** How it is stopped, with what it exits. */
const STOPS = {
	SIGINT: 130,
	"SIGINT twice": 130,
	SIGTERM: 143,
	SIGKILL: null,
} as const;

for (const [place, stop] of [
	["the base's check", "SIGKILL"],
	["a check", "SIGINT"],
	["a check", "SIGINT twice"],
	["a check", "SIGKILL"],
	["a review", "SIGTERM"],
	["a review", "SIGINT twice"],
	["a review", "SIGKILL"],
	["a fix", "SIGINT"],
	["a fix", "SIGKILL"],
] as const satisfies readonly (readonly [Place, keyof typeof STOPS])[]) {
	situation(`${stop} during ${place}: nothing is left running, and the same command goes on`, async () => {
		const delivered = await createDelivered([{ id: "A-1", turns: turnsHeldAt(place) }]);
		await using world = delivered.world;
		const before = await snapshot(world.repository);
		const env = await plainEnvironment(world);
		if (place.endsWith("check")) await writeFile(heldFile(world, place), "");
		const running = world.start(["deliver", "M1"], { ...orchfile, env });
		await untilReached(place, delivered, running);
		// The second may come when all is done, and nobody listens any more.
		const { exitCode, signal, stderr } = await stopped(running, stop);
		expect(exitCode ?? (signal === "SIGINT" ? 130 : null), stderr).toBe(STOPS[stop]);
		expect(stderr).not.toMatch(STACK_TRACE);
		expect(await harmDone(world, before, IDS)).toEqual([]);
		// What is killed is ended by what it has started, a moment later.
		await vi.waitFor(() => expectNoneLeft(world), { timeout: PATIENCE });
		const standing = await delivered.standing("A-1");
		const begun = delivered.turnsOf("A-1");

		await rm(heldFile(world, place), { force: true });
		const again = await world.run(["deliver", "M1"], { ...orchfile, env });
		const found = [
			...(await harmDone(world, before, IDS)),
			...(await leftBehind(world, before, IDS, { mostCommits: place === "a fix" ? 3 : 2, isDelivered: true })),
			...begunAgain(delivered, "A-1", standing, begun),
		];
		expect({ exitCode: again.exitCode, found }, again.stdout + again.stderr).toEqual({ exitCode: 0, found: [] });
		const result = await world.repository.git(["show", "issue/A-1:A-1.txt"]);
		expect(result.split("\n")).toEqual(["written for A-1", "tested"]);
	});
}

/** The turns of an issue, of which the one that is asked for at a place says nothing more the first time. */
function turnsHeldAt(place: Place) {
	const turns = everyTurn("A-1");
	if (place === "a review") return { ...turns, "review-1": inTurn(silent, turns["review-1"] ?? passes) };
	if (place === "a fix") return { ...turns, "fix-1": inTurn(halfDone, turns["fix-1"] ?? passes) };
	return turns;
}

const silent: Script = async function* () {
	yield { kind: "silent" };
};

const halfDone: Script = async function* () {
	yield { kind: "run", command: "echo tested >> A-1.txt" };
	yield { kind: "silent" };
};

/** Holds the check that runs at a place for as long as it is there. */
function heldFile({ repository }: World, place: Place): string {
	return join(repository.path, ".git", place === "a check" ? "held-branch" : "held-base");
}

async function untilReached(place: Place, { world, turnsOf }: DeliveredWorld, running: WatchedRun): Promise<void> {
	switch (place) {
		case "the base's check":
			await until(running, () => hasPrinted(world, "checks", "begun on the base"));
			break;
		case "a check":
			await until(running, () => hasPrinted(world, "M1/A-1", "begun on the branch"));
			break;
		case "a review":
			await until(running, () => turnsOf("A-1")["review-1"] === 1);
			break;
		case "a fix": {
			const file = join(world.repository.folder, "repo.worktrees/A-1/A-1.txt");
			await untilExists(running, file);
			await until(running, async () => (await readFile(file, "utf8").catch(() => "")).includes("tested"));
		}
	}
}

async function stopped(running: WatchedRun, stop: keyof typeof STOPS): Promise<Finished> {
	if (stop !== "SIGINT twice") {
		running.child.kill(stop);
		return running.finished;
	}
	// One that comes right after the first counts as its echo.
	const sending = setInterval(() => running.child.kill("SIGINT"), 50);
	return running.finished.finally(() => clearInterval(sending));
}
