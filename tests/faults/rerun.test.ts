import { appendFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { editAndPass } from "../support/scripts.ts";
import { ownTemporaryFolder } from "../support/temporary.ts";
import { createWorld, type World } from "../support/world.ts";

/** Lines of a verbose run; the run is killed as soon as one of them shows. Every step of one issue: `killed-at-every-step`. */
const POINTS = ["A worktree:teardown removed", "B phase:dev pass"];

test.concurrent.each(POINTS)("a run killed at '%s' ends, typed again, as if nothing had happened", async (point) => {
	await using world = await diamondless();
	const run = world.start(["dev", "M1", "--verbose"], { env: await ownTemporaryFolder(world) });
	let seen = "";
	run.child.stderr?.on("data", (text) => {
		seen += text;
		if (seen.replace(/ {2}[\d:]{8} {2}| {2}/g, " ").includes(point)) run.child.kill("SIGKILL");
	});
	const killed = await run.finished;
	expect(killed.signal, seen).toBe("SIGKILL");
	const passedBefore = await passedIssues(world);

	const seenBefore = world.model.issuesSeen.length;
	const again = await world.run(["dev", "M1"]);
	expect(again.exitCode, again.stderr).toBe(0);
	const secondTurns = world.model.issuesSeen.slice(seenBefore);
	expect(secondTurns.filter((id) => passedBefore.includes(id))).toEqual([]);
	for (const id of ["A", "B"]) {
		expect(await world.repository.git(["show", `issue/${id}:${id}.txt`])).toBe(`written for ${id}`);
		const record = await world.log<{ outcome: string; saved: { head: string } }>(`M1/${id}/dev-run.json`);
		expect(record.outcome).toBe("pass");
		expect(record.saved.head).toBe(await world.repository.git(["rev-parse", `issue/${id}`]));
		expect(await world.log(`M1/${id}/dev-result.json`)).toMatchObject({ status: "pass", issueId: id });
	}
	expect(await world.repository.git(["rev-list", "--count", "main..issue/A"])).toBe("1");
	expect(await world.repository.git(["rev-list", "--count", "main..issue/B"])).toBe("2");
	expect(await world.repository.git(["worktree", "list"])).not.toContain("\n");
	expect(await world.repository.git(["status", "--porcelain"])).toBe("");
	expect(await readdir(world.repository.folder)).not.toContain("repo.worktrees");
});

test("what passed is up to date, until its document changes, and the run says which input it was", async () => {
	await using world = await diamondless();
	expect((await world.run(["dev", "M1", "-q"])).exitCode).toBe(1);
	expect(world.model.requests).toHaveLength(0);
	await world.run(["dev", "M1"]);
	expect((await world.run(["dev", "M1", "-q"])).exitCode).toBe(0);
	const second = await world.run(["dev", "M1"]);
	expect(second.stdout).toContain("'dev A' is up to date.");
	expect(world.model.issuesSeen).toEqual(["A", "B"]);

	await appendFile(join(world.repository.path, "docs/projects/p/issues/A.md"), "One thing more.\n");
	await world.repository.commit("say more");
	expect((await world.run(["dev", "M1", "-q"])).exitCode).toBe(1);
	const why = await world.run(["why", "A"]);
	expect(why.stdout).toMatch(/A is not up to date: docs\/projects\/p\/issues\/A\.md has changed since it passed/);
	const third = await world.run(["dev", "M1"]);
	expect(third.exitCode, third.stderr).toBe(0);
	expect(third.stderr).toMatch(
		/A {2}[\d:]{8} {2}phase:dev {2}started, since docs\/projects\/p\/issues\/A\.md has changed/,
	);
	expect(third.stdout).toContain("'dev B' is up to date.");
	expect(world.model.issuesSeen).toEqual(["A", "B", "A"]);

	await world.run(["dev", "B", "-B"]);
	expect(world.model.issuesSeen).toEqual(["A", "B", "A", "B"]);
});

test("a commit that is on no branch any more makes its issue out of date", async () => {
	await using world = await diamondless();
	await world.run(["dev", "A"]);
	await world.repository.git(["branch", "-q", "-D", "issue/A"]);
	expect((await world.run(["why", "A"])).stdout).toMatch(/commit [0-9a-f]{10} is neither on issue\/A nor on the base/);
	const again = await world.run(["dev", "A"]);
	expect(again.exitCode, again.stderr).toBe(0);
	expect(await world.repository.git(["show", "issue/A:A.txt"])).toBe("written for A");
});

function diamondless(): Promise<World> {
	return createWorld([
		{ id: "A", script: editAndPass },
		{ id: "B", blocked_by: ["A"], blocked: [], script: editAndPass },
	]);
}

async function passedIssues(world: World): Promise<string[]> {
	const records = ["A", "B"].map(async (id) => {
		const record = await world.log<{ outcome: string }>(`M1/${id}/dev-run.json`).catch(() => undefined);
		return record?.outcome === "pass" ? [id] : [];
	});
	return (await Promise.all(records)).flat();
}
