import { describe, expect, test } from "vitest";
import { commitMessage } from "../tasks/contract/commit-message.ts";
import { readCommitSubject } from "../tasks/contract/commit-subject.ts";
import { attemptRecord, issue, problemsOf } from "./support/documents.ts";
import { ownOrchfile } from "./support/own-orchfile.ts";
import { editAndPass } from "./support/scripts.ts";
import { createWorld } from "./support/world.ts";

const withCommit = (commit: string) =>
	ownOrchfile(["export const graph = {", `export const graph = {\n\tcommit: ${commit},`]);

test("a run commits with the subject that the orchfile asks for, and the trailers stay", async () => {
	const settings = await withCommit('{ subject: "feat({id}): {title}" }');
	await using world = await createWorld([{ id: "A-1", title: "Costs $& and {id}, `twice`", script: editAndPass }]);
	const run = await world.run(["dev", "A-1"], settings);
	expect(run, run.stderr).toMatchObject({ exitCode: 0 });
	const { git } = world.repository;
	expect(await git(["log", "-1", "--format=%s", "issue/A-1"])).toBe("feat(A-1): Costs $& and {id}, `twice`");
	expect(await git(["log", "-1", "--format=%(trailers:key=Orch-Issue,valueonly)", "issue/A-1"])).toBe("A-1");
	// What finds the commit goes by its trailers.
	expect(await world.run(["dev", "A-1"], settings)).toMatchObject({ exitCode: 0 });
	expect(world.model.issuesSeen).toEqual(["A-1"]);

	const rehearsed = await world.run(["dev", "A-1", "--rehearse"], settings);
	expect(rehearsed, rehearsed.stderr).toMatchObject({ exitCode: 0 });
	expect(await git(["log", "-1", "--format=%s", "rehearsal/A-1"])).toMatch(/^rehearsal of feat\(A-1\): Costs/);
});

test("one that can't be used is told by every command before anything is done", async () => {
	const settings = await withCommit('{ subject: "feat: {tittle}" }');
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	for (const args of [
		["plan", "M1"],
		["dev", "M1"],
	]) {
		const run = await world.run(args, settings);
		expect(run).toMatchObject({ exitCode: 2, stdout: "" });
		expect(run.stderr).toBe(
			'The orchfile\'s commit.subject is "feat: {tittle}"; expected {id}, {title}, {milestone}, {project}, {phase} as the only placeholders.\n',
		);
	}
	expect(world.model.issuesSeen).toEqual([]);
});

describe("forms", () => {
	test.each([
		["{id}: {title}", "A-1: Count the words"],
		["feat({id}): {title}", "feat(A-1): Count the words"],
		["[{milestone}] {title} ({id})", "[M1] Count the words (A-1)"],
		["{phase}({project}): {title} #{id}", "dev(p): Count the words #A-1"],
		["{id} {id}", "A-1 A-1"],
		["#{id} {title}", "#A-1 Count the words"],
	])("%s", (form, subject) => {
		expect(readCommitSubject({ subject: form })).toBe(form);
		const plan = issue("A-1", { title: "Count the words" });
		expect(commitMessage(plan, attemptRecord(), "Did it.", form).split("\n")[0]).toBe(subject);
	});

	test.each([
		[{ subject: "" }, "subject", /\{id\} or \{title\}/],
		[{ subject: "chore: work" }, "subject", /\{id\} or \{title\}/],
		[{ subject: "{milestone}" }, "subject", /\{id\} or \{title\}/],
		[{ subject: "{ID}: {title}" }, "subject", /only placeholders/],
		[{ subject: "{id: {title}" }, "subject", /only placeholders/],
		[{ subject: "{id}\n{title}" }, "subject", /one line/],
		[{ subject: "{id}\u0007" }, "subject", /control characters/],
		[{ subject: " {id}" }, "subject", /no space/],
		[{ subject: `{id}${"x".repeat(200)}` }, "subject", /at most 200/],
		[{ subject: 7 }, "subject", /a string/],
		[{ subject: () => "x" }, "subject", /a string/],
		[{ subjekt: "{id}" }, "subjekt", /^subject$/],
		["{id}", "", /subject:/],
		[["{id}"], "", /subject:/],
		[null, "", /subject:/],
	])("%j can't be used", (settings, key, expected) => {
		expect(problemsOf(() => readCommitSubject(settings as never))).toContainEqual(
			expect.objectContaining({ kind: "commit-invalid", key, expected: expect.stringMatching(expected) }),
		);
	});
});
