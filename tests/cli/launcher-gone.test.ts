import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";
import { PATIENCE } from "../support/observe.ts";
import { descendants, processes, stillRunning, workingIn } from "../support/processes.ts";
import { editAndPass, gate, gated } from "../support/scripts.ts";
import { workForLong } from "../support/turns.ts";
import { createWorld, ORCHFILE, PROGRAM } from "../support/world.ts";

const TSX = fileURLToPath(new URL("../../node_modules/.bin/tsx", import.meta.url));

test("the launcher in front of a run is killed: the run notices, and ends as at Ctrl-C", async ({ skip }) => {
	skip(!existsSync("/proc/self"), "processes are looked up in /proc");
	await using world = await createWorld([{ id: "A-1", script: workForLong }]);
	const { repository } = world;
	const worktree = join(repository.folder, "repo.worktrees", "A-1");
	const output = join(repository.folder, "output");
	const file = openSync(output, "w");
	const launcher = spawn(TSX, [ORCHFILE, "dev", "M1"], {
		cwd: repository.path,
		env: world.environment as NodeJS.ProcessEnv,
		stdio: ["ignore", file, file],
	});
	closeSync(file);
	const hasStarted = async () => (await workingIn(worktree)).some(({ command }) => command === "sleep 600");
	await vi.waitUntil(hasStarted, { timeout: PATIENCE, interval: 20 });
	const started = await descendants(launcher.pid ?? 0);
	launcher.kill("SIGKILL");
	await vi.waitFor(async () => expect(await stillRunning(started)).toEqual([]), { timeout: PATIENCE, interval: 50 });
	const said = readFileSync(output, "utf8");
	expect(said).toMatch(/^Stopping, since what started this program \(npx, tsx\) has gone: /m);
	expect(said).toMatch(/^A-1 +cancelled/m);
	expect(await world.log("M1/A-1/dev-run.json")).toMatchObject({ outcome: "cancelled", saved: { commits: 1 } });
	expect(await repository.git(["show", "issue/A-1:first.txt"])).toBe("half done");
	expect(existsSync(worktree)).toBe(false);
});

test("the shell that a run was started from in the background ends: the run goes on to its end", async ({ skip }) => {
	skip(!existsSync("/proc/self"), "processes are looked up in /proc");
	const held = gate();
	await using world = await createWorld([
		{ id: "A-1", script: gated(editAndPass, held) },
		{ id: "A-2", script: editAndPass },
	]);
	const { repository } = world;
	const output = join(repository.folder, "output");
	const line = `"$0" "$@" > '${output}' 2>&1 & echo $!; read -r _`;
	const shell = spawn("sh", ["-c", line, process.execPath, ...PROGRAM, "dev", "M1"], {
		cwd: repository.path,
		env: world.environment as NodeJS.ProcessEnv,
		stdio: ["pipe", "pipe", "ignore"],
	});
	const [pid] = await once(shell.stdout, "data");
	await held.reached;
	const run = async () => (await processes()).find((each) => each.pid === Number(pid));
	expect((await run())?.parent).toBe(shell.pid);
	shell.stdin.end("\n");
	await once(shell, "close");
	held.release();
	await vi.waitUntil(async () => (await run()) === undefined, { timeout: PATIENCE, interval: 50 });
	const said = readFileSync(output, "utf8");
	expect(said).not.toContain("Stopping");
	for (const id of ["A-1", "A-2"]) {
		expect(said).toMatch(new RegExp(`^${id} +pass `, "m"));
		expect(await world.log(`M1/${id}/dev-run.json`)).toMatchObject({ outcome: "pass", saved: { commits: 1 } });
	}
});
