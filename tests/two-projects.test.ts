import { describe, expect, test } from "vitest";
import { editAndPass } from "./support/scripts.ts";
import { createWorld } from "./support/world.ts";

const planned = (stdout: string) =>
	(JSON.parse(stdout) as readonly { id: string; branch: string }[]).map(({ id, branch }) => [id, branch]);

describe("an id that two projects have", () => {
	test("is planned, run and looked at in each of them, by --project or by both names", async () => {
		await using world = await createWorld(
			[
				{ id: "TBD", project: "a", milestone: "M1" },
				{ id: "TBD", project: "b", milestone: "M1", blocked_by: ["a/TBD"] },
				{ id: "B-1", project: "b", milestone: "M1", blocked_by: ["TBD"] },
			],
			{ script: editAndPass },
		);
		const { git } = world.repository;
		expect(planned((await world.run(["plan", "M1", "--project", "b", "--json"])).stdout)).toEqual([
			["b/TBD", "issue/b+TBD"],
			["B-1", "issue/B-1"],
		]);
		expect((await world.run(["plan", "TBD"])).stderr).toContain('Several projects have an issue "TBD": a/TBD, b/TBD.');
		expect(await world.run(["check"])).toMatchObject({ exitCode: 0 });

		const first = await world.run(["dev", "TBD", "--project", "a"]);
		expect(first, first.stderr).toMatchObject({ exitCode: 0 });
		expect(await git(["log", "-1", "--format=%s%n%(trailers)", "issue/a+TBD"])).toMatch(
			/^TBD: Title of TBD\nOrch-Issue: a\+TBD\nOrch-Document: docs\/projects\/a\/issues\/TBD\.md\n/,
		);
		expect(await world.log("M1/a+TBD/dev-run.json")).toMatchObject({
			issueId: "TBD",
			project: "a",
			issueDocPath: "docs/projects/a/issues/TBD.md",
			worktreePath: `${world.repository.path}.worktrees/a+TBD`,
		});
		const second = await world.run(["dev", "b/TBD"]);
		expect(second, second.stderr).toMatchObject({ exitCode: 0 });
		// It starts from the branch of the other project's.
		await git(["merge-base", "--is-ancestor", "issue/a+TBD", "issue/b+TBD"]);
		expect((await world.run(["dev", "a/TBD"])).stdout).toContain("'dev a/TBD' is up to date.\n");
		expect((await world.run(["status", "a/TBD"])).stdout).toMatch(/a\/TBD .*up to date/);

		expect((await world.run(["clean", "a/TBD", "--discard", "--yes"])).exitCode).toBe(0);
		expect(await git(["branch", "--list", "issue/*", "--format=%(refname:short)"])).toBe("issue/b+TBD");
	});

	test("keeps what was made for it while it was alone, and goes on with what it has once it is alone again", async () => {
		await using world = await createWorld([{ id: "X", project: "a", milestone: "M1" }], { script: editAndPass });
		const { repository } = world;
		const { git } = repository;
		expect(await world.run(["dev", "X"])).toMatchObject({ exitCode: 0 });
		const made = await git(["rev-parse", "issue/X"]);
		await repository.writeIssue({ id: "X", project: "b", milestone: "M1" });
		await repository.commit("a second one");

		const both = [
			["a/X", "issue/X"],
			["b/X", "issue/b+X"],
		];
		const listed = async (...args: string[]) =>
			planned((await world.run(["plan", ...args, "--always-make", "--json"])).stdout);
		expect([...(await listed("a/X")), ...(await listed("b/X"))]).toEqual(both);
		expect((await world.run(["status", "a/X"])).stdout).toMatch(/a\/X .*up to date/);
		expect((await world.run(["status", "b/X"])).stdout).toMatch(/b\/X .*never run/);
		const ran = await world.run(["dev", "b/X"]);
		expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
		expect(await git(["rev-parse", "issue/X"])).toBe(made);

		// Without logs, as in a clone, the branch tells whose it is.
		await git(["branch", "keep/X", "issue/X"]);
		await world.repository.git(["clone", "-q", repository.path, `${repository.folder}/clone`]);
		await git(["branch", "issue/X", "origin/issue/X"], `${repository.folder}/clone`);
		const cwd = `${repository.folder}/clone`;
		expect(planned((await world.run(["plan", "a/X", "--json"], { cwd })).stdout)).toEqual([both[0]]);
		expect(planned((await world.run(["plan", "b/X", "--json"], { cwd })).stdout)).toEqual([both[1]]);

		await git(["rm", "-q", "docs/projects/a/issues/X.md"]);
		await repository.commit("the first one is gone");
		expect(await listed("X")).toEqual([["X", "issue/b+X"]]);
		expect((await world.run(["status", "X"])).stdout).toMatch(/X .*up to date/);
	});

	test("that stands twice in one of them is an error there, and nowhere else", async () => {
		await using world = await createWorld([
			{ id: "X", project: "a" },
			{ id: "W", project: "a" },
			{ id: "X", project: "b" },
			{ id: "Y", project: "b" },
		]);
		await world.repository.write(
			"docs/projects/a/issues/again.md",
			'---\nid: X\ntitle: T\nproject: a\nmilestone: "M1"\n---\n',
		);
		await world.repository.commit();
		const broken = await world.run(["plan", "M1", "--project", "a"]);
		expect(broken).toMatchObject({ exitCode: 2 });
		expect(broken.stderr).toContain("The id X stands in 2 documents");
		const { exitCode, stdout } = await world.run(["plan", "M1", "--project", "b", "--json"]);
		expect(exitCode).toBe(0);
		expect(planned(stdout)).toEqual([
			["b/X", "issue/b+X"],
			["Y", "issue/Y"],
		]);
	});
});
