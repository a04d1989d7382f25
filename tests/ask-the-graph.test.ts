import { describe, expect, test } from "vitest";
import { ownOrchfile, withTask } from "./support/own-orchfile.ts";
import { answerFailed, editAndPass } from "./support/scripts.ts";
import { inTurn } from "./support/turns.ts";
import { createWorld, type RunSettings, type World } from "./support/world.ts";

// What stands above the graph asks the graph: no word of the command line knows a task by its name, or guesses where an issue
// stands from the record of one phase.

const REFUSED = `{ needs: { worktree, dev, saved }, summary: "", run: async () => {
	throw new Failure({ kind: "refused", message: "npm test fails on it.", remedy: "Mend what is red." });
} }`;
const FINE = `{ needs: { worktree, dev, saved }, summary: "", run: async () => ({ kind: "note", text: "9 tests pass" }) }`;

const said = async (world: World, settings: RunSettings, ...args: string[]) => {
	const { exitCode, stdout, stderr } = await world.run(args, settings);
	return { exitCode, stdout, stderr, all: `${stdout}${stderr}` };
};

describe("a task of the goal has failed, after the phase has passed", () => {
	for (const rehearse of [[], ["--rehearse"]]) {
		test(`it is told the same everywhere, and nothing is spent on what waits${rehearse.length > 0 ? ", in a rehearsal" : ""}`, async () => {
			await using world = await createWorld([
				{ id: "A-1", script: editAndPass },
				{ id: "B-1", blocked_by: ["A-1"], script: editAndPass },
			]);
			const failing = await ownOrchfile(...withTask("suite", REFUSED, "Failure"));
			const run = (...args: string[]) => said(world, failing, ...args, ...rehearse);
			const night = await run("dev", "M1");
			expect(night.exitCode, night.all).toBe(1);
			expect(night.stdout).toMatch(/^A-1 +failed: refused /m);
			expect(night.stdout).toMatch(/^B-1 +blocked by A-1 /m);

			expect((await run("status", "M1")).stdout).toMatch(/^A-1 +suite failed: refused /m);
			expect((await run("status", "M1")).stdout).toMatch(/^B-1 +waits for A-1 /m);
			const why = (await run("why", "A-1")).stdout;
			expect(why).toMatch(
				/^A-1 is not up to date: suite, \S+ ago, ended failed: refused\.\n {2}npm test fails on it\.\n/,
			);
			expect(why).toMatch(/^Next: .* dev A-1/m);
			const plan = (await run("plan", "M1")).stdout;
			expect(plan).toMatch(/, 2 to run$/m);
			expect(plan).toMatch(/suite failed: refused/);
			if (rehearse.length === 0) expect((await run("graph", "M1")).stdout).toMatch(/^A-1 +suite failed: refused/m);
			const [data] = JSON.parse((await run("status", "M1", "--json")).stdout);
			expect(data).toMatchObject({ id: "A-1", upToDate: false, because: "ended", unmet: [{ task: "suite" }] });
			expect((await run("dev", "A-1", "-q")).exitCode).toBe(1);

			const requests = world.model.requests.length;
			for (const task of ["dev", "phase:dev", "worktree:create"]) {
				const alone = await run(task, "B-1");
				expect(alone.exitCode, alone.all).toBe(1);
				expect(alone.stdout, task).toMatch(/blocked by A-1/);
				expect(alone.stderr).toMatch(/B-1 is blocked by A-1, .*\n {2}To run that first: .* dev A-1/);
			}
			expect(world.model.requests).toHaveLength(requests);
			expect(await world.repository.git(["branch", "--list", "*/B-1"])).toBe("");
		});
	}

	test("once it passes it is remembered too, as long as nothing that it was made from is made again", async () => {
		await using world = await createWorld([
			{ id: "A-1", script: editAndPass },
			{ id: "B-1", blocked_by: ["A-1"], script: editAndPass },
		]);
		const failing = await ownOrchfile(...withTask("suite", REFUSED, "Failure"));
		const passing = await ownOrchfile(...withTask("suite", FINE));
		await world.run(["dev", "A-1"], failing);
		const requests = world.model.requests.length;

		const again = await said(world, passing, "dev", "A-1");
		expect(again).toMatchObject({ exitCode: 0 });
		expect(again.stdout).toMatch(/^A-1 +pass .*suite: 9 tests pass$/m);
		expect(again.stdout).not.toContain("is up to date");
		expect(world.model.requests).toHaveLength(requests);
		expect((await said(world, passing, "status", "M1")).stdout).toMatch(/^A-1 +up to date /m);
		expect((await said(world, passing, "dev", "A-1", "-q")).exitCode).toBe(0);
		// It can't tell whether it has something to do, and so it runs whenever it is asked for.
		expect((await said(world, passing, "dev", "A-1")).stdout).toMatch(/^A-1 +pass .*suite: 9 tests pass$/m);
		expect((await said(world, passing, "suite", "A-1")).stdout).toMatch(/^A-1 +pass .*suite: 9 tests pass$/m);
		expect(world.model.requests).toHaveLength(requests);
		expect((await said(world, passing, "dev", "B-1")).stdout).toMatch(/^B-1 +pass /m);

		// The agent is asked once more, and dies before suite has its turn: what suite said is of another work.
		expect((await said(world, passing, "phase:dev", "A-1", "-B")).exitCode).toBe(0);
		expect((await said(world, passing, "status", "A-1")).stdout).toMatch(/^A-1 +passed, not persisted /m);
		expect((await said(world, passing, "persist", "A-1")).exitCode).toBe(0);
		expect((await said(world, passing, "status", "A-1")).stdout).toMatch(/^A-1 +suite out of date /m);
		expect((await said(world, passing, "why", "A-1")).stdout).toContain(
			"suite was done before phase:dev was, or has to be, done again.",
		);
	});
});

test("a task that can't commit has failed too, whatever the agent said", async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	const { git } = world.repository;
	await git(["config", "commit.gpgsign", "true"]);
	await git(["config", "gpg.program", "false"]);
	expect((await world.run(["dev", "A-1"])).exitCode).toBe(1);
	const status = (await world.run(["status"])).stdout;
	expect(status).toMatch(/^A-1 +passed, not committed /m);
	expect((await world.run(["dev", "A-1", "-q"])).exitCode).toBe(1);
	expect((await world.run(["plan"])).stdout).toMatch(/1 to run/);
	await git(["config", "commit.gpgsign", "false"]);
	const requests = world.model.requests.length;
	expect((await world.run(["dev", "A-1"])).exitCode).toBe(0);
	expect(world.model.requests).toHaveLength(requests);
	expect((await world.run(["status"])).stdout).toMatch(/^A-1 +up to date /m);
});

test("--goal asks another goal than the orchfile's first, and one that there is not is told", async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	const own = await ownOrchfile(
		["export const graph", `const suite = perIssue("suite", ${FINE});\n\nexport const graph`],
		["turns), cleaned,", "turns), cleaned, suite,"],
		[
			"tasks: [dev, saved, cleaned, page] },",
			'tasks: [dev, saved, cleaned, page] },\n\t\tchecked: { summary: "", tasks: [dev, saved, suite] },',
		],
	);
	expect((await said(world, own, "dev", "A-1")).exitCode).toBe(0);
	const standing = async (...goal: string[]) => (await said(world, own, "status", "A-1", ...goal)).stdout;
	expect(await standing()).toMatch(/^A-1 +up to date /m);
	expect(await standing("--goal", "dev")).toMatch(/^A-1 +up to date /m);
	expect(await standing("--goal", "checked")).toMatch(/^A-1 +suite never run /m);
	const why = (await said(world, own, "why", "A-1", "--goal", "checked")).stdout;
	expect(why).toMatch(/^A-1 is not up to date: /);
	expect(why).toMatch(/^Next: .* checked A-1$/m);
	expect((await said(world, own, "checked", "A-1")).exitCode).toBe(0);
	expect(await standing("--goal", "checked")).toMatch(/^A-1 +up to date /m);
	const wrong = await said(world, own, "status", "--goal", "cheked");
	expect(wrong).toMatchObject({ exitCode: 2, stdout: "" });
	expect(wrong.stderr).toContain('there is no goal "cheked" (did you mean "checked"?); the orchfile has dev, checked');
});

describe("names are the orchfile's own", () => {
	test("the task that reads the documents: its word, its own name, and what stands on it", async () => {
		await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
		const renamed = await ownOrchfile(['task("discover"', 'task("find"']);
		await world.run(["worktree:create", "A-1"], renamed);
		for (const word of ["discover", "find"]) {
			const shown = await said(world, renamed, word);
			expect(shown, word).toMatchObject({ exitCode: 0 });
			expect(shown.stdout).toMatch(/^A-1 +M1 /m);
		}
		const cleaned = await said(world, renamed, "clean", "--yes");
		expect(cleaned.exitCode, cleaned.all).toBe(0);
		expect(cleaned.stderr).toMatch(/^Removed: 1 worktree, 1 branch/m);
		expect((await said(world, renamed, "complete", "--", "dev", "A")).stdout).toContain("A-1");
		expect((await said(world, renamed, "finde")).stderr).toContain('Did you mean "find"');
	});

	test("every task that a word shows can be called otherwise", async () => {
		await using world = await createWorld([{ id: "A-1" }]);
		const renamed = await ownOrchfile(
			['task("plan"', 'task("order"'],
			['task("check"', 'task("lint"'],
			['task("status"', 'task("where"'],
			['task("clean"', 'task("sweep"'],
			['task("doctor"', 'task("health"'],
		);
		for (const [word, own] of [
			["check", "lint"],
			["status", "where"],
			["clean", "sweep"],
		] as const) {
			const [shown, same] = [await said(world, renamed, word), await said(world, renamed, own)];
			expect(shown.exitCode, shown.all).toBe(0);
			expect(same.stdout, own).toBe(shown.stdout);
		}
		expect((await said(world, renamed, "plan", "M1")).stdout).toMatch(/1 to run/);
		expect((await said(world, renamed, "dev", "M1", "-n")).stdout).toMatch(/^Each: /m);
		expect((await said(world, renamed, "why", "A-1")).stdout).toContain("Next: ");
		expect((await said(world, renamed, "help", "health")).stdout).toMatch(/^health: /);
	});

	test("messages suggest the task that saves and the goal by what they are called", async () => {
		await using world = await createWorld([
			{ id: "A-1", script: editAndPass },
			{ id: "A-2", script: answerFailed },
		]);
		const renamed = await ownOrchfile(
			['perIssue("persist"', 'perIssue("save"'],
			["\t\tdev: {", "\t\tbuild: {"],
			['perIssue("phase:dev"', 'perIssue("work"'],
		);
		expect((await said(world, renamed, "work", "A-1")).stderr).toMatch(/To persist it: .* save A-1$/m);
		expect((await said(world, renamed, "save", "A-1")).stdout).toMatch(/^A-1 +save +committed /m);
		const failed = await said(world, renamed, "build", "A-2");
		expect(failed.stderr).toMatch(/To run it again: .* build A-2$/m);
		expect(failed.stderr).toMatch(/^A-2 {2}[\d:]{8} {2}work {2}started$/m);
		expect((await said(world, renamed, "why", "A-2")).stdout).toMatch(/^Next: .* build A-2$/m);
		expect((await said(world, renamed, "--help")).stdout).toMatch(/About one of them: .* help build$/m);
		expect((await said(world, renamed, "help", "build")).stdout).toContain("Agents:");
		const all = [failed];
		for (const args of [["status"], ["why", "A-1"], ["why", "A-2"], ["--list"], ["plan", "M1"]])
			all.push(await said(world, renamed, ...args));
		for (const { all: text } of all) expect(text).not.toMatch(/\b(?:persist|dev) A-/);
	});

	test("a task of one's own may have the name of a word that shows something", async () => {
		await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
		const own = await ownOrchfile(...withTask("why", FINE));
		const { stdout } = await said(world, own, "why", "A-1");
		expect(stdout).toMatch(/^A-1 +pass .*why: 9 tests pass$/m);
	});
});

describe("what a task returns is told by its kind", () => {
	test("keys that one of ours has as well mean nothing, and a note is a line", async () => {
		await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
		const value =
			'{ commit: null, isNew: false, removed: false, kept: false, gitDir: "", path: "", ignored: [], url: "x" }';
		const own = await ownOrchfile(
			...withTask("publish", `{ needs: { saved: worktree, dev }, summary: "", run: async () => (${value}) }`),
		);
		expect((await said(world, own, "dev", "A-1")).stderr).toMatch(/^A-1 {2}[\d:]{8} {2}publish {2}done$/m);
		const noted = await ownOrchfile(
			...withTask(
				"publish",
				'{ needs: { dev }, summary: "", run: async () => ({ kind: "note", text: "nothing to publish" }) }',
			),
		);
		expect((await said(world, noted, "publish", "A-1")).stderr).toMatch(
			/^A-1 {2}[\d:]{8} {2}publish {2}nothing to publish$/m,
		);
	});
});

describe("a chain of issues that wait for each other", () => {
	test("why tells it down to its root, and the one command that unblocks it", async () => {
		await using world = await createWorld([
			{ id: "F", script: inTurn(answerFailed, editAndPass) },
			{ id: "G", blocked_by: ["F"], script: editAndPass },
			{ id: "H", blocked_by: ["G"], script: editAndPass },
		]);
		expect((await world.run(["dev", "M1"])).exitCode).toBe(1);
		const { stdout } = await world.run(["why", "H"]);
		const log = `${world.repository.path}/logs/orch/M1`;
		expect(stdout).toContain(
			"H is not up to date: its dev phase has never run.\nH is blocked by G: it has not passed yet.\n",
		);
		expect(stdout).toMatch(
			new RegExp(`^G is blocked by F: its dev phase ended failed, log ${log}/F\\.\\n {2}\\S`, "m"),
		);
		expect(stdout).toMatch(/^Next: .* dev F$/m);
		expect(stdout.match(/^Next: /gm)).toHaveLength(1);
		const alone = await world.run(["dev", "H"]);
		expect(alone.stdout).toMatch(/^H +blocked by F /m);
		expect(alone.stderr).toMatch(/To run that first: .* dev F$/m);
		expect((await world.run(["dev", "F"])).exitCode).toBe(0);
		expect((await world.run(["why", "H"])).stdout).toMatch(/^Next: .* dev G$/m);
	});

	test("documents that nobody selected may go in a circle without keeping the look from its end", async () => {
		await using world = await createWorld([
			{ id: "A", milestone: "M2", blocked_by: ["B"] },
			{ id: "B", milestone: "M2", blocked_by: ["A"] },
			{ id: "C", blocked_by: ["A"] },
		]);
		const { exitCode, stdout } = await world.run(["why", "C"]);
		expect(exitCode).toBe(0);
		expect(stdout).toContain("C is blocked by A: it has not passed yet.\nA is blocked by B: it has not passed yet.\n");
	});
});

describe("a closing task", () => {
	const PAGE: readonly [string, string][] = [
		[
			"export const graph",
			`const notice = task("page", { needs: { plan }, after: { dev, cleaned }, summary: "tell of all", run: async ({ plan, dev, cleaned }) => ({
				kind: "note", text: plan.map(({ id }) => [id, dev.get(id)?.status, cleaned.get(id)?.status].join(" ")).join(", "),
			}) });\n\nexport const graph`,
		],
		["turns), cleaned,", "turns), cleaned, notice,"],
		["tasks: [dev, saved, cleaned, page] }", "tasks: [dev, saved, cleaned, page, notice] }"],
	];

	test("has its turn when every issue has settled, and is told how each came out; alone, what the records hold", async () => {
		await using world = await createWorld([
			{ id: "A-1", script: editAndPass },
			{ id: "A-2", script: answerFailed },
			{ id: "A-3", blocked_by: ["A-2"] },
		]);
		const own = await ownOrchfile(...PAGE);
		const graph = (await said(world, own, "graph")).stdout;
		expect(graph).toMatch(
			/^page +once per run, when every issue has settled +← plan, \(phase:dev\), \(worktree:teardown\)$/m,
		);
		expect((await said(world, own, "dev", "M1", "-n")).stdout).toMatch(/^At the end: page → report$/m);
		const none = await said(world, own, "page", "M1");
		expect(none).toMatchObject({ exitCode: 0 });
		expect(none.stdout).toContain(
			"page: A-1 not-in-run not-in-run, A-2 not-in-run not-in-run, A-3 not-in-run not-in-run",
		);

		const night = await said(world, own, "dev", "M1");
		expect(night.exitCode).toBe(1);
		const told = "page: A-1 done done, A-2 failed done, A-3 blocked blocked";
		expect(night.stdout).toContain(told);
		expect(night.stderr.replace(/^page {2}[\d:]{8} {2}/gm, "page: ")).toContain(told);
		const alone = await said(world, own, "page", "M1");
		expect(alone.stdout).toContain("page: A-1 up-to-date not-in-run, A-2 failed not-in-run, A-3 not-in-run not-in-run");
		expect(JSON.parse((await said(world, own, "dev", "A-1", "--json")).stdout).closing).toMatchObject({
			page: { status: "done", value: { kind: "note" } },
		});
		expect((await said(world, own, "page")).exitCode).toBe(2);
	});

	test("that fails is told, and the run has not ended well, although every issue has", async () => {
		await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
		const broken = await ownOrchfile(
			[
				"export const graph",
				`import { Failure } from "./tasks/index.ts";\nconst notice = task("page", { after: { dev }, summary: "", run: async () => {
					throw new Failure({ kind: "refused", message: "No page today." });
				} });\nexport const graph`,
			],
			["turns), cleaned,", "turns), cleaned, notice,"],
			["tasks: [dev, saved, cleaned, page] }", "tasks: [dev, saved, cleaned, page, notice] }"],
		);
		const { exitCode, stdout, stderr } = await said(world, broken, "dev", "M1");
		expect(exitCode).toBe(1);
		expect(stdout).toMatch(/^A-1 +pass /m);
		expect(stdout).toMatch(/^page: failed: refused$/m);
		expect(stderr).toMatch(/^page {2}No page today\.$/m);
	});
});
