import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { footprint, STACK_TRACE } from "../support/footprint.ts";
import { holdGit } from "../support/hold-git.ts";
import { PATIENCE, until, untilExists } from "../support/observe.ts";
import { descendants, type Process, processes, stillRunning, workingIn } from "../support/processes.ts";
import { editAndPass, gate } from "../support/scripts.ts";
import { ownTemporaryFolder } from "../support/temporary.ts";
import { inTurn, workForLong } from "../support/turns.ts";
import { typed } from "../support/typed.ts";
import { createWorld, type Running, type World } from "../support/world.ts";

const situation = process.platform === "linux" ? test.concurrent : test.skip;

/** For a process that is ended to be gone from /proc on a machine that is slow and busy; by itself it would last 600 s. */
const SOON = { timeout: PATIENCE, interval: 20 };

for (const [signal, code] of [
	["SIGINT", 130],
	["SIGTERM", 143],
	["SIGHUP", 129],
] as const) {
	situation(`${signal} while the agent works`, async () => {
		await using world = await createWorld([
			{ id: "A-1", script: inTurn(workForLong, editAndPass) },
			{ id: "A-2", script: editAndPass },
		]);
		const running = world.start(["dev", "M1"]);
		const agent = await untilAgentWorks(world, running);
		running.child.kill(signal);
		const { exitCode, stderr } = await running.finished;
		expect(exitCode, stderr).toBe(code);
		expect(stderr).not.toMatch(STACK_TRACE);

		await vi.waitFor(() => expectGone(world, agent), SOON);
		expect(await world.log("M1/A-1/dev-run.json")).toMatchObject({
			outcome: "cancelled",
			reason: "interrupted",
			saved: { commits: 1, filesChanged: 1 },
		});
		expect(await committed(world, "first.txt")).toBe("half done");
		expect(await statusOfTip(world)).toBe("cancelled");
		expect(existsSync(worktreeOf(world))).toBe(false);
		expect(await world.repository.git(["worktree", "list"])).not.toContain("\n");
		expect(world.model.issuesSeen).toEqual(["A-1"]);
		expect(await world.repository.git(["branch", "--list", "issue/A-2"])).toBe("");
		expect(existsSync(join(world.repository.path, "logs/orch/M1/A-2"))).toBe(false);

		const again = await world.run(["dev", "M1"]);
		expect(again.exitCode, again.stderr).toBe(0);
		expect(world.model.issuesSeen).toEqual(["A-1", "A-1", "A-2"]);
		expect(await committed(world, "first.txt")).toBe("half done");
		expect(await committed(world, "A-1.txt")).toBe("written for A-1");
		expect(await statusOfTip(world)).toBe("pass");
	});
}

situation("SIGINT while two agents work side by side", async () => {
	await using world = await createWorld([
		{ id: "A-1", script: workForLong },
		{ id: "A-2", script: workForLong },
		{ id: "A-3", script: editAndPass },
	]);
	const running = world.start(["dev", "M1", "-j", "2"]);
	const agents = [await untilAgentWorks(world, running, "A-1"), await untilAgentWorks(world, running, "A-2")];
	running.child.kill("SIGINT");
	const { exitCode, stderr } = await running.finished;
	expect(exitCode, stderr).toBe(130);
	await vi.waitFor(() => Promise.all(agents.map((agent) => expectGone(world, agent))), SOON);
	for (const id of ["A-1", "A-2"]) {
		expect(await world.log(`M1/${id}/dev-run.json`)).toMatchObject({ outcome: "cancelled", saved: { commits: 1 } });
		expect(await world.repository.git(["show", `issue/${id}:first.txt`])).toBe("half done");
	}
	expect([...world.model.issuesSeen].sort()).toEqual(["A-1", "A-2"]);
});

situation("a second SIGINT while an agent that ignores the first is being ended", async () => {
	await using world = await createWorld([
		{ id: "A-1", script: inTurn(workForLong, editAndPass) },
		{ id: "A-2", script: editAndPass },
	]);
	const env = await ownTemporaryFolder(world);
	const running = world.start(["dev", "M1"], { env });
	const agent = await untilAgentWorks(world, running);
	// A stopped process takes no SIGTERM: only SIGKILL ends it.
	process.kill(codexOf(agent).pid, "SIGSTOP");
	running.child.kill("SIGINT");
	await running.until(/Stopping/);
	const { exitCode, stderr } = await signalUntilEnd(running, "SIGINT");
	expect(exitCode, stderr).toBe(130);
	expect(stderr).not.toMatch(STACK_TRACE);
	expect(stderr).toMatch(/^Stopped at once: .* To see where each issue stands: npx tsx \S+ status M1$/m);
	await vi.waitFor(() => expectGone(world, agent), SOON);
	expect(await readFile(join(worktreeOf(world), "first.txt"), "utf8")).toBe("half done\n");

	// What the last words name tells of each issue, and of no run that goes on.
	const [, command = ""] = /^Stopped at once: .*stands: (.*)$/m.exec(stderr) ?? [];
	const looked = await typed(world, command);
	expect(looked).toMatchObject({ exitCode: 0, stderr: "" });
	expect(looked.stdout).toMatch(/^A-1 +cancelled: interrupted /m);
	expect(looked.stdout).toMatch(/^A-2 +never run /m);
	await expectGoesOn(world);
});

situation("a second SIGINT while the work is being committed", async () => {
	await using world = await createWorld([
		{ id: "A-1", script: inTurn(workForLong, editAndPass) },
		{ id: "A-2", script: editAndPass },
	]);
	const env = await ownTemporaryFolder(world);
	const filter = await holdGit(world, "clean");
	await world.repository.write(".gitattributes", "first.txt filter=hold\n");
	await world.repository.commit();
	const running = world.start(["dev", "M1"], { env });
	const agent = await untilAgentWorks(world, running);
	running.child.kill("SIGINT");
	await untilExists(running, filter.reached);
	const committing = await descendants(running.child.pid ?? 0);
	const { exitCode, stderr } = await signalUntilEnd(running, "SIGINT");
	expect(exitCode, stderr).toBe(130);
	await filter.release();
	await vi.waitFor(() => expectGone(world, [...agent, ...committing]), SOON);
	expect(await readFile(join(worktreeOf(world), "first.txt"), "utf8")).toBe("half done\n");

	await expectGoesOn(world);
});

situation("SIGKILL while the agent works", async () => {
	await using world = await createWorld([
		{ id: "A-1", script: inTurn(workForLong, editAndPass) },
		{ id: "A-2", script: editAndPass },
	]);
	const env = await ownTemporaryFolder(world);
	const running = world.start(["dev", "M1"], { env });
	const agent = await untilAgentWorks(world, running);
	running.child.kill("SIGKILL");
	await running.finished;
	await vi.waitFor(() => expectGone(world, agent), SOON);
	expect(await readFile(join(worktreeOf(world), "first.txt"), "utf8")).toBe("half done\n");
	const record = await world.log("M1/A-1/dev-run.json");
	expect(record).toMatchObject({ outcome: "running", reason: null, endedAt: null, saved: null });

	await expectGoesOn(world);
	const attempts = join(world.repository.path, "logs/orch/M1/A-1/attempts");
	const [first = "", ...others] = await readdir(attempts);
	expect(others).toEqual([]);
	expect((await readdir(join(attempts, first))).sort()).toEqual(["dev-run.json", "dev.jsonl", "dev.stderr.log"]);
	const kept = JSON.parse(await readFile(join(attempts, first, "dev-run.json"), "utf8"));
	expect(kept.startedAt).toBe(record.startedAt);
	expect(await readFile(join(attempts, first, "dev.jsonl"), "utf8")).toContain("half done");
});

situation("SIGKILL, and the work of the killed attempt persisted by itself", async () => {
	await using world = await createWorld([{ id: "A-1", script: workForLong }]);
	const running = world.start(["dev", "M1"], { env: await ownTemporaryFolder(world) });
	const agent = await untilAgentWorks(world, running);
	running.child.kill("SIGKILL");
	await running.finished;
	await vi.waitFor(() => expectGone(world, agent), SOON);

	const persisted = await world.run(["persist", "A-1"]);
	expect(await world.log("M1/A-1/dev-run.json")).toMatchObject({
		outcome: "cancelled",
		reason: "interrupted",
		saved: { commits: 1 },
	});
	expect(await committed(world, "first.txt")).toBe("half done");
	expect(await statusOfTip(world)).toBe("cancelled");
	const tornDown = await world.run(["worktree:teardown", "A-1"]);
	expect(tornDown.exitCode, tornDown.stderr).toBe(0);
	expect(existsSync(worktreeOf(world))).toBe(false);
	// What was asked for is done, and the same command again would have nothing to do.
	expect(persisted.exitCode, persisted.stderr).toBe(0);
	expect(persisted.stderr).not.toContain("To go on");
});

for (const [who, find] of [
	["the process that runs the agent", hostOf],
	["the Codex binary", codexOf],
] as const) {
	situation(`SIGKILL to ${who} in the middle of a turn`, async () => {
		await using world = await createWorld([
			{ id: "A-1", script: workForLong },
			{ id: "A-2", script: editAndPass },
		]);
		const running = world.start(["dev", "M1"]);
		const agent = await untilAgentWorks(world, running);
		process.kill(find(agent).pid, "SIGKILL");
		const { exitCode, stdout, stderr } = await running.finished;
		expect(exitCode, stderr).toBe(1);
		expect(stderr).not.toMatch(STACK_TRACE);
		await vi.waitFor(() => expectGone(world, agent), SOON);
		const record = await world.log<{ details: string[] }>("M1/A-1/dev-run.json");
		expect(record).toMatchObject({ outcome: "failed", reason: "runner-error", saved: { commits: 1 } });
		expect(record.details.join()).not.toBe("");
		expect(await committed(world, "first.txt")).toBe("half done");
		expect(await statusOfTip(world)).toBe("failed");
		expect(stdout).toMatch(/A-1 +failed: runner-error/);
		expect(stdout).toMatch(/A-2 +pass/);
		expect(await world.repository.git(["show", "issue/A-2:A-2.txt"])).toBe("written for A-2");
	});
}

situation("SIGINT while the worktree is being created", async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	const filter = await holdGit(world, "smudge");
	await world.repository.write(".gitattributes", "README.md filter=hold\n");
	await world.repository.commit();
	const before = await footprint(world);
	const running = world.start(["dev", "M1"]);
	await untilExists(running, filter.reached);
	expect(existsSync(worktreeOf(world))).toBe(true);
	const started = await descendants(running.child.pid ?? 0);
	running.child.kill("SIGINT");
	const { exitCode, stderr } = await running.finished;
	await filter.release();
	expect(exitCode, stderr).toBe(130);
	expect(stderr).not.toMatch(STACK_TRACE);
	await vi.waitFor(async () => expect(await stillRunning(started)).toEqual([]), SOON);
	const left = await footprint(world);
	expect(world.model.requests).toEqual([]);

	const again = await world.run(["dev", "M1"]);
	expect(again.exitCode, again.stderr).toBe(0);
	// The object that named the run in its lock is nobody's any more; git drops it one day.
	expect(left.filter((path) => !/^(?:filter-|repo\/\.git\/objects\/)/.test(path))).toEqual(
		before.filter((path) => !path.startsWith("repo/.git/objects/")),
	);
});

situation("SIGINT while Codex is asked whether it can run", async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	const asked = gate();
	// It takes the question and never answers.
	await using provider = createServer(() => void asked.wait());
	await new Promise<void>((resolve) => provider.listen(0, "127.0.0.1", resolve));
	const { port } = provider.address() as AddressInfo;
	const config = world.model.configToml.replace(world.model.url, `http://127.0.0.1:${port}/v1`);
	await writeFile(join(world.codexHome, "config.toml"), config);
	const before = await footprint(world);
	const running = world.start(["dev", "M1"]);
	await Promise.race([asked.reached, until(running, () => false)]);
	const started = await descendants(running.child.pid ?? 0);
	expect(started).not.toEqual([]);
	running.child.kill("SIGINT");
	const { exitCode, stderr } = await running.finished;
	expect(exitCode, stderr).toBe(130);
	expect(stderr).toMatch(/before anything was started/);
	await vi.waitFor(async () => expect(await stillRunning(started)).toEqual([]), SOON);
	expect(await footprint(world)).toEqual(before);
	provider.closeAllConnections();
});

/** Waits until the agent's command runs in the issue's worktree, and returns all processes of that agent. */
async function untilAgentWorks(world: World, running: Running, id = "A-1"): Promise<Process[]> {
	const folder = worktreeOf(world, id);
	await untilExists(running, join(folder, "first.txt"));
	let working: Process[] = [];
	await until(running, async () => {
		working = await workingIn(folder);
		return working.filter(({ command }) => command === "sleep 600").length === 2;
	});
	const events = join(world.repository.path, "logs/orch/M1", id, "dev.jsonl");
	await until(running, async () => (await readFile(events, "utf8")).includes("half done"));
	const hosts = (await descendants(running.child.pid ?? 0)).filter(({ command }) => command.includes("codex-child"));
	const trees = await Promise.all(hosts.map(async (host) => [host, ...(await descendants(host.pid))]));
	const own = trees.find((tree) => tree.some(({ pid }) => working.some((each) => each.pid === pid)));
	// The one that left the command's session may have been given to another parent.
	const rest = working.filter(({ pid }) => !own?.some((each) => each.pid === pid));
	return [...(own ?? []), ...rest];
}

/** The process that the orchestrator started for the agent; it leads the agent's process group. */
function hostOf(agent: readonly Process[]): Process {
	const found = agent.find(({ command }) => command.includes("codex-child"));
	if (!found) throw new Error("the agent has no process of its own");
	return found;
}

function codexOf(agent: readonly Process[]): Process {
	const found = agent.find(({ command }) => command.includes("/bin/codex exec"));
	if (!found) throw new Error("the agent has no Codex");
	return found;
}

/** Nothing runs any more of what was seen, nor in its process group, nor in a worktree. */
async function expectGone(world: World, agent: readonly Process[]): Promise<void> {
	const group = hostOf(agent).pid;
	expect(await stillRunning(agent)).toEqual([]);
	expect((await processes()).filter((each) => each.group === group)).toEqual([]);
	expect(await workingIn(join(world.repository.folder, "repo.worktrees"))).toEqual([]);
}

/** The same command again: A-1 gets one more attempt, whose commit holds what the broken-off one had done. */
async function expectGoesOn(world: World): Promise<void> {
	const { exitCode, stdout, stderr } = await world.run(["dev", "M1"]);
	expect(exitCode, stderr).toBe(0);
	expect(stdout).toMatch(/A-1 +pass/);
	expect(stdout).toMatch(/A-2 +pass/);
	expect(world.model.issuesSeen).toEqual(["A-1", "A-1", "A-2"]);
	expect(await committed(world, "first.txt")).toBe("half done");
	expect(await committed(world, "A-1.txt")).toBe("written for A-1");
	expect(await world.log("M1/A-1/dev-run.json")).toMatchObject({ outcome: "pass" });
	expect(await world.repository.git(["worktree", "list"])).not.toContain("\n");
}

/** Sends a signal until the process has ended: one that comes right after the first counts as its echo. */
async function signalUntilEnd(running: Running, signal: NodeJS.Signals) {
	const sending = setInterval(() => running.child.kill(signal), 50);
	return running.finished.finally(() => clearInterval(sending));
}

function worktreeOf({ repository }: World, id = "A-1"): string {
	return join(repository.folder, "repo.worktrees", id);
}

function committed({ repository }: World, file: string): Promise<string> {
	return repository.git(["show", `issue/A-1:${file}`]);
}

function statusOfTip({ repository }: World): Promise<string> {
	return repository.git(["log", "-1", "--format=%(trailers:key=Orch-Status,valueonly,separator=)", "issue/A-1"]);
}
