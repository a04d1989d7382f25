import { expect, test } from "vitest";
import { asWritten } from "./support/edited-orchfile.ts";
import { FAMILIES, type Family } from "./support/families.ts";
import { createRepository } from "./support/repository.ts";
import { createWorld, type World } from "./support/world.ts";

function familyOf(name: string): Family {
	const family = FAMILIES.find((each) => each.name === name);
	if (!family) throw new Error(`there is no family ${name}`);
	return family;
}

async function worldOf(...families: readonly Pick<Family, "files">[]): Promise<World> {
	const world = await createWorld([], { repository: await createRepository([], { name: "app" }) });
	for (const { files } of families)
		for (const [file, text] of Object.entries(files)) await world.repository.write(file, text);
	await world.repository.write(".gitignore", "node_modules/\nlogs/\n");
	await world.repository.commit("a backlog");
	return world;
}

test("what is found is told at a glance, and what is wrong with it is no failure", async () => {
	await using world = await worldOf(familyOf("Backlog.md"), {
		files: {
			"backlog/tasks/task-20 - Odd.md": "---\nid: task-20\ntitle: Odd\nstatus: QA\ndependencies: [task-99]\n---\n",
			"backlog/tasks/task-21 - Broken.md": "---\nid: task-21\ntitle: Fix: x\nstatus: To Do\n---\n",
			"backlog/tasks/task-22 - Bare.md": "---\nid: task-22\ntitle: Bare\n---\n",
			"backlog/tasks/readme.md": "# Tasks\n",
		},
	});
	const { exitCode, stdout, stderr } = await world.run(["init"]);
	expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
	expect(stdout).toMatch(
		/^Found 6 documents in backlog\/tasks, 1 in backlog\/completed, in the form of Backlog\.md:\n {2}4 open: 1 in "m-1", 3 without a milestone\n {2}1 of these without a state, which counts as open: task-22\n {2}1 closed\n {2}1 in a state of no list, .*: "QA" \(1\)\n {2}1 document can't be used: backlog\/tasks\/task-21 - Broken\.md\n {2}1 document is no issue: backlog\/tasks\/readme\.md\n/,
	);
	expect(stdout).toMatch(/task-21 - Broken\.md:3: error: .*quote/);
	expect(stdout).toMatch(/^6 issues checked: 1 error, 2 warnings\.$/m);
	expect(stdout).toMatch(/^ {2}npx orchfile dev TASK-12 --rehearse$/m);

	const text = await world.repository.read("orchfile.mts");
	expect(text).toContain('\t\t// states: { open: [], closed: [], held: ["QA"] },\n');
	// As a person would do it who has read the line.
	const edited = text.replace('// states: { open: [], closed: [], held: ["QA"] }', 'states: { held: ["QA"] }');
	const settings = await asWritten(edited.replace('"orchfile"', '"./tasks/index.ts"'));
	const checked = JSON.parse((await world.run(["check", "--json"], settings)).stdout);
	expect(checked.findings.map(({ kind }: { kind: string }) => kind).sort()).toEqual(["broken", "dangling"]);
});

test("of several backlogs one is taken, and each can be", async () => {
	await using world = await worldOf(familyOf("ccpm"), familyOf("spec-kit"));
	const { git, read } = world.repository;
	const both = await world.run(["init", "-n"]);
	expect(both.stdout).toMatch(/^Found 6 issues in 2 documents in specs, in the form of spec-kit:$/m);
	expect(both.stdout).toMatch(
		/^Also found, and not taken: 3 documents in \.claude\/epics, in the form of ccpm \(2 open; --family ccpm takes it\)$/m,
	);
	expect(both.stdout).toContain('verb.discoverItems({ files: "specs/{project}/tasks.md", beside: "[P]" })');
	expect(await git(["status", "--porcelain"])).toBe("");

	const wrong = await world.run(["init", "--family", "ccmp"]);
	expect(wrong).toMatchObject({ exitCode: 2, stdout: "" });
	expect(wrong.stderr).toContain('Did you mean "ccpm"?');
	const absent = await world.run(["init", "--family", "gsd"]);
	expect(absent).toMatchObject({ exitCode: 2, stdout: "" });
	expect(absent.stderr).toContain("what was: spec-kit, ccpm");
	const elsewhere = await world.run(["plan", "--family", "ccpm"]);
	expect(elsewhere).toMatchObject({ exitCode: 2 });

	const other = JSON.parse((await world.run(["init", "--family", "ccpm", "--json"])).stdout);
	expect(other.found.map(({ family, taken }: { family: string; taken: boolean }) => [family, taken])).toEqual([
		["spec-kit", false],
		["ccpm", true],
	]);
	expect(await read("orchfile.mts")).toContain('issues: [".claude/epics/*/*.md", "!.claude/epics/*/epic.md"],');
	expect(await git(["status", "--porcelain"])).toBe("?? orchfile.mts");

	// It stands now, and says where the issues are.
	const again = await world.run(["init"]);
	expect(again).toMatchObject({ exitCode: 0 });
	expect(again.stdout).not.toContain("Found");
	expect(again.stdout).toContain("left as it is  orchfile.mts");
});

test("a sample where none is wanted, and lines to copy where an orchfile stands", async () => {
	await using world = await worldOf(familyOf("numbered issues"));
	const { git, read, write } = world.repository;
	const none = JSON.parse((await world.run(["init", "-n", "--family", "none", "--json"])).stdout);
	expect(none).toMatchObject({ check: null, found: [{ taken: false }] });
	expect(none.added).toContain("docs/projects/app/issues/FIRST-1.md");

	await write("orchfile.mts", 'const backlog = task("discover", verb.discover);\n');
	await world.repository.commit("an orchfile of before");
	const { exitCode, stdout } = await world.run(["init"]);
	expect(exitCode).toBe(0);
	expect(stdout).toMatch(/^left as it is {2}orchfile\.mts$/m);
	expect(stdout).toMatch(/^For this backlog orchfile\.mts needs:$/m);
	expect(stdout).toContain('  \tissues: "issues/**/*.md",\n');
	expect(await read("orchfile.mts")).toBe('const backlog = task("discover", verb.discover);\n');
	expect(await git(["status", "--porcelain"])).toBe("");
});

test("documents that git ignores are no backlog, and that is said", async () => {
	await using world = await createWorld([], { name: "app" });
	const { write, commit } = world.repository;
	await write(".gitignore", "/.scratch/\n");
	await write(".scratch/a/issues/01-x.md", "# X\n\nStatus: ready-for-agent\n");
	await write(".scratch/notes.md", "# Notes\n");
	await commit("what is ignored");
	const { stdout } = await world.run(["init", "-n"]);
	expect(stdout).toMatch(/^Not taken, since git ignores it, and an agent sees only .*: 2 documents in \.scratch$/m);
	expect(stdout).toContain("would write  docs/projects/app/issues/FIRST-1.md");
});

test("in a repository without a commit, what can't be checked yet is said", async () => {
	await using world = await worldOf(familyOf("taskmd"));
	await world.repository.git(["update-ref", "-d", "HEAD"]);
	const { exitCode, stdout } = await world.run(["init", "--project", "house"]);
	expect(exitCode).toBe(0);
	expect(stdout).toContain("Found 4 documents in tasks, in the form of taskmd:");
	expect(stdout).toMatch(/^The backlog can't be checked yet:\n.*no commit/m);
	expect(await world.repository.read("orchfile.mts")).toContain('project: "house",');
});
