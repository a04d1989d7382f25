import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { asWritten } from "./support/edited-orchfile.ts";
import { answerDeferred, editAndPass } from "./support/scripts.ts";
import { createWorld, ORCHFILE, type RunSettings } from "./support/world.ts";

/** This repository's orchfile, whose issues are the boxes of a list. */
async function ofItems(item: string, more = ""): Promise<RunSettings> {
	const own = await readFile(ORCHFILE, "utf8");
	const text = own
		.replace('task("discover", verb.discover)', () => `task("discover", verb.discoverItems(${item}))`)
		.replace("export const graph = {", () => `export const graph = {\n\tlayout: { project: "app" },\n\t${more}`);
	expect(text).toContain("discoverItems(");
	return asWritten(text);
}

const SPECS = '{ files: "specs/{project}/tasks.md", beside: "[P]" }';

const TASKS = `# Tasks

- [x] T001 Measure
- [ ] T002 [P] Order wood
- [ ] T003 [P] Order screws
- [ ] T004 Build
`;

test("the boxes of a document are checked, planned and done in order, and a run goes on with what is not done", async () => {
	await using world = await createWorld([], { script: editAndPass });
	const { repository, model } = world;
	await repository.write("specs/stairs/tasks.md", TASKS);
	await repository.commit("a list");
	const settings = await ofItems(SPECS);

	const checked = await world.run(["check"], settings);
	expect(checked, checked.stdout).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("4 issues checked") });
	const plan = await world.run(["plan"], settings);
	expect(plan.stdout).toMatch(/T002 .*\n.*T003 .*\n.*T004 /);
	expect(plan.stdout).toContain("3 to run");

	const ran = await world.run(["dev", "--all", "-j", "1"], settings);
	expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
	expect(model.issuesSeen).toEqual(["T002", "T003", "T004"]);

	// One that is ticked and one that is added make none of the others another.
	await repository.write("specs/stairs/tasks.md", `${TASKS.replace("- [ ] T002", "- [x] T002")}- [ ] T005 Paint\n`);
	await repository.commit("ticked");
	const next = await world.run(["plan"], settings);
	expect(next.stdout, next.stdout).toMatch(/T003 .*passed|T003 .*up to date/);
	expect(next.stdout).toContain("1 to run");
});

test("what is no issue, and what stands twice, is told with its line", async () => {
	await using world = await createWorld([]);
	const { repository } = world;
	await repository.write("specs/a/tasks.md", "- [ ] T1 One\n- [ ] nothing\n- [ ] T2 Two\n- [ ] t2 Again\n");
	await repository.commit();
	const { exitCode, stdout } = await world.run(["check"], await ofItems(SPECS));
	expect(exitCode).toBe(2);
	expect(stdout).toMatch(/^specs\/a\/tasks\.md:2: error: nothing; expected /m);
	expect(stdout).toMatch(/The ids T2 and t2 stand in /);
	const none = await world.run(["plan"], await ofItems('{ files: "plans/*.md" }'));
	expect(none).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("plans/*.md") });
});

test("an item is answered within its own lines, and nothing else of its document is another", async () => {
	const contexts: { readonly issueId?: string; readonly priorAttempt?: { readonly answers: readonly string[] } }[] = [];
	await using world = await createWorld([], {
		script: async function* (prompted) {
			contexts.push(prompted.context as object);
			yield* contexts.length === 1 ? answerDeferred(prompted) : editAndPass(prompted);
		},
	});
	const { repository } = world;
	const file = "specs/stairs/tasks.md";
	await repository.write(file, TASKS);
	await repository.commit("a list");
	const settings = await ofItems(SPECS);
	await world.run(["dev", "T002"], settings);

	const answered = await world.run(["answer", "T002", "-m", "- [ ] T009 The short ones", "--commit"], settings);
	expect(answered, answered.stderr).toMatchObject({ exitCode: 0 });
	const text = await repository.read(file);
	expect(text).toMatch(
		/\n- \[ \] T002 \[P\] Order wood\n\n {2}\*\*Answers of [\s\S]*\n {2}> - \[ \] T009 The short ones\n\n- \[ \] T003/,
	);
	expect((await world.run(["discover"], settings)).stdout).not.toContain("T009");

	const ran = await world.run(["dev", "T002"], settings);
	expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
	expect(contexts[1]?.priorAttempt?.answers).toEqual([
		"Which of the two formats is meant?\n\nAnswer: - [ ] T009 The short ones",
	]);
});
