import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { saidInSources, verifyCommands } from "../support/commands.ts";
import { commandsIn, typed } from "../support/typed.ts";
import { createWorld, type Finished, type RunSettings, type World } from "../support/world.ts";

const DOCUMENT = "docs/projects/p/issues/A-1.md";

/** Commands that are put together: the examples of the help, the same run with its base, and the same run once more. */
const OTHERS = [
	"clean.ts: say.git(proof.broughtBy.map(shellWord)",
	"conclude.ts: say(repeatedCommand(request)",
	'doctor-words.ts: say(["check", ...wantedOf(options)',
	'doctor-words.ts: say(["doctor", ...wantedOf(request.options)',
	"help.ts: say(filled(words)",
	"notifier.ts: say(repeatedCommand(request)",
	"rehearsal-words.ts: say(words)",
	"repeated-command.ts: say(keeps(words)",
	"show.ts: say.git(whole)",
	"why-words.ts: say.git(back)",
];

test("what a message tells to type works where the run was started, with -C", async () => {
	await using world = await createWorld([{ id: "A-1" }, { id: "A-2" }, { id: "A-3" }]);
	const { repository } = world;
	const { git } = repository;
	const settings = { cwd: repository.folder, env: { GIT_EDITOR: "sh -c 'echo start >$1' -" } };
	const run = (...args: string[]) => world.run([...args, "-C", "repo"], settings);
	const type = (message: Finished, begins: RegExp) => follow(world, message, begins, settings);

	await type(await run("plan", "M1", "--base", "nonesuch"), /To see the branches: (.+)/);
	await git(["switch", "-q", "--detach"]);
	await type(await run("dev", "M1"), /check one out: (.+) BRANCH/);
	expect(await git(["symbolic-ref", "--short", "HEAD"])).toBe("main");

	await git(["branch", "issue"]);
	await type(await run("worktree:create", "A-1"), /Rename that: (.+)/);
	expect(await git(["branch", "--list", "issue*", "--format=%(refname:short)"])).toBe("issue-old");

	await git(["commit", "-q", "--allow-empty", "-m", "main moves on"]);
	for (const id of ["A-1", "A-2"]) {
		const foreign = await git(["commit-tree", "-m", "theirs", "-p", "main~1", "main^{tree}"]);
		await git(["branch", `issue/${id}`, foreign]);
	}
	const refused = await run("worktree:create", "M1");
	expect(refused).toMatchObject({ exitCode: 1 });
	const [ofFirst = "", ofSecond = ""] = refused.stderr.split(/^(?=A-[12] {2}The )/m).slice(1);
	await type({ ...refused, stderr: ofFirst }, /put it aside: (.+)/);
	await type({ ...refused, stderr: ofSecond }, /Bring it up to date: (.+)/);
	expect(await git(["symbolic-ref", "--short", "HEAD"])).toBe("main");
	expect(await git(["branch", "--list", "old/*", "--format=%(refname:short)"])).toBe("old/issue/A-1");
	expect(await run("worktree:create", "M1")).toMatchObject({ exitCode: 0 });

	await git(["worktree", "lock", join(repository.folder, "repo.worktrees/A-3")]);
	await type(await run("worktree:teardown", "M1"), /Unlock it: (.+)/);
	expect(await run("worktree:teardown", "A-3")).toMatchObject({ exitCode: 0 });

	await git(["switch", "-q", "issue/A-2"]);
	await git(["rm", "-q", "docs/projects/p/issues/A-2.md"]);
	await git(["commit", "-q", "-m", "Lose the document"]);
	await git(["switch", "-q", "main"]);
	expect(await type(await run("dev", "A-2"), /To see where: (.+)/)).toContain("Lose the document");

	await rm(join(repository.path, ".git"), { recursive: true });
	await git(["init", "-q", "-b", "main"]);
	await type(await run("dev", "M1"), /Make one: (.+)/);
	expect(await git(["log", "--format=%s"])).toBe("start");
});

// From elsewhere a path in the repository is another one than from its top.
for (const { where, folder, named, env } of [
	{ where: "beside the repository, with -C", folder: ".", named: ["-C", "repo"], env: {} },
	{ where: "beside the repository, with ORCH_DIRECTORY", folder: ".", named: [], env: { ORCH_DIRECTORY: "repo" } },
	{ where: "below the repository", folder: "repo/docs/projects", named: [], env: {} },
]) {
	test(`a document that is not committed, and what the message tells to type, ${where}`, async () => {
		await using world = await createWorld([{ id: "A-1" }]);
		const { git, folder: around } = world.repository;
		const settings = { cwd: join(around, folder), env };
		await git(["rm", "-q", "--cached", DOCUMENT]);
		await git(["commit", "-q", "-m", "Without it"]);
		await follow(world, await world.run(["dev", "M1", ...named], settings), /Commit it: (.+)/, settings);
		expect(await git(["log", "-1", "--format=%s", "--", DOCUMENT])).toBe("Add issue");
	});
}

test("every command that the sources have said is one that the program or git takes", async () => {
	const { commands, others } = saidInSources();
	expect(commands.length).toBeGreaterThan(8);
	// What stands in brackets shows how commands are built, and is not typed.
	const typedAsTheyStand = commands.filter((command) => !/[<[]/.test(command));
	await verifyCommands(typedAsTheyStand.map((command) => command.replace(/completion A-1$/, "completion bash")));
	// Typed by `doctor`, `help`, `rehearsal`, `dev-milestone`, `merged`, `missing-objects`, `show` and `stops`; one that is new here has to be typed by a
	// test of its own.
	expect(others).toEqual(OTHERS);
});

/** Types the command of git that a message gives after these words, and returns what it printed. */
async function follow(
	world: World,
	{ stderr }: Finished,
	begins: RegExp,
	settings: Pick<RunSettings, "cwd" | "env">,
): Promise<string> {
	const command = begins.exec(stderr)?.[1] ?? "";
	expect(commandsIn(command, "git "), stderr).toHaveLength(1);
	const done = await typed(world, begins.source.endsWith("BRANCH") ? `${command} main` : command, settings);
	expect(done.exitCode, `${command}\n${done.stderr}`).toBe(0);
	return done.stdout;
}
