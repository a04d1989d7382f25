import { existsSync } from "node:fs";
import { appendFile, chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { expect, test, vi } from "vitest";
import { STACK_TRACE } from "../support/footprint.ts";
import { PATIENCE } from "../support/observe.ts";
import { descendants, type Process, stillRunning, workingIn } from "../support/processes.ts";
import type { Script } from "../support/scripted-model.ts";
import { devResult, editAndPass, gate, heldAfterEdit } from "../support/scripts.ts";
import { ownTemporaryFolder } from "../support/temporary.ts";
import { noTerminal, openTerminal, type Terminal } from "../support/terminal.ts";
import { workForLong } from "../support/turns.ts";
import { createWorld, ORCHFILE, type World } from "../support/world.ts";

const hasProc = existsSync("/proc/self");

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const COLOUR = /\u001b\[[\d;]*m/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;
const HIDE_CURSOR = "\u001b[?25l";
const SHOW_CURSOR = "\u001b[?25h";
/** How long a process may take to be gone that nothing but the run's end ends. */
const GONE = { timeout: PATIENCE, interval: 50 };
/** Sets the terminal's title, and rings. */
const EVIL = "\u001b]0;evil\u0007\u001b[31m";

test.concurrent("the live list, which ends with the table", async ({ skip }) => {
	skip(noTerminal !== undefined, noTerminal);
	const held = gate();
	await using world = await createWorld([
		{ id: "A-1", script: heldAfterEdit(held) },
		{ id: "A-2", script: editAndPass },
	]);
	await using terminal = openTerminal(world, ["dev", "M1"]);
	await held.reached;
	await terminal.shows(/A-1 .*Title of A-1/);
	await terminal.shows(/A-2 .*Title of A-2/);
	await terminal.shows("phase:dev");
	await terminal.shows("written for A-1");
	held.release();
	const { exitCode, output } = await terminal.finished;
	expect(exitCode, output).toBe(0);
	expect(output).toMatch(COLOUR);
	expectCursorRestored(output);
	const lines = linesOf(output);
	const heading = lines.findIndex((line) => /^ISSUE +STATUS /.test(line));
	expect(lines[heading + 1]).toMatch(/^A-1 +pass +1 /);
	expect(lines[heading + 2]).toMatch(/^A-2 +pass +1 /);
	// Below the list, which is not drawn any more.
	expect(lines.slice(heading).join("\n")).not.toMatch(/Title of|phase:dev/);
	expect(lines.at(-1)).toMatch(/^The night as a page: .*logs\/orch\/M1\/report\.html$/);
	expect(lines.join("\n")).toContain("git diff main...issue/A-1");
});

test.concurrent("four issues at once: one row an issue, with its current activity", async ({ skip }) => {
	skip(noTerminal !== undefined, noTerminal);
	const ids = ["A-1", "A-2", "A-3", "A-4"];
	const held = ids.map(() => gate());
	await using world = await createWorld(
		ids.map((id, at) => ({ id, script: heldAfterEdit(held[at] as ReturnType<typeof gate>) })),
	);
	await using terminal = openTerminal(world, ["dev", "M1", "-j", "4"]);
	await Promise.all(held.map((each) => each.reached));
	for (const id of ids) {
		await terminal.shows(new RegExp(`${id} .*Title of ${id}`));
		await terminal.shows(`phase:dev  $ echo 'written for ${id}'`);
	}
	for (const each of held) each.release();
	const { exitCode, output } = await terminal.finished;
	expect(exitCode, output).toBe(0);
	// No row of its own for a task.
	expect(
		linesOf(output).filter((line) => /^ *[^›\s] (?:worktree:create|persist|worktree:teardown)\b/.test(line)),
	).toEqual([]);
});

test.concurrent("an issue that fails, below the list that says so", async ({ skip }) => {
	skip(noTerminal !== undefined, noTerminal);
	await using world = await createWorld([
		{ id: "A-1", script: sayEvil("failed") },
		{ id: "A-2", script: editAndPass, title: `Evil ${EVIL} title` },
	]);
	await using terminal = openTerminal(world, ["dev", "M1"]);
	const { exitCode, output } = await terminal.finished;
	expect(exitCode, output).toBe(1);
	expectCursorRestored(output);
	expect(output).toContain("\u2716");
	expect(linesOf(output)).toContainEqual(expect.stringMatching(/^A-1 +failed +1 /));
	// What an agent or a document says can't command the terminal.
	expect(output).not.toContain("\u001b]0;");
	expect(output).not.toContain("\u0007");
});

test.concurrent("NO_COLOR", async ({ skip }) => {
	skip(noTerminal !== undefined, noTerminal);
	await using world = await createWorld([
		{ id: "A-1", script: editAndPass },
		{ id: "A-2", script: sayEvil("failed") },
	]);
	await using terminal = openTerminal(world, ["dev", "M1"], { env: { NO_COLOR: "1" } });
	const { exitCode, output } = await terminal.finished;
	expect(exitCode, output).toBe(1);
	// It is still the live list, only without colours.
	expect(output).toContain(HIDE_CURSOR);
	expect(output).not.toMatch(COLOUR);
	expectCursorRestored(output);
});

test.concurrent("plain lines in CI, even where it has a terminal", async ({ skip }) => {
	skip(noTerminal !== undefined, noTerminal);
	await using world = await createWorld([
		{ id: "A-1", script: sayEvil("pass") },
		{ id: "A-2", script: editAndPass, title: `Evil ${EVIL} title` },
	]);
	await using terminal = openTerminal(world, ["dev", "M1"], { env: { CI: "1" } });
	const { exitCode, output } = await terminal.finished;
	expect(exitCode, output).toBe(0);
	// The terminal itself makes `\r\n` of every `\n`.
	expectPlainLines(output.replaceAll("\r\n", "\n"));
});

test.concurrent("plain lines in a pipe, whatever is asked for", async () => {
	await using world = await createWorld([
		{ id: "A-1", script: sayEvil("pass") },
		{ id: "A-2", script: sayEvil("failed"), title: `Evil ${EVIL} title` },
	]);
	for (const args of [["plan", "M1"], ["discover"], ["dev", "M1", "--verbose"]]) {
		const { stdout, stderr } = await world.run(args, { env: { TERM: "xterm-256color", FORCE_COLOR: "3" } });
		expect(stdout + stderr).not.toMatch(CONTROL);
		expect(stdout).toContain("A-1");
		if (!args.includes("--verbose")) continue;
		expectPlainLines(stderr);
		// What the agent's command printed.
		expect(stderr).toMatch(/^A-1 {2}[\d:]{8} {2}phase:dev {2}\| red$/m);
	}
});

test.concurrent("Ctrl-C while the agent works", async ({ skip }) => {
	skip(noTerminal !== undefined || !hasProc, noTerminal ?? "processes are looked up in /proc");
	await using world = await createWorld([
		{ id: "A-1", script: workForLong },
		{ id: "A-2", script: editAndPass },
	]);
	await using terminal = openTerminal(world, ["dev", "M1"]);
	const started = await untilAgentWorks(world, terminal);
	terminal.type("\u0003");
	const { exitCode, output } = await terminal.finished;
	expect(exitCode, output).toBe(130);
	expectCursorRestored(output);
	expect(stripVTControlCharacters(output)).toMatch(/Stopping/);
	expect(linesOf(output)).toContainEqual(expect.stringMatching(/^A-1 +cancelled +1 /));
	expect(linesOf(output)).toContainEqual(expect.stringMatching(/^A-2 +not started/));
	expect(output).not.toMatch(STACK_TRACE);
	await vi.waitFor(async () => expect(await stillRunning(started)).toEqual([]), GONE);
	expect(await world.repository.git(["show", "issue/A-1:first.txt"])).toBe("half done");
	expect(existsSync(worktreeOf(world))).toBe(false);
});

test.concurrent("Ctrl-C while the work of an issue is being committed", async ({ skip }) => {
	skip(noTerminal !== undefined, noTerminal);
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	const { folder, home } = world.repository;
	// git waits in a filter of the user's own, which does not mind Ctrl-C; git itself may.
	const filter = `#!/bin/sh\ntrap '' INT\ntouch '${folder}/reached'\nuntil [ -e '${folder}/go' ]; do sleep 0.02; done\nexec cat\n`;
	await writeFile(join(folder, "hold"), filter);
	await chmod(join(folder, "hold"), 0o755);
	await appendFile(join(home, ".gitconfig"), `[filter "hold"]\n\tclean = ${folder}/hold\n`);
	await world.repository.write(".gitattributes", "A-1.txt filter=hold\n");
	await world.repository.commit();
	await using terminal = openTerminal(world, ["dev", "M1"]);
	await vi.waitUntil(() => existsSync(join(folder, "reached")), { timeout: PATIENCE, interval: 20 });
	terminal.type("\u0003");
	await terminal.shows("^C");
	await writeFile(join(folder, "go"), "");
	const { exitCode, output } = await terminal.finished;
	expect(exitCode, output).toBe(130);
	expectCursorRestored(output);
	expect(await world.repository.git(["show", "issue/A-1:A-1.txt"])).toBe("written for A-1");
	expect(await world.log("M1/A-1/dev-run.json")).toMatchObject({ outcome: "pass", saved: { commits: 1 } });
});

test.concurrent("Ctrl-C twice, the second time while an agent that ignores the first is being ended", async ({
	skip,
}) => {
	skip(noTerminal !== undefined || !hasProc, noTerminal ?? "processes are looked up in /proc");
	await using world = await createWorld([{ id: "A-1", script: workForLong }]);
	await using terminal = openTerminal(world, ["dev", "M1"], {
		env: await ownTemporaryFolder(world),
	});
	const started = await untilAgentWorks(world, terminal);
	const codex = started.find(({ command }) => command.includes("/bin/codex exec"));
	process.kill(codex?.pid ?? 0, "SIGSTOP");
	// One that comes right after the first counts as its echo.
	const pressing = setInterval(() => terminal.type("\u0003"), 100);
	const { exitCode, output } = await terminal.finished.finally(() => clearInterval(pressing));
	expect(exitCode, output).toBe(130);
	expectCursorRestored(output);
	await vi.waitFor(async () => expect(await stillRunning(started)).toEqual([]), GONE);
	expect(existsSync(join(worktreeOf(world), "first.txt"))).toBe(true);
});

test.concurrent("a window that is closed while the agent works", async ({ skip }) => {
	skip(noTerminal !== undefined || !hasProc, noTerminal ?? "processes are looked up in /proc");
	await using world = await createWorld([{ id: "A-1", script: workForLong }]);
	await using terminal = openTerminal(world, ["dev", "M1"], { orchfile: ORCHFILE });
	const started = await untilAgentWorks(world, terminal);
	await terminal.hangUp();
	await vi.waitFor(async () => expect(await stillRunning(started)).toEqual([]), GONE);
	expect(await world.log("M1/A-1/dev-run.json")).toMatchObject({ outcome: "cancelled", saved: { commits: 1 } });
	expect(await world.repository.git(["show", "issue/A-1:first.txt"])).toBe("half done");
});

/** Waits until the agent's command runs, and returns everything that runs in the terminal. */
async function untilAgentWorks(world: World, terminal: Terminal): Promise<Process[]> {
	const hasStarted = async () => (await workingIn(worktreeOf(world))).some(({ command }) => command === "sleep 600");
	await vi.waitUntil(hasStarted, { timeout: PATIENCE, interval: 20 });
	return descendants(terminal.child.pid ?? 0);
}

/** Edits and ends with this status; whatever it says is meant for the terminal. */
function sayEvil(status: "pass" | "failed"): Script {
	return async function* (prompted) {
		yield { kind: "run", command: `printf '\\033[31mred' # ${EVIL}\necho done > ${prompted.issueId}.txt` };
		yield { kind: "answer", text: JSON.stringify(devResult(prompted, { status, summary: `Evil ${EVIL} summary` })) };
	};
}

function expectCursorRestored(output: string): void {
	expect(output).toContain(HIDE_CURSOR);
	expect(output.lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(output.lastIndexOf(HIDE_CURSOR));
}

/** Every line that tells of an issue begins with its id, and nothing commands the terminal. */
function expectPlainLines(output: string): void {
	expect(output).not.toMatch(CONTROL);
	for (const id of ["A-1", "A-2"]) expect(output).toMatch(new RegExp(`^${id}  \\d\\d:\\d\\d:\\d\\d  phase:dev  `, "m"));
	for (const line of output.split("\n").filter((each) => each.includes("phase:dev"))) expect(line).toMatch(/^A-[12] /);
}

/** What is written, line by line, without what commands the terminal. */
function linesOf(output: string): string[] {
	return stripVTControlCharacters(output)
		.split(/\r?\n/)
		.map((line) => line.trimEnd())
		.filter(Boolean);
}

function worktreeOf({ repository }: World): string {
	return join(repository.folder, "repo.worktrees", "A-1");
}
