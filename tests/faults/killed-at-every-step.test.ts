import { expect, test } from "vitest";
import { type Fault, faultyEnvironment, plainEnvironment, recordingEnvironment } from "../support/faults.ts";
import { holdGit, REACHED } from "../support/hold-git.ts";
import { harmDone, leftBehind } from "../support/invariants.ts";
import { editAndPass } from "../support/scripts.ts";
import { snapshot } from "../support/snapshot.ts";
import { createWorld, type World } from "../support/world.ts";

/**
 * The life of an issue: every step with which a run changes the world, in order. Killed before a step is killed after
 * the one before it.
 */
const LIFE = [
	"codex doctor",
	"mkdtemp tmp/orchfile-*",
	"codex sandbox",
	"rm tmp/orchfile-*",
	"git hash-object",
	"git update-ref refs/orch/lock/A-1",
	"fork codex-child",
	"git worktree add",
	"mkdir logs/A-1",
	"mkdir logs/A-1 #2",
	"open logs/A-1/.gitignore.tmp",
	"writeFile logs/A-1/.gitignore.tmp",
	"sync logs/A-1/.gitignore.tmp",
	"rename logs/.gitignore",
	...replacing("dev-run.json", 1, 3),
	"mkdtemp tmp/orchfile-* #2",
	"open logs/A-1/dev.stderr.log",
	"rm tmp/orchfile-* #2",
	...replacing("dev-result.json", 1, 4),
	...replacing("dev-run.json", 2, 5),
	"git add",
	"git commit",
	...replacing("dev-run.json", 3, 6),
	"writeFile repo/.git/worktrees/A-1/orchfile-removing",
	"git worktree remove",
	"rmdir worktrees",
	"git update-ref -d refs/orch/lock/A-1",
	"mkdir logs/M1",
	"open logs/report.html.tmp",
	"writeFile logs/report.html.tmp",
	"sync logs/report.html.tmp",
	"rename logs/report.html",
];

test("the steps of an issue's life", async () => {
	for (const step of STATES) expect(LIFE).toContain(step);
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	const before = await snapshot(world.repository);
	const { env, steps } = await recordingEnvironment(world);
	const { exitCode, stderr } = await world.run(["dev", "M1"], { env });
	expect(exitCode, stderr).toBe(0);
	// Where two things happen side by side, either can be first. What is put into a temporary folder goes with that.
	const lasting = (await steps()).filter((step) => !/^(?:mkdir|writeFile) tmp\/orchfile-/.test(step));
	expect(lasting.sort()).toEqual([...LIFE].sort());
	expect(await harmDone(world, before, ["A-1"])).toEqual([]);
	expect(await leftBehind(world, before, ["A-1"])).toEqual([]);
});

/** A kill before each of these leaves another state to go on from; the soak test has every step, and what follows it. */
const STATES = [
	"fork codex-child",
	"git worktree add",
	"mkdir logs/A-1",
	"rename logs/A-1/dev-run.json",
	"open logs/A-1/dev.stderr.log",
	"open logs/A-1/dev-result.json.tmp",
	"git add",
	"git commit",
	"open logs/A-1/dev-run.json.tmp #3",
	"git worktree remove",
	"git update-ref -d refs/orch/lock/A-1",
] as const;

for (const step of STATES) {
	test.concurrent(`killed before ${step}`, async () => {
		await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
		await expectGoesOn(world, { step, kind: "kill-before" });
	});
}

test.concurrent("killed together with the git that checks files out into a new worktree", async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	const filter = await holdGit(world, "smudge");
	await world.repository.write(".gitattributes", "README.md filter=hold\n");
	await world.repository.write("z.txt", "after it\n");
	await world.repository.commit();
	await expectGoesOn(world, { step: "git worktree add", kind: "kill-during", until: REACHED }, filter.release);
});

for (const [kind, when] of [
	["kill-before", "before"],
	["kill-after", "right after"],
] as const) {
	test.concurrent(`with -j 2, killed ${when} the checkout of a worktree that git has in its list`, async () => {
		await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
		await expectGoesOn(world, { step: "git reset", kind }, undefined, ["-j", "2"]);
	});
}

test.concurrent("killed together with the git that adds the agent's work", async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	const filter = await holdGit(world, "clean");
	await world.repository.write(".gitattributes", "A-1.txt filter=hold\n");
	await world.repository.commit();
	await expectGoesOn(world, { step: "git add", kind: "kill-during", until: REACHED }, filter.release);
});

for (const [step, kind, file, content] of [
	["git update-ref refs/orch/lock/A-1", "kill-before", "refs/orch/lock/A-1.lock", ""],
	["git worktree add", "kill-after", "worktrees/A-1/locked", "initializing\n"],
	["git commit", "kill-before", "worktrees/A-1/index.lock", ""],
	["git update-ref -d refs/orch/lock/A-1", "kill-before", "packed-refs.lock", ""],
] as const) {
	test.concurrent(`killed together with ${step}, which had made ${file}`, async () => {
		await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
		await expectGoesOn(world, { step, kind, leaves: { file: `repo/.git/${file}`, content } });
	});
}

/** The steps in which a file of the logs is replaced for the n-th time. */
function replacing(file: string, time: number, folderTime: number): string[] {
	const nth = (step: string, n: number) => (n === 1 ? step : `${step} #${n}`);
	return [
		nth("mkdir logs/A-1", folderTime),
		nth(`open logs/A-1/${file}.tmp`, time),
		nth(`writeFile logs/A-1/${file}.tmp`, time),
		nth(`sync logs/A-1/${file}.tmp`, time),
		nth(`rename logs/A-1/${file}`, time),
	];
}

/** Types the same command again after a run that was killed: it ends well, and nothing tells that there was another. */
async function expectGoesOn(
	world: World,
	fault: Fault,
	free = async () => {},
	options: readonly string[] = [],
): Promise<void> {
	const ids = ["A-1"];
	const before = await snapshot(world.repository);
	const killed = await world.run(["dev", "M1", ...options], { env: await faultyEnvironment(world, fault) });
	expect(killed.signal, killed.stderr).toBe("SIGKILL");
	expect(await harmDone(world, before, ids)).toEqual([]);

	await free();
	const { exitCode, stdout, stderr } = await world.run(["dev", "M1", ...options], {
		env: await plainEnvironment(world),
	});
	const found = [...(await harmDone(world, before, ids)), ...(await leftBehind(world, before, ids))];
	expect({ exitCode, found }, stdout + stderr).toEqual({ exitCode: 0, found: [] });
}
