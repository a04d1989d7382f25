import { expect, test } from "vitest";
import { createWorld } from "./support/world.ts";

test("a backlog in order has nothing to tell", async () => {
	await using world = await createWorld([
		{ id: "A", blocked: ["B"] },
		{ id: "B", blocked_by: ["A"] },
	]);
	await world.repository.write("docs/projects/p/milestones/M1-first.md", "# M1\n");
	await world.repository.commit();
	const { exitCode, stdout } = await world.run(["check"]);
	expect(stdout).toBe("2 issues checked: 0 errors, 0 warnings.\n");
	expect(exitCode).toBe(0);
});

test("everything that a run would stumble over is found at once, each with its file and line", async () => {
	await using world = await createWorld([
		{ id: "A", blocked_by: ["Bx"], children: ["NOBODY"] },
		{ id: "B", state: "done", blocked_by: ["A"] },
		{ id: "C", parent: "D" },
		{ id: "D", parent: "C" },
		{ id: "E", blocked_by: ["F"] },
		{ id: "F", blocked_by: ["G"] },
		{ id: "G", blocked: ["F"], blocked_by: ["E"] },
		{ id: "H", milestone: "M2" },
		{ id: "007x", milestone: null },
	]);
	await world.repository.write("docs/projects/p/issues/broken.md", "---\nid: 7.5\ntitle: t\n---\n");
	await world.repository.write("docs/projects/p/issues/twin.md", '---\nid: "h"\ntitle: t\nproject: p\n---\n');
	await world.repository.write("docs/projects/p/milestones/M2-a.md", "# a\n");
	await world.repository.write("docs/projects/p/milestones/M2-b.md", "# b\n");
	const { exitCode, stdout } = await world.run(["check"]);
	expect(exitCode).toBe(2);
	const at = (file: string, line: number, text: string) =>
		expect(stdout).toMatch(new RegExp(`^docs/projects/p/issues/${file}\\.md:${line}: ${text}`, "m"));
	at("A", 6, "error: blocked_by names Bx, expected the id of an issue; did you mean B");
	at("A", 7, "warning: children names NOBODY, expected the id of an issue");
	at("B", 6, "warning: state is done, but it is blocked by A, which is planned");
	at("C", 6, "warning: parent goes in a circle: (C ← D ← C|D ← C ← D)");
	expect(stdout).toMatch(/error: blocked_by goes in a circle: E ← F ← G ← E/);
	at(
		"E",
		6,
		"warning: blocked_by names F, but docs/projects/p/issues/F.md does not name it back; add it there under blocked",
	);
	at("broken", 2, "error: id: 7.5; expected a string; quote it");
	at("broken", 1, "error: project: nothing; expected `project:` in the front matter, or");
	expect(stdout).toMatch(/error: The ids? .*h.* stands? in 2 documents/i);
	expect(stdout).toMatch(/milestone M1 has no document/);
	expect(stdout).toMatch(/twin\.md/);
	expect(stdout.trimEnd().split("\n").at(-1)).toMatch(/^\d+ issues checked: \d+ errors, \d+ warnings\.$/);
	const data = JSON.parse((await world.run(["check", "--json"])).stdout);
	// The two last lines are a note of those without a state, and the counts.
	expect(data.findings.length).toBe(stdout.trimEnd().split("\n").length - 2);
});

test("a milestone by itself, an ambiguous milestone document, a document that is not committed", async () => {
	await using world = await createWorld([{ id: "A" }, { id: "B", milestone: "M2" }]);
	await world.repository.write("docs/projects/p/milestones/M2-a.md", "# a\n");
	await world.repository.write("docs/projects/p/milestones/M2-b.md", "# b\n");
	await world.repository.writeIssue({ id: "B", milestone: "M2", title: "Another title" });
	const first = await world.run(["check", "M1"]);
	expect(first.exitCode).toBe(0);
	expect(first.stdout).not.toContain("M2");
	const second = await world.run(["check", "M2"]);
	expect(second.exitCode).toBe(2);
	expect(second.stdout).toMatch(
		/B\.md:4: error: milestone M2 has several documents, expected one: .*M2-a\.md, .*M2-b\.md/,
	);
	expect(second.stdout).toMatch(/B\.md:1: warning: changed since it was committed/);
});

test("a relation that the repository writes down on one side only is not told to be one-sided", async () => {
	await using world = await createWorld([
		{ id: "A", parent: "E" },
		{ id: "B", blocked_by: ["A"] },
		{ id: "C", blocked_by: ["A", "B"] },
		{ id: "E" },
	]);
	const { stdout, exitCode } = await world.run(["check"]);
	expect(exitCode).toBe(0);
	expect(stdout).not.toContain("name it back");
	await world.repository.writeIssue({ id: "D", blocked: ["E"] });
	await world.repository.writeIssue({ id: "E", blocked_by: ["D"] });
	await world.repository.commit();
	const told = (await world.run(["check"])).stdout.match(/^.*name it back.*$/gm) ?? [];
	expect(told).toHaveLength(3);
	expect(told.join("\n")).not.toContain("parent");
});
