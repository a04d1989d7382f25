import { existsSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { findProgram } from "../../tasks/system/find-program.ts";
import { PATIENCE } from "../support/observe.ts";
import { editAndPass, gate, gated } from "../support/scripts.ts";
import { noTerminal, openTerminal } from "../support/terminal.ts";
import { createWorld, type World } from "../support/world.ts";

test("the first line comes before git is asked anything", async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	const { env, asked, go } = await holdGit(world);
	const run = world.start(["dev", "M1"], { env });
	await run.until(/^dev M1: reading the backlog, then looking whether a run can start\.$/m);
	// And what is being done while git has not answered.
	await run.until(/^discover {2}[\d:]{8} {2}\S/m);
	await vi.waitUntil(() => existsSync(asked), { timeout: PATIENCE });
	await writeFile(go, "");
	const { exitCode, stderr } = await run.finished;
	expect(exitCode, stderr).toBe(0);
	expect(stderr.split("\n")[0]).toMatch(/^dev M1: /);
	expect(stderr).toMatch(/^preflight {2}[\d:]{8} {2}\S/m);
});

test("doctor on a terminal says at once what it does; the line is gone when there is more to say", async ({ skip }) => {
	skip(noTerminal !== undefined, noTerminal);
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	const { env, asked, go } = await holdGit(world);
	await using terminal = openTerminal(world, ["doctor"], { env, columns: 60, rows: 90 });
	await terminal.shows("doctor: whether everything that a run relies on is in orde…");
	await vi.waitUntil(() => existsSync(asked), { timeout: PATIENCE });
	await writeFile(go, "");
	const { exitCode, output } = await terminal.finished;
	expect(exitCode, output).toBe(0);
	const { screen } = terminal.emulator();
	expect(screen[0]).toMatch(/^✔ {2}node {2,}\S/);
	expect(screen.join("\n")).not.toContain("doctor: whether");
});

test("a look on a terminal writes one line, and erases it before anything else, also before a problem", async () => {
	await using world = await createWorld([{ id: "A-1" }]);
	for (const [args, line, then] of [
		[["plan", "M1"], "plan: what would run, in order, and why …", /^$/],
		[["why", "A-1"], "why: why an issue is up to date or not, and what to type next …", /^$/],
		[["dev", "M1", "-n"], "dev: what would run, in order, and why …", /^$/],
		[["plan", "nosuch"], "plan: what would run, in order, and why …", /nosuch/],
	] as const) {
		const { stderr } = await world.run(args, { columns: 80 });
		const [first, rest, ...others] = stderr.split("\r\u001b[K");
		expect([first, others]).toEqual([line, []]);
		expect(rest).toMatch(then);
	}
	for (const [args, settings] of [
		[["plan", "M1"], {}],
		[["plan", "M1", "--quiet"], { columns: 80 }],
		[["plan", "M1"], { columns: 80, env: { CI: "true" } }],
		[["plan", "M1"], { columns: 80, env: { TERM: "dumb" } }],
	] as const)
		expect((await world.run(args, settings)).stderr).toBe("");
});

test.each([
	["--quiet", ["dev", "M1", "--quiet"]],
	["a look", ["plan", "M1"]],
	["a task that there is not", ["dve", "M1"]],
	["a goal without its target", ["dev"]],
])("no first line with %s", async (_, args) => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	expect((await world.run(args)).stderr).not.toContain("reading the backlog");
});

test("whoever reads along goes away: the run goes on to its end", async () => {
	const held = gate();
	await using world = await createWorld([
		{ id: "A-1", script: gated(editAndPass, held) },
		{ id: "A-2", script: editAndPass },
	]);
	const run = world.start(["dev", "M1"]);
	await held.reached;
	run.child.stdout?.destroy();
	run.child.stderr?.destroy();
	held.release();
	const { exitCode } = await run.finished;
	expect(exitCode).toBe(0);
	for (const id of ["A-1", "A-2"])
		expect(await world.log(`M1/${id}/dev-run.json`)).toMatchObject({ outcome: "pass", saved: { commits: 1 } });
});

/** A git that waits until the file `go` is there, and makes the file `asked` before. */
async function holdGit({ repository: { folder }, environment }: World) {
	const [asked, go] = [join(folder, "asked"), join(folder, "go")];
	const git = findProgram("git");
	await mkdir(join(folder, "bin"));
	const wrapper = join(folder, "bin", "git");
	await writeFile(
		wrapper,
		`#!/bin/sh\ntouch '${asked}'\nuntil [ -e '${go}' ]; do sleep 0.02; done\nexec '${git}' "$@"\n`,
	);
	await chmod(wrapper, 0o755);
	return { env: { PATH: `${join(folder, "bin")}:${environment.PATH}` }, asked, go };
}
