import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import type { AttemptRecord } from "../tasks/contract/record.ts";
import { findStart } from "../tasks/repo/missing.ts";
import { PATIENCE } from "./support/observe.ts";
import type { Script } from "./support/scripted-model.ts";
import { devResult, editAndPass, failTurn, gate, gated, runAndPass } from "./support/scripts.ts";
import { typed } from "./support/typed.ts";
import { createWorld } from "./support/world.ts";

interface RecordedBase {
	readonly base: {
		readonly commit: string;
		readonly stack: readonly { readonly issue: string; readonly commit: string }[];
	};
}

test("in a diamond the middle runs side by side, and the last starts from the work of all", async () => {
	const [b, c] = [gate(), gate()];
	const lookAround: Script = async function* (prompted) {
		const seen = yield { kind: "run", command: "cat A.txt B.txt C.txt" };
		yield { kind: "answer", text: JSON.stringify(devResult(prompted, { summary: seen })) };
	};
	await using world = await createWorld([
		{ id: "A", script: editAndPass },
		{ id: "B", blocked_by: ["A"], script: gated(editAndPass, b) },
		{ id: "C", blocked_by: ["A"], script: gated(editAndPass, c) },
		{ id: "D", blocked_by: ["B", "C"], script: lookAround },
	]);
	const run = world.start(["dev", "M1", "-j", "4"]);
	await Promise.all([b.reached, c.reached]);
	expect([...world.model.issuesSeen].sort()).toEqual(["A", "B", "C"]);
	c.release();
	await untilBranchHas(world.repository.git, "issue/C", "C: Title of C");
	expect(world.model.issuesSeen).not.toContain("D");
	b.release();
	const { exitCode, stderr } = await run.finished;

	expect(exitCode, stderr).toBe(0);
	const { summary } = await world.log<{ summary: string }>("M1/D/dev-result.json");
	expect(summary).toContain("written for A");
	expect(summary).toContain("written for B");
	expect(summary).toContain("written for C");
	const { base } = await world.log<RecordedBase>("M1/D/dev-run.json");
	expect(base.commit).toBe(await world.repository.git(["rev-parse", "main"]));
	expect(base.stack.map(({ issue }) => issue)).toEqual(["B", "C"]);
	for (const { issue, commit } of base.stack) {
		expect(commit).toBe(await world.repository.git(["rev-parse", `issue/${issue}`]));
	}
	expect(await world.repository.git(["rev-list", "--count", "--merges", "main..issue/D"])).toBe("1");
	expect(await world.repository.git(["rev-list", "--count", "--merges", "main..issue/B"])).toBe("0");
});

test("blockers that changed the same line block their dependent, which gets no worktree and no branch", async () => {
	await using world = await createWorld([
		{ id: "A", script: runAndPass("echo a > same.txt") },
		{ id: "B", script: runAndPass("echo b > same.txt") },
		{ id: "C", blocked_by: ["A", "B"], script: editAndPass },
		{ id: "D", blocked_by: ["C"], script: editAndPass },
		{ id: "E", script: editAndPass },
	]);
	const { exitCode, stdout, stderr } = await world.run(["dev", "M1"]);
	expect(exitCode).toBe(1);
	expect(stderr).toMatch(/issue\/C needs issue\/A and issue\/B together, and both changed same\.txt/);
	expect(stdout).toMatch(/^C +blocked by B/m);
	expect(stdout).toMatch(/^D +blocked by /m);
	expect(stdout).toMatch(/^E +pass/m);
	expect(world.model.issuesSeen).toEqual(["A", "B", "E"]);
	expect(await world.repository.git(["branch", "--list", "issue/C", "issue/D"])).toBe("");
	expect(await world.repository.git(["worktree", "list"])).not.toContain("\n");
	expect(existsSync(`${world.repository.path}.worktrees`)).toBe(false);
	// The command that is suggested, typed as it stands, settles it once the conflict is resolved.
	await world.repository.git(["switch", "-q", "issue/B"]);
	await world.repository.git(["merge", "-q", "-X", "ours", "issue/A"]);
	await world.repository.git(["switch", "-q", "main"]);
	const again = await world.run(["dev", "M1"]);
	expect(again.exitCode, again.stderr).toBe(0);
	expect(await world.repository.git(["show", "issue/D:same.txt"])).toBe("b");
});

test("a dependent by itself starts from a blocker that passed in an earlier run, and from no other; what the base already holds is not merged again", async () => {
	await using world = await createWorld([
		{ id: "A", script: editAndPass },
		{ id: "B", blocked_by: ["A"], script: editAndPass },
		{ id: "C", blocked_by: ["A"], script: editAndPass },
	]);
	const early = await world.run(["dev", "B"]);
	expect(early.exitCode).toBe(1);
	expect(early.stdout).toMatch(/^B +blocked by A/m);
	expect(early.stderr).toContain("dev A");
	expect(world.model.requests).toHaveLength(0);
	await world.run(["dev", "A"]);
	const late = await world.run(["dev", "B"]);
	expect(late.exitCode, late.stderr).toBe(0);
	expect(await world.repository.git(["show", "issue/B:A.txt"])).toBe("written for A");

	await world.repository.git(["merge", "-q", "--no-ff", "-m", "take A", "issue/A"]);
	const { exitCode, stderr } = await world.run(["dev", "C"]);
	expect(exitCode, stderr).toBe(0);
	expect((await world.log<RecordedBase>("M1/C/dev-run.json")).base.stack).toEqual([]);
	expect(await world.repository.git(["rev-list", "--count", "main..issue/C"])).toBe("1");
});

test("a failed blocker holds back all that depend on it, and each names it with its log", async () => {
	await using world = await createWorld([
		{ id: "A", script: failTurn("no luck") },
		{ id: "B", blocked_by: ["A"], script: editAndPass },
		{ id: "C", blocked_by: ["B"], script: editAndPass },
		{ id: "X", script: editAndPass },
	]);
	const { exitCode, stdout, stderr } = await world.run(["dev", "M1", "-j", "3"]);
	expect(exitCode).toBe(1);
	for (const id of ["B", "C"]) {
		expect(stdout).toMatch(new RegExp(`^${id} +blocked by A`, "m"));
		expect(stderr).toContain(
			`${id} is blocked by A (failed: runner-error), log ${world.repository.path}/logs/orch/M1/A`,
		);
	}
	expect(stdout).toMatch(/^X +pass/m);
});

test("a relation that only one document names holds, and the line to add is for check to show, not for every run", async () => {
	await using world = await createWorld([
		{ id: "A", blocked: ["B"], priority: 4, script: editAndPass },
		{ id: "B", priority: 1, script: editAndPass },
		{ id: "C", milestone: "M2", blocked_by: ["B"] },
	]);
	const { exitCode, stderr } = await world.run(["dev", "M1"]);
	expect(exitCode, stderr).toBe(0);
	expect(world.model.issuesSeen).toEqual(["A", "B"]);
	const again = await world.run(["dev", "M1"]);
	expect(stderr + again.stderr).not.toMatch(/name.* back/);
	const checked = await world.run(["check"]);
	expect(checked.stdout).toMatch(/issues\/B\.md does not name it back; add it there under blocked_by/);
});

/** Waits until a branch's tip has this subject; git is asked again and again, since nothing tells of it. */
async function untilBranchHas(git: (args: readonly string[]) => Promise<string>, branch: string, subject: string) {
	await vi.waitFor(async () => expect(await git(["log", "-1", "--format=%s", branch])).toBe(subject), {
		timeout: PATIENCE,
	});
}

test("what is a dependent's own is told from its stack, not from the base: in the closing lines, by why, and in the record", async () => {
	await using world = await createWorld([
		{ id: "A", script: editAndPass },
		{ id: "B", script: editAndPass },
		{ id: "C", blocked_by: ["A"], script: editAndPass },
		{ id: "D", blocked_by: ["A", "B"], script: editAndPass },
	]);
	const { git } = world.repository;
	const own = async (message: string, begins: RegExp) => {
		const command = begins.exec(message)?.[1] ?? "";
		const shown = await typed(world, command.replace(" -p ", " --format= ").concat(" --name-only"));
		expect(shown.exitCode, `${message}\n${shown.stderr}`).toBe(0);
		return [...new Set(shown.stdout.trim().split("\n"))].join();
	};
	const CLOSING = /To look at the work: (git (?:diff|log) .+)$/m;
	const WHY = /Next: (git (?:diff|log) .+)$/m;
	const first = await world.run(["dev", "M1", "--issue", "A"]);
	expect(first.stderr).toContain("git diff main...issue/A");
	expect((await world.run(["dev", "B"])).exitCode).toBe(0);
	for (const id of ["C", "D"]) {
		const { stderr } = await world.run(["dev", id]);
		expect(await own(stderr, CLOSING)).toBe(`${id}.txt`);
	}
	const begun = await world.log<{ readonly base: AttemptRecord["base"] }>("M1/D/dev-run.json");
	const paths = { root: world.repository.path, commonDir: join(world.repository.path, ".git") };
	const again = { repository: paths, base: begun.base, branch: "issue/D" };
	expect(await findStart(again, begun.base.stack, begun.base)).toBe(begun.base.start);
	expect(await findStart(again, begun.base.stack.slice(1), begun.base)).not.toBe(begun.base.start);
	// The base moves on, and work of before is gone on with: part of it is older than what was merged into it.
	await world.repository.write("main.txt", "main\n");
	await world.repository.writeIssue({ id: "D", blocked_by: ["A", "B"], body: "More." });
	await world.repository.commit();
	const { stderr } = await world.run(["dev", "D"]);
	// What no branch holds is gone by the morning.
	await git(["reflog", "expire", "--expire=now", "--all"]);
	await git(["gc", "-q", "--prune=now"]);
	expect(await own(stderr, CLOSING)).toBe("D.txt");
	for (const id of ["A", "B", "C", "D"]) {
		const { stdout } = await world.run(["why", id]);
		expect(await own(stdout, WHY), id).toBe(`${id}.txt`);
	}
	for (const id of ["C", "D"]) {
		const { base, saved } = await world.log<AttemptRecord>(`M1/${id}/dev-run.json`);
		const started = [base.commit, ...base.stack.map(({ commit }) => commit)];
		const files = await git(["log", "--no-merges", "--format=", "--name-only", saved?.head ?? "", "--not", ...started]);
		expect([...new Set(files.split("\n"))]).toEqual([`${id}.txt`]);
		if (base.start !== undefined)
			expect(await git(["diff", "--name-only", base.start, saved?.head ?? ""])).toBe(`${id}.txt`);
	}
});
