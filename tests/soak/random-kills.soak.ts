import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { passes, works } from "../support/by-turn.ts";
import { begunAgain, checkedOrchfile, createDelivered } from "../support/delivered.ts";
import { plainEnvironment } from "../support/faults.ts";
import { harmDone, leftBehind } from "../support/invariants.ts";
import { descendants, type Process } from "../support/processes.ts";
import { editAndPass } from "../support/scripts.ts";
import { snapshot } from "../support/snapshot.ts";
import { random, SEED, soak, tellOf } from "../support/soak.ts";
import { createWorld, type Finished, type WatchedRun } from "../support/world.ts";

const TARGETS = ["the orchestrator", "codex-child", "Codex", "git"] as const;
const IDS = ["A-1", "A-2", "A-3"];
/** Milliseconds that a run of these three issues takes, about. */
const RUN = 3_500;

/** Who is killed, and how many milliseconds after the start. */
interface Kill {
	readonly target: (typeof TARGETS)[number] | "a check";
	readonly after: number;
}

test("two hundred runs in which something is killed, each followed by the same command at once", async () => {
	const { oneOf, integer } = random(SEED);
	const kills = Array.from({ length: 200 }, (): Kill => ({ target: oneOf(TARGETS), after: integer(RUN) }));
	expect(await soak("random kills", 0.4, kills, 2, goOn)).toEqual([]);
});

async function goOn(kill: Kill): Promise<string[]> {
	await using world = await createWorld([
		{ id: "A-1", blocked: ["A-2"], script: editAndPass },
		{ id: "A-2", blocked_by: ["A-1"], script: editAndPass },
		{ id: "A-3", script: editAndPass },
	]);
	const before = await snapshot(world.repository);
	const env = await plainEnvironment(world);
	const running = world.start(["dev", "M1", "-j", "2"], { env });
	await killInTime(running, kill);
	const first = await running.finished;
	const again = await world.run(["dev", "M1", "-j", "2"], { env });
	const wrong = [
		...(await harmDone(world, before, IDS)),
		// What an attempt had done that failed is committed as well.
		...(await leftBehind(world, before, IDS, { mostCommits: kill.target === "the orchestrator" ? 1 : 2 })),
		...badEnd(first, again),
	];
	return tellOf(wrong, world, [first, again]);
}

const orchfile = await checkedOrchfile();
const DELIVERED = ["A-1", "A-2"];
/** Milliseconds that it takes to deliver these two, about: one with all turns, the other with its checks and a review. */
const DELIVERY = 6_000;

test("two hundred runs that deliver, in which something is killed, each followed by the same command at once", async () => {
	const { oneOf, integer } = random(SEED);
	const kills = Array.from(
		{ length: 200 },
		(): Kill => ({ target: oneOf([...TARGETS, "the orchestrator", "a check"]), after: integer(DELIVERY) }),
	);
	expect(await soak("random kills of deliveries", 0.6, kills, 2, deliver)).toEqual([]);
});

async function deliver(kill: Kill): Promise<string[]> {
	const turns = { dev: works("echo 'written for A-2' > A-2.txt"), "review-1": passes };
	const delivered = await createDelivered([{ id: "A-1" }, { id: "A-2", turns }]);
	await using world = delivered.world;
	const before = await snapshot(world.repository);
	const settings = { ...orchfile, env: await plainEnvironment(world) };
	const running = world.start(["deliver", "M1", "-j", "2"], settings);
	await killInTime(running, kill);
	const first = await running.finished;
	const harm = await harmDone(world, before, DELIVERED);
	const stood = await Promise.all(DELIVERED.map((id) => delivered.standing(id)));
	const begun = DELIVERED.map((id) => delivered.turnsOf(id));
	const again = await world.run(["deliver", "M1", "-j", "2"], settings);
	const wrong = [
		...harm.map((line) => `after the kill: ${line}`),
		...(await harmDone(world, before, DELIVERED)),
		...(await leftBehind(world, before, DELIVERED, {
			mostCommits: kill.target === "the orchestrator" ? 2 : 3,
			isDelivered: true,
		})),
		...DELIVERED.flatMap((id, at) => begunAgain(delivered, id, stood[at] ?? [], begun[at] ?? {})),
		...badEnd(first, again),
	];
	return tellOf(wrong, world, [first, again]);
}

function badEnd(first: Finished, again: Finished): string[] {
	return [
		...(again.exitCode === 0 ? [] : [`the same command ended with ${again.exitCode}`]),
		...(/defect of orchfile|Warning:|node:/.test(first.stderr + again.stderr) ? ["it is a defect"] : []),
	];
}

/** Kills the target at its time, or as soon after as there is one; nothing when the run has ended before. */
async function killInTime({ child }: WatchedRun, { target, after }: Kill): Promise<void> {
	await delay(after);
	while (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
		const pid = target === "the orchestrator" ? child.pid : (await descendants(child.pid)).find(isTarget(target))?.pid;
		if (pid === undefined) {
			await delay(10);
			continue;
		}
		try {
			process.kill(pid, "SIGKILL");
		} catch {
			// It has ended by itself: the next one.
			continue;
		}
		return;
	}
}

function isTarget(target: Kill["target"]): (each: Process) => boolean {
	return ({ command }) => {
		switch (target) {
			case "codex-child":
				return command.includes("codex-child");
			case "Codex":
				return command.includes("codex exec");
			case "a check":
				return /^\S*bwrap [\s\S]* sh check\.sh$/.test(command);
			default:
				return /(?:^|\/)git /.test(command);
		}
	};
}
