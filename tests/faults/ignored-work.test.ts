import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runAndPass } from "../support/scripts.ts";
import { commandsIn, typed } from "../support/typed.ts";
import { createWorld, type World } from "../support/world.ts";

const RULES = "node_modules/\n*.gen\n!keep.gen\n";

test("work that only the agent's own rules ignore is shown and kept; what was ignored before it came goes with the worktree", async () => {
	const work = (commands: string) => runAndPass(`mkdir -p deep/er && ${commands}`);
	await using world = await createWorld([
		{ id: "ALL", script: work("echo '*' > .gitignore && echo work > work.txt && echo work > deep/er/work.txt") },
		{ id: "NESTED", script: work("echo '*' > deep/.gitignore && echo work > deep/er/work.txt && echo top > top.txt") },
		{ id: "NEGATION", script: work("echo '*.gen' > .gitignore && echo work > deep/keep.gen") },
		{ id: "FOLDER", script: work("echo /deep/ >> .gitignore && echo work > deep/er/work.txt && echo x > deep/x.gen") },
		{
			id: "EXPECTED",
			script: work(`mkdir -p node_modules/a && echo '*' > node_modules/a/.gitignore && echo x > node_modules/a/x
				printf '/elsewhere/\\n/deep/\\n' >> .gitignore && echo x > deep/er/x.log && echo x > deep/x.gen && echo x > x.gen
				mkdir -p elsewhere/empty lib/out && echo x > lib/out/x && echo more >> lib/.gitignore`),
		},
		{
			id: "BUILD",
			script: work("echo /built/ >> .gitignore && mkdir built && echo x > built/x && echo source > source.txt"),
		},
		{ id: "RULE", script: runAndPass("echo /dist/ >> .gitignore") },
		{
			id: "STACKED",
			blocked_by: ["RULE"],
			script: runAndPass("mkdir dist && echo x > dist/x && echo more > more.txt"),
		},
	]);
	const { repository } = world;
	await repository.write(".gitignore", RULES);
	await repository.write("lib/.gitignore", "/out/\n");
	await repository.commit();
	await writeFile(join(repository.home, "ignored"), "*.log\n");
	await repository.git(["config", "--global", "core.excludesFile", join(repository.home, "ignored")]);
	const { exitCode, stdout, stderr } = await world.run(["dev", "M1", "-j", "2"]);

	expect(exitCode, stderr).toBe(1);
	const shown = Object.fromEntries(
		[...stderr.matchAll(/^(\S+?):? +In .* is on no branch: (.*)\. The worktree is kept\.$/gm)].map(([, id, files]) => [
			id,
			files,
		]),
	);
	expect(shown).toEqual({
		ALL: "deep/, work.txt",
		NESTED: "deep/.gitignore, deep/er/",
		NEGATION: "deep/keep.gen",
		FOLDER: "deep/",
		BUILD: "built/",
	});
	for (const id of Object.keys(shown)) expect(existsSync(worktreeOf(world, id))).toBe(true);
	// Where nothing but rules is on the branch, the work is what they hide.
	for (const id of ["ALL", "NEGATION", "FOLDER"])
		expect(stdout).toMatch(new RegExp(`^${id} +failed: work-ignored `, "m"));
	for (const id of ["NESTED", "BUILD"]) expect(stdout).toMatch(new RegExp(`^${id} +pass, ignored files kept `, "m"));
	expect(await readFile(join(worktreeOf(world, "ALL"), "deep/er/work.txt"), "utf8")).toBe("work\n");
	for (const id of ["EXPECTED", "RULE", "STACKED"]) {
		expect(stdout).toMatch(new RegExp(`^${id} +pass `, "m"));
		expect(existsSync(worktreeOf(world, id))).toBe(false);
	}

	// Typed again, it says the same.
	const again = await world.run(["dev", "ALL"]);
	expect(again).toMatchObject({ exitCode: 1, stdout: expect.stringMatching(/^ALL +failed: work-ignored /m) });
	expect(again.stderr).toContain("deep/, work.txt");

	// What is printed leads on: one is kept after all, one is not.
	await writeFile(join(worktreeOf(world, "ALL"), ".gitignore"), RULES);
	const [persist = ""] = commandsIn(again.stderr, "npx tsx ");
	expect(await typed(world, persist)).toMatchObject({ exitCode: 0 });
	expect(await repository.git(["diff", "--name-only", "main...issue/ALL"])).toBe("deep/er/work.txt\nwork.txt");
	const done = await world.run(["dev", "ALL"]);
	expect(done.exitCode, done.stderr).toBe(0);
	expect(existsSync(worktreeOf(world, "ALL"))).toBe(false);
	const nested = stderr.slice(stderr.indexOf("NESTED: In "));
	const [remove = ""] = commandsIn(nested, "git worktree remove ");
	expect(await typed(world, remove)).toMatchObject({ exitCode: 0 });
	expect(existsSync(worktreeOf(world, "NESTED"))).toBe(false);
	expect(world.model.issuesSeen).toHaveLength(8);
});

function worktreeOf({ repository }: World, id: string): string {
	return join(`${repository.path}.worktrees`, id);
}
