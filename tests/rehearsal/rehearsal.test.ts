import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkAnswer } from "../../tasks/contract/check-answer.ts";
import { scriptOf } from "../../tasks/rehearsal/scenarios.ts";
import { expectNoneLeft, untilExists } from "../support/observe.ts";
import { editAndPass } from "../support/scripts.ts";
import { snapshot } from "../support/snapshot.ts";
import { commandsIn, typed } from "../support/typed.ts";
import { createWorld, type Finished, type RunSettings, type World } from "../support/world.ts";

test.concurrent("a rehearsal needs nothing and touches nothing that is not its own, beside real work on the same issues", async () => {
	await using world = await createWorld([
		{ id: "A-1", title: "First", script: editAndPass },
		{ id: "A-2", title: "Second", blocked_by: ["A-1"], script: editAndPass },
	]);
	const { git } = world.repository;
	expect(await world.run(["dev", "A-1"])).toMatchObject({ exitCode: 0 });
	const before = await touched(world);
	const asked = world.model.requests.length;
	const bare = await bareSettings(world);

	const rehearsal = await world.run(["dev", "M1", "--rehearse"], bare);
	expect(rehearsal.exitCode, rehearsal.stderr).toBe(0);
	expect(rehearsal.stdout).toMatch(
		/^REHEARSAL +STATUS .*\nA-1 +pass .* logs\/rehearsal\/M1\/A-1\nA-2 +pass .*\n\/.*\/logs\/rehearsal\/M1\/report\.html\n$/,
	);
	expect(rehearsal.stderr).toMatch(/^Rehearsal: .*no account and no network/);
	// Codex warns of a model that it does not know, and of much else.
	expect(rehearsal.stderr).not.toMatch(/warning/i);
	expect(await touched(world)).toEqual(before);
	expect(world.model.requests).toHaveLength(asked);
	expect(await readdir(bare.env.TMPDIR)).toEqual([]);
	expect(existsSync(bare.env.HOME)).toBe(false);
	await expectNoneLeft(world);

	expect((await git(["log", "--format=%an <%ae> %cn %s", "main..rehearsal/A-2"])).split("\n")).toEqual([
		"orchfile rehearsal <rehearsal@orchfile.invalid> orchfile rehearsal rehearsal of A-2: Second",
		"orchfile rehearsal <rehearsal@orchfile.invalid> orchfile rehearsal rehearsal of A-1: First",
	]);
	expect(await git(["log", "-1", "--format=%(trailers:key=Orch-Rehearsal)", "rehearsal/A-2"])).toBe(
		"Orch-Rehearsal: pass",
	);
	const note = await git(["show", "rehearsal/A-2:rehearsal-A-2.md"]);
	expect(note).toBe("# Rehearsal of A-2: Second\nWritten by a script that has read docs/projects/p/issues/A-2.md.");
	expect(await git(["ls-tree", "--name-only", "rehearsal/A-2"])).not.toContain("A-1.txt");

	// Neither takes the other for its own.
	const rehearsed = await world.run(["status", "M1", "--rehearse"], bare);
	expect(rehearsed.stdout).toMatch(/^A-1 +up to date .* rehearsal\/A-1 .*\nA-2 +up to date .* rehearsal\/A-2 /m);
	const standing = await world.run(["status", "M1"]);
	expect(standing.stdout).toMatch(/^A-1 +up to date .*issue\/A-1/m);
	expect(standing.stdout).toMatch(/^A-2 +never run/m);
	const listed = await world.run(["clean"]);
	expect(listed.stdout).not.toContain("rehears");
	expect(listed.stdout).toContain("issue/A-1");

	expect(await follow(world, rehearsal, "git show", bare)).toContain("+# Rehearsal of A-1: First");
	const log = /did: (.+)/.exec(rehearsal.stderr)?.[1] ?? "";
	expect(await world.repository.read(log)).toContain("turn.completed");
	await follow(world, rehearsal, /To remove all rehearsals: (.+)/, bare);
	expect(await touched(world)).toEqual(before);
	expect(await git(["for-each-ref", "refs/heads/rehearsal", "refs/orch"])).toBe("");
	expect(existsSync(join(world.repository.path, "logs/rehearsal"))).toBe(false);
	expect(existsSync(`${world.repository.path}.worktrees`)).toBe(false);
	expect(rehearsal.stderr).toMatch(/^To do it for real: npx tsx \S+ dev M1$/m);
});

/** How an issue ends in the scenarios in which Codex itself has a part, and what its message says. */
const ENDS = {
	prose: ["failed: invalid-result", /not JSON/i],
	hang: ["failed: stalled", /no progress for 8 s\n.*\n.*dev HANG --rehearse --stall 16s$/m],
	quota: ["failed: runner-error", /Quota exceeded.*\n.*quota to be renewed.*\n\nStopped after QUOTA/],
	unreachable: ["failed: stalled", /waiting for network.*\n.*Check the network.*\n\nStopped after UNREACHABLE/],
} as const;

test.concurrent("what goes wrong is seen as in a real run, with what was done kept", async () => {
	const ids = Object.keys(ENDS).map((scenario) => ({ id: scenario.toUpperCase() }));
	await using world = await createWorld(ids);
	const bare = await bareSettings(world);
	const play = async (scenario: keyof typeof ENDS) => {
		const id = scenario.toUpperCase();
		const [status, message] = ENDS[scenario];
		const finished = await world.run(["dev", id, `--rehearse=${scenario}`, "--stall", "8s"], bare);
		expect(finished.exitCode, finished.stderr).toBe(1);
		expect(finished.stdout).toMatch(new RegExp(`^${id} +${status} +1 `, "m"));
		expect(finished.stderr, scenario).toMatch(message);
		expect(await world.repository.git(["show", `rehearsal/${id}:rehearsal-${id}.md`])).toContain(`Rehearsal of ${id}`);
	};
	// These two wait for the same length of time, and the others meanwhile do not.
	const silent = Promise.all([play("hang"), play("unreachable")]);
	await play("prose");
	await play("quota");
	await silent;

	// What has been seen to fail passes when it is rehearsed again.
	const { stdout } = await world.run(["dev", "PROSE", "--rehearse", "--json"], bare);
	expect(JSON.parse(stdout)).toMatchObject({
		exitCode: 0,
		rehearsal: "pass",
		issues: [{ status: "pass", branch: "rehearsal/PROSE", record: { rehearsal: "pass" } }],
	});
	expect(await readdir(bare.env.TMPDIR)).toEqual([]);
});

for (const [scenario, output, status] of [
	["pass", "2 rehearsal-A-1.md\n", "pass"],
	// A sandbox in which every command fails is no pass.
	["pass", "bash: rehearsal-A-1.md: Read-only file system\n", "failed"],
	["defer", "", "deferred"],
	["fail", "", "failed"],
] as const) {
	test(`the agent of ${scenario} answers ${status} by the contract where its commands print ${JSON.stringify(output)}`, async () => {
		const context = {
			issueId: "A-1",
			issueDocPath: "docs/projects/p/issues/A-1.md",
			milestoneId: "M1",
			branchName: "rehearsal/A-1",
			worktreePath: "/repo.worktrees/A-1@rehearsal",
		};
		const script = scriptOf(scenario, { isJudged: false })({ issueId: "A-1", context, prompt: "", schema: undefined });
		let says = await script.next("");
		while (!says.done && says.value.kind === "run") says = await script.next(output);
		const text = !says.done && says.value.kind === "answer" ? says.value.text : undefined;
		const { issueId, milestoneId, branchName: branch, worktreePath } = context;
		const answer = checkAnswer("dev", text, { phase: "dev", issueId, milestoneId, branch, worktreePath });
		expect(answer).toMatchObject({ valid: true, result: { status } });
	});
}

test.concurrent("an interrupted rehearsal leaves no temporary file, and a killed one nothing that is not removed later; the real run goes on meanwhile", async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	const bare = await bareSettings(world);
	const temporary = () => readdir(bare.env.TMPDIR);
	const note = join(`${world.repository.path}.worktrees`, "A-1@rehearsal/rehearsal-A-1.md");
	const hang = () => world.start(["dev", "M1", "--rehearse=hang", "--stall", "60s"], bare);

	const interrupted = hang();
	await untilExists(interrupted, note);
	expect(await world.run(["dev", "M1"])).toMatchObject({ exitCode: 0 });
	interrupted.child.kill("SIGINT");
	const { exitCode, stderr } = await interrupted.finished;
	expect(exitCode, stderr).toBe(130);
	expect(stderr).toMatch(/To go on: npx tsx \S+ dev M1 --rehearse=hang --stall 60s$/m);
	expect(await temporary()).toEqual([]);

	const killed = hang();
	await untilExists(killed, note);
	killed.child.kill("SIGKILL");
	await killed.finished;
	expect(await temporary()).not.toEqual([]);
	const cleaned = await world.run(["clean", "--rehearse", "--yes"], bare);
	expect(cleaned.stderr).toMatch(
		/^Removed: 1 worktree, 1 branch, 1 lock, 1 log folder\.|^Removed: 1 lock, 1 worktree, 1 branch, 1 log folder\.$/m,
	);
	expect(await temporary()).toEqual([]);
	expect(await world.repository.git(["branch", "--format=%(refname:short)"])).toBe("issue/A-1\nmain");
	await expectNoneLeft(world);
});

test.concurrent("what a person has added to a rehearsal is no rehearsal: it goes only when asked for, and a patch stays", async () => {
	await using world = await createWorld([{ id: "A-1" }, { id: "A-2" }]);
	const { git, path } = world.repository;
	const nowhere = await world.run(["worktree:create", "M1", "--rehearse"], { env: { TMPDIR: join(path, "nowhere") } });
	expect(nowhere).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("can't run (temporary folder)") });
	expect(await world.run(["worktree:create", "M1", "--rehearse"])).toMatchObject({ exitCode: 0 });
	const worktree = (id: string) => join(`${path}.worktrees`, `${id}@rehearsal`);
	await writeFile(join(worktree("A-1"), "by-hand.txt"), "mine\n");
	await writeFile(join(worktree("A-2"), "by-hand.txt"), "mine\n");
	await git(["add", "."], worktree("A-2"));
	await git(["commit", "-q", "-m", "by hand"], worktree("A-2"));
	const tip = await git(["rev-parse", "rehearsal/A-2"]);

	const cleaned = await world.run(["clean", "--rehearse", "--yes"]);
	expect(cleaned.stdout).toMatch(/^A-1 +worktree +no +not committed: by-hand\.txt/m);
	expect(cleaned.stdout).toMatch(/^A-2 +branch +no +1 commit nowhere else/m);
	expect(await readFile(join(worktree("A-1"), "by-hand.txt"), "utf8")).toBe("mine\n");
	expect(await git(["rev-parse", "rehearsal/A-2"])).toBe(tip);

	await follow(world, cleaned, /in logs\/: (.+)/);
	const discarded = await world.run(["clean", "A-1", "--discard", "--yes", "--rehearse"]);
	const patch = /^Saved first: (.+)$/m.exec(discarded.stderr)?.[1] ?? "";
	expect(await world.repository.read(patch)).toContain("+mine");
	expect(existsSync(worktree("A-1"))).toBe(false);
});

/** A run's surroundings in an empty container: no home, no identity, no login; a key, and a proxy that leads nowhere. */
async function bareSettings({ repository }: World): Promise<RunSettings & { env: { TMPDIR: string; HOME: string } }> {
	const TMPDIR = join(repository.folder, "tmp");
	await mkdir(TMPDIR);
	const proxies = Object.fromEntries(
		["HTTP_PROXY", "https_proxy", "ALL_PROXY"].map((name) => [name, "http://127.0.0.1:9"]),
	);
	return { env: { TMPDIR, HOME: join(repository.folder, "nowhere"), OPENAI_API_KEY: "sk-none", ...proxies } };
}

/** All that no rehearsal may change: the checkout, every ref that is not a rehearsal's, real logs, Codex's own home. */
async function touched({ repository, codexHome }: World): Promise<unknown> {
	const refs = (await repository.git(["for-each-ref"]))
		.split("\n")
		.filter((ref) => !ref.includes("refs/heads/rehearsal/"));
	const { refs: _, ...checkout } = await snapshot(repository);
	const folders = [codexHome, join(repository.path, "logs/orch")];
	const files = await Promise.all(folders.map((folder) => readdir(folder, { recursive: true })));
	const status = await repository.git(["status", "--porcelain"]);
	return { refs, checkout, files: files.map((each) => each.sort()), status };
}

/** Types the command that a message names, and returns what that prints. */
async function follow(
	world: World,
	{ stderr }: Finished,
	begins: string | RegExp,
	settings?: RunSettings,
): Promise<string> {
	const [line = ""] = typeof begins === "string" ? commandsIn(stderr, begins) : [begins.exec(stderr)?.[1] ?? ""];
	expect(line, stderr).not.toBe("");
	const finished = await typed(world, line, settings);
	expect(finished.exitCode, `${line}\n${finished.stderr}`).toBe(0);
	return finished.stdout;
}
