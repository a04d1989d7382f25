import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { asWritten } from "./support/edited-orchfile.ts";
import { editAndPass } from "./support/scripts.ts";
import { createWorld, ORCHFILE } from "./support/world.ts";

test("a milestone called like a heading, documents in several places, and finished ones that satisfy what waits for them", async () => {
	await using world = await createWorld([], { script: editAndPass });
	const { repository } = world;
	const write = (file: string, ...lines: string[]) =>
		repository.write(`backlog/${file}.md`, `---\n${lines.join("\n")}\n---\n\nDo it.\n`);
	await write("tasks/task-1", "id: T-1", "title: one", 'milestone: "M1 - CLI"', "blocked_by: [T-0, T-9]");
	await write("tasks/task-2", "id: T-2", "title: two", 'milestone: "M1 - CLI"');
	await write("tasks/notes", "id: N-1", "title: notes");
	await write("completed/task-0", "id: T-0", "title: zero", "state: whatever", "priority: soon");
	await write("archive/deep/task-9", "id: T-9", "state: planned");
	await repository.write("backlog/milestones/M1 - CLI.md", "# CLI\n");
	await repository.commit("a backlog");
	const layout = {
		issues: ["backlog/tasks/*.md", "!backlog/tasks/notes.md"],
		finished: ["backlog/completed/*.md", "backlog/archive/**/*.md"],
		milestones: "backlog/milestones/{milestone}.md",
		project: "b",
	};
	const own = await readFile(ORCHFILE, "utf8");
	const settings = await asWritten(
		own.replace("export const graph = {", () => `export const graph = {\n\tlayout: ${JSON.stringify(layout)},`),
	);
	const checked = await world.run(["check"], settings);
	expect(checked, checked.stdout).toMatchObject({ exitCode: 0 });
	expect(checked.stdout).not.toContain("has no document");
	for (const target of ["M1", "M1 - CLI"]) {
		const { stdout } = await world.run(["plan", target, "--json"], settings);
		expect(JSON.parse(stdout).map(({ id }: { id: string }) => id)).toEqual(["T-1", "T-2"]);
	}
	const ran = await world.run(["dev", "M1 - CLI"], settings);
	expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
	expect(ran.stderr).toContain("dev 'M1 - CLI': reading the backlog");
	expect(await world.log("M1-CLI+28bc95cb/T-1/dev-run.json")).toMatchObject({ milestoneId: "M1 - CLI" });
	expect(await repository.git(["log", "-1", "--format=%(trailers:key=Orch-Milestone,valueonly)", "issue/T-1"])).toBe(
		"M1 - CLI",
	);
	expect((await world.run(["dev", "M1", "-q"], settings)).exitCode).toBe(0);
	expect(world.model.issuesSeen).toEqual(["T-1", "T-2"]);
});
