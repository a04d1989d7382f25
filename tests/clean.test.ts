import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { THIS_RUN } from "../tasks/system/this-run.ts";
import { editAndPass, gate, gated, runAndPass } from "./support/scripts.ts";
import { snapshot } from "./support/snapshot.ts";
import { noTerminal, openTerminal } from "./support/terminal.ts";
import { createWorld, type World } from "./support/world.ts";

const BYTES = Buffer.from([0, 255, 254, 10, 13, 200]);

test("everything that was made is listed with what is provable, and only what is safe goes", async () => {
	const held = gate();
	await using world = await createWorld([
		{ id: "MERGED", script: editAndPass },
		{ id: "DONE", script: editAndPass },
		{ id: "OPEN" },
		{ id: "EMPTY" },
		{ id: "LIVE", script: gated(editAndPass, held) },
		{ id: "DEAD" },
		{ id: "REMOTE" },
	]);
	const { git } = world.repository;
	for (const id of ["MERGED", "DONE"]) expect((await world.run(["dev", id])).exitCode).toBe(0);
	await git(["merge", "-q", "--no-ff", "-m", "take it", "issue/MERGED"]);
	for (const id of ["OPEN", "EMPTY"]) expect((await world.run(["worktree:create", id])).exitCode).toBe(0);
	await writeFile(worktreeOf(world, "OPEN", "by-hand.bin"), BYTES);
	await writeFile(worktreeOf(world, "OPEN", "README.md"), "# Changed\n");
	await lock(world, "DEAD", { pid: 2 ** 22 + 1 });
	await lock(world, "REMOTE", { host: "another-machine" });
	await git(["branch", "issue/SOMEBODY-ELSES"]);
	const running = world.start(["dev", "LIVE"]);
	await Promise.race([held.reached, running.finished]);
	const before = await snapshot(world.repository, { everything: true });

	const { exitCode, stdout, stderr } = await world.run(["clean"]);
	expect(exitCode, stderr).toBe(0);
	const row = (issue: string, what: string, safe: string, since: string) =>
		expect(stdout).toMatch(new RegExp(`^${issue} +${what} +${safe} +${since}`, "m"));
	row("MERGED", "branch", "yes", "all of it is on main");
	row("MERGED", "logs", "no", "the only record of what was done .*\\(1 attempt\\)");
	row("DONE", "branch", "no", "1 commit nowhere else");
	row("OPEN", "worktree", "no", "not committed: README.md, by-hand.bin");
	row("OPEN", "branch", "no", "not committed");
	row("EMPTY", "worktree", "yes", "everything in it is on its branch");
	row("EMPTY", "branch", "yes", "all of it is on main");
	for (const what of ["worktree", "branch", "lock", "logs"])
		row("LIVE", what, "no", `being worked on: process ${running.child.pid} `);
	row("DEAD", "lock", "yes", "that run is dead: process 4194305");
	row("REMOTE", "lock", "no", "nobody here can tell: process \\d+ on another-machine");
	expect(stdout).not.toContain("SOMEBODY");
	expect(stderr).toMatch(/^To remove 4 things \(1 lock, 1 worktree, 2 branches\): npx tsx \S+ clean --yes$/m);
	expect(await snapshot(world.repository, { everything: true })).toEqual(before);

	const cleaned = await world.run(["clean", "--yes"]);
	expect(cleaned.exitCode, cleaned.stderr).toBe(0);
	expect(cleaned.stderr).toMatch(/^Removed: /m);
	const branches = (await git(["branch", "--format=%(refname:short)"])).split("\n");
	expect(branches.sort()).toEqual(["issue/DONE", "issue/LIVE", "issue/OPEN", "issue/SOMEBODY-ELSES", "main"]);
	expect((await readdir(join(world.repository.folder, "repo.worktrees"))).sort()).toEqual(["LIVE", "OPEN"]);
	expect(await git(["for-each-ref", "--format=%(refname:short)", "refs/orch"])).toBe(
		["orch/lock/LIVE", "orch/lock/REMOTE"].join("\n"),
	);
	expect(existsSync(join(world.repository.path, "logs/orch/M1/MERGED/dev-run.json"))).toBe(true);

	held.release();
	expect(await running.finished).toMatchObject({ exitCode: 0 });
	expect((await world.run(["dev", "MERGED"])).stdout).toContain("'dev MERGED' is up to date");
});

test("what is not safe goes only by its issue's id and --discard, and comes back from its patch", async () => {
	const script = runAndPass(
		"printf '\\377\\376' > new.bin; printf '\\346 latin\\n' > latin.txt; echo more >> README.md",
	);
	await using world = await createWorld([{ id: "DONE", script }, { id: "OPEN" }]);
	const { git, path } = world.repository;
	await world.run(["dev", "DONE"]);
	await world.run(["worktree:create", "OPEN"]);
	await writeFile(worktreeOf(world, "OPEN", "by-hand.bin"), BYTES);

	for (const [args, words] of [
		[["clean", "--discard"], /takes the id of the issue/],
		[["clean", "M1", "--discard", "--yes"], /takes the id of one issue, not a milestone/],
		[["dev", "M1", "--yes"], /--yes belongs to "clean"/],
		[["claen"], /Did you mean "clean" or "plan"\?/],
	] as const) {
		const { exitCode, stderr } = await world.run(args);
		expect(exitCode).toBe(2);
		expect(stderr).toMatch(words);
	}
	const asked = await world.run(["clean", "DONE"]);
	expect(asked.stderr).toMatch(
		/Nothing here is safe to remove\. .*with a patch of it in logs\/: npx tsx \S+ clean DONE --discard/,
	);

	for (const id of ["DONE", "OPEN"]) {
		const { exitCode, stderr } = await world.run(["clean", id, "--discard", "--yes"]);
		expect(exitCode, stderr).toBe(0);
		expect(await git(["branch", "--list", `issue/${id}`])).toBe("");
		expect(existsSync(worktreeOf(world, id))).toBe(false);
		const patches = [...stderr.matchAll(/^Saved first: (.+)$/gm)].map(([, file = ""]) => file);
		expect(patches).toHaveLength(1);
		for (const patch of patches) await git(["apply", "--binary", patch]);
	}
	expect(await readFile(join(path, "new.bin"))).toEqual(Buffer.from([255, 254]));
	expect(await readFile(join(path, "latin.txt"))).toEqual(
		Buffer.from([...Buffer.from([230]), ...Buffer.from(" latin\n")]),
	);
	expect(await readFile(join(path, "README.md"), "utf8")).toBe("# Test\nmore\n");
	expect(await readFile(join(path, "by-hand.bin"))).toEqual(BYTES);
	expect(await git(["worktree", "list"])).not.toContain("\n");
});

test.skipIf(noTerminal)("in a terminal it asks, and takes only a yes for one", async () => {
	await using world = await createWorld([{ id: "EMPTY" }]);
	await world.run(["worktree:create", "EMPTY"]);
	for (const [answer, isThere] of [
		["\r", true],
		["n\r", true],
		["\u0003", true],
		["y\r", false],
	] as const) {
		await using terminal = openTerminal(world, ["clean"]);
		await terminal.shows("Remove 2 things (1 worktree, 1 branch)? [y/N]");
		terminal.type(answer);
		await terminal.finished;
		expect(existsSync(worktreeOf(world, "EMPTY")), JSON.stringify(answer)).toBe(isThere);
	}
	expect(await world.repository.git(["branch", "--list", "issue/*"])).toBe("");
});

async function lock({ repository }: World, id: string, changes: Partial<typeof THIS_RUN>): Promise<void> {
	await repository.write(".git/planted", JSON.stringify({ ...THIS_RUN, ...changes }));
	const blob = await repository.git(["hash-object", "-w", ".git/planted"]);
	await repository.git(["update-ref", `refs/orch/lock/${id}`, blob]);
}

function worktreeOf({ repository }: World, id: string, file = ""): string {
	return join(repository.folder, "repo.worktrees", id, file);
}
