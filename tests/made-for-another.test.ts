import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { asWritten } from "./support/edited-orchfile.ts";
import type { TestRepository } from "./support/repository.ts";
import { editAndPass } from "./support/scripts.ts";
import { createWorld, ORCHFILE } from "./support/world.ts";

/** An orchfile whose issues are those of one feature. */
async function featuring(feature: string, project: string) {
	const layout = { issues: `specs/${feature}/*.md`, milestones: "specs/{milestone}/plan.md", project };
	const own = await readFile(ORCHFILE, "utf8");
	return asWritten(
		own.replace("export const graph = {", () => `export const graph = {\n\tlayout: ${JSON.stringify(layout)},`),
	);
}

async function writeFeature(repository: TestRepository, feature: string, text = `Do ${feature}.`): Promise<void> {
	await repository.write(`specs/${feature}/WP01.md`, `---\nid: WP01\ntitle: ${feature}\n---\n\n${text}\n`);
	await repository.commit(feature);
}

test.each([
	["a", "b", "documents of two projects"],
	["p", "p", "documents of one project"],
])("in %s and %s: %s that have one id never meet on one branch, whichever the layout names", async (one, other) => {
	await using world = await createWorld([], { script: editAndPass });
	const { repository, model } = world;
	const { git } = repository;
	await writeFeature(repository, "a");
	await writeFeature(repository, "b");
	const [first, second] = [await featuring("a", one), await featuring("b", other)];
	expect(await world.run(["dev", "WP01"], first)).toMatchObject({ exitCode: 0 });
	const made = await git(["rev-parse", "issue/WP01"]);
	const logs = "_no-milestone/WP01/dev-run.json";
	const record = await world.log(logs);

	expect((await world.run(["status", "WP01"], second)).stdout).toMatch(/^WP01 +made for another document/m);
	const refused = await world.run(["dev", "WP01"], second);
	expect(refused).toMatchObject({ exitCode: 1 });
	expect(refused.stderr).toContain("are those of specs/a/WP01.md, and not of specs/b/WP01.md");
	// The branch alone tells it as well: in a clone, or where logs were removed.
	await git(["clone", "-q", repository.path, `${repository.folder}/clone`]);
	const cwd = `${repository.folder}/clone`;
	await git(["branch", "issue/WP01", "origin/issue/WP01"], cwd);
	await git(["config", "user.email", "test@example.com"], cwd);
	const cloned = await world.run(["dev", "WP01"], { ...second, cwd });
	expect(cloned).toMatchObject({ exitCode: 1 });
	expect(cloned.stderr).toContain("are those of specs/a/WP01.md");
	expect(await git(["rev-parse", "issue/WP01"])).toBe(made);
	expect(await world.log(logs)).toEqual(record);
	expect(model.issuesSeen).toEqual(["WP01"]);

	// What has come to the base is told of its own document alone.
	await git(["merge", "-q", "issue/WP01"], cwd);
	await git(["branch", "-D", "issue/WP01"], cwd);
	expect((await world.run(["status", "WP01"], { ...first, cwd })).stdout).toMatch(/^WP01 +merged/m);
	expect((await world.run(["status", "WP01"], { ...second, cwd })).stdout).toMatch(/^WP01 +never run/m);

	// As the message says.
	await git(["branch", "-m", "issue/WP01", "old/issue/WP01"]);
	const { rename } = await import("node:fs/promises");
	const folder = `${repository.path}/logs/orch/_no-milestone/WP01`;
	await rename(folder, `${folder}+old`);
	const again = await world.run(["dev", "WP01"], second);
	expect(again, again.stderr).toMatchObject({ exitCode: 0 });
	expect(await git(["rev-list", "--count", "main..issue/WP01"])).toBe("1");
});

test("a document that is moved, renamed or given another title and project keeps what was made for it", async () => {
	await using world = await createWorld([], { script: editAndPass });
	const { repository } = world;
	await writeFeature(repository, "a");
	expect(await world.run(["dev", "WP01"], await featuring("a", "one"))).toMatchObject({ exitCode: 0 });
	await repository.git(["mv", "specs/a", "specs/b"]);
	await repository.commit("moved");
	const moved = await world.run(["status", "WP01"], await featuring("b", "two"));
	expect(moved.stdout).toMatch(/^WP01 +up to date/m);
	await repository.git(["mv", "specs/b/WP01.md", "specs/b/another.md"]);
	await repository.write("specs/b/another.md", "---\nid: WP01\ntitle: another\n---\n\nDo more.\n");
	await repository.write("specs/a/WP01.md", "---\nid: WP02\ntitle: a\n---\n");
	await repository.commit("renamed, and its place taken by another id");
	const renamed = await world.run(["dev", "WP01"], await featuring("b", "one"));
	expect(renamed, renamed.stderr).toMatchObject({ exitCode: 0 });
	expect(world.model.issuesSeen).toEqual(["WP01", "WP01"]);
});
