import { existsSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { findProgram } from "../../tasks/system/find-program.ts";
import { PATIENCE } from "../support/observe.ts";
import { editAndPass, gate, gated } from "../support/scripts.ts";
import { createWorld } from "../support/world.ts";

test("the first line comes before git is asked anything", async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	const { folder } = world.repository;
	const [asked, go] = [join(folder, "asked"), join(folder, "go")];
	const git = findProgram("git");
	await mkdir(join(folder, "bin"));
	const wrapper = join(folder, "bin", "git");
	await writeFile(
		wrapper,
		`#!/bin/sh\ntouch '${asked}'\nuntil [ -e '${go}' ]; do sleep 0.02; done\nexec '${git}' "$@"\n`,
	);
	await chmod(wrapper, 0o755);
	const run = world.start(["dev", "M1"], { env: { PATH: `${join(folder, "bin")}:${world.environment.PATH}` } });
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
