import { chmod, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { findAnswerable, verifyPlace, withAnswers } from "../tasks/answer.ts";
import type { IssuePlan } from "../tasks/contract/issue.ts";
import { answer as saying } from "../tasks/rehearsal/answers.ts";
import { attemptFiles } from "../tasks/store/log-folder.ts";
import { writeRecord } from "../tasks/store/records.ts";
import { type Beginning, beginningOf } from "./support/beginning.ts";
import { attemptRecord } from "./support/documents.ts";
import { faultyEnvironment } from "./support/faults.ts";
import { createRepository } from "./support/repository.ts";
import type { Script } from "./support/scripted-model.ts";
import { devResult, editAndPass } from "./support/scripts.ts";
import { noTerminal, openTerminal } from "./support/terminal.ts";
import { typed } from "./support/typed.ts";
import { createWorld, PROGRAM, type World } from "./support/world.ts";

const FILE = "docs/projects/p/issues/A-1.md";
const QUESTIONS = ["Which of the two formats is meant?\nI would take YAML.", "May the old one go?"];
const LOGS = "logs/orch/M1/A-1";

/** What a shell says to kill the program that has started it, through whatever else. */
const KILL =
	"p=$PPID; until readlink /proc/$p/exe | grep -q /node; do p=$(cut -d ' ' -f 4 /proc/$p/stat); done; kill -9 $p";

/** What is said where a document can't be committed. */
interface NotCommitted {
	readonly how: string;
	readonly change: () => Promise<unknown>;
	readonly said: RegExp;
	readonly more?: readonly string[];
}

const defers: Script = async function* (prompted) {
	yield saying(devResult(prompted, { status: "deferred", summary: "Needs decisions.", openQuestions: QUESTIONS }));
};

test("what was deferred is answered, and the next attempt is told so and passes", async () => {
	const contexts: { readonly priorAttempt?: { readonly answers: readonly string[] } }[] = [];
	const script: Script = async function* (prompted) {
		contexts.push(prompted.context as object);
		yield* contexts.length === 1 ? defers(prompted) : editAndPass(prompted);
	};
	await using world = await createWorld([{ id: "A-1", script }]);
	const { repository } = world;
	const ran = await world.run(["dev", "A-1"]);
	expect(ran.stderr).toMatch(/To answer: .* answer A-1 --commit\n +Then: .* dev A-1\n/);
	const status = await world.run(["status"]);
	expect(status.stdout).toMatch(/^To answer A-1 \(2 questions\): .* answer A-1 --commit$/m);

	const answered = await world.run(["answer", "A-1", "-m", "JSON.", "-m", "Yes.", "-m", "And hurry.", "--commit"]);
	expect(answered, answered.stderr).toMatchObject({ exitCode: 0 });
	expect(answered.stdout).toContain("+> JSON.");
	expect(answered.stderr).toMatch(/Committed on main: [0-9a-f]{10}\nTo have A-1 go on: .* dev A-1\n/);
	expect(await repository.git(["log", "-1", "--format=%s", "--name-only"])).toBe(`Answer A-1\n\n${FILE}`);
	const why = await world.run(["why", "A-1"]);
	expect(why.stdout).toContain(`${FILE} has changed since it was asked.`);
	expect(why.stdout).toMatch(/Next: .* dev A-1$/m);
	expect((await world.run(["status"])).stdout).not.toContain("To answer");

	expect(await world.run(["dev", "A-1"])).toMatchObject({ exitCode: 0 });
	expect(contexts[1]?.priorAttempt).toMatchObject({
		outcome: "deferred",
		answers: [`${QUESTIONS[0]}\n\nAnswer: JSON.`, `${QUESTIONS[1]}\n\nAnswer: Yes.`, "And hurry."],
	});
	expect(await repository.git(["show", `issue/A-1:${FILE}`])).toContain("> JSON.");

	// A word sends back what has passed, too.
	const sent = await world.run(["answer", "A-1", "-m", "Shorter, please.", "--commit"]);
	expect(sent, sent.stderr).toMatchObject({ exitCode: 0 });
	expect((await world.run(["why", "A-1"])).stdout).toContain(`${FILE} has changed since it passed.`);
	await world.run(["dev", "A-1"]);
	expect(contexts[2]?.priorAttempt?.answers).toEqual(["Shorter, please."]);
});

test("of two issues of one document, both are answered before one of them is committed; anything else there is seen", async () => {
	await using repository = await createRepository();
	const file = "tasks/list.md";
	await repository.write(file, "- [ ] A-1 One\n- [ ] A-2 Two\n- [ ] A-3 Three\n");
	await repository.commit("list");
	const at = { root: repository.path, commonDir: join(repository.path, ".git") };
	const base = { name: "main", commit: await repository.git(["rev-parse", "HEAD"]) };
	const startedAt = "2026-07-23T22:10:05.123Z";
	const find = async (id: string) => {
		const logDir = join(repository.folder, id);
		await writeRecord(
			attemptFiles(logDir, "dev").record,
			attemptRecord({ issueId: id, startedAt, outcome: "deferred" }),
		);
		const docLine = (await repository.read(file)).split("\n").findIndex((line) => line.includes(`] ${id}`)) + 1;
		const next = (await repository.read(file))
			.split("\n")
			.findIndex((line, n) => n >= docLine && line.startsWith("- ["));
		const issue = { id, docPath: file, docLine, docNextLine: next + 1, logDir, repository: at, base };
		return findAnswerable(issue as unknown as IssuePlan, ["A-1", "A-2"]);
	};
	for (const id of ["A-1", "A-2"]) {
		const asked = await find(id);
		expect(await verifyPlace(asked, true), id).toBe(false);
		await repository.write(file, withAnswers(asked, { answers: [], remarks: [`To ${id}.`] }, "2026-07-24"));
		expect(await verifyPlace(await find(id), true), id).toBe(true);
	}
	expect(await repository.read(file)).toMatch(
		/^- \[ \] A-1 One\n[\s\S]*> To A-1\.\n+- \[ \] A-2 Two\n[\s\S]*> To A-2\.\n+- \[ \] A-3/,
	);
	await repository.write(file, (await repository.read(file)).replace("Three", "Four"));
	const kind = "document-changed-too";
	await expect(find("A-1").then((asked) => verifyPlace(asked, true))).rejects.toMatchObject({ problems: [{ kind }] });
});

describe("an issue that waits for an answer", () => {
	let world: World;
	let beginning: Beginning;
	beforeAll(async () => {
		world = await createWorld([{ id: "A-1", script: defers }, { id: "A-2" }]);
		await world.run(["dev", "A-1"]);
		await world.repository.write("other.txt", "one\n");
		await world.repository.write("third.txt", "one\n");
		await world.repository.commit("others");
		beginning = await beginningOf(world);
	});
	beforeEach(() => beginning.again());
	afterAll(async () => {
		await beginning[Symbol.asyncDispose]();
		await world[Symbol.asyncDispose]();
	});
	const git = (...args: readonly string[]) => world.repository.git(args);
	const run = (...args: readonly string[]) => world.run(["answer", ...args]);
	const both = ["A-1", "-m", "JSON.", "-m", "Yes."] as const;
	const hook = async (name: string, text: string, folder = ".git/hooks") => {
		await mkdir(join(world.repository.path, folder), { recursive: true });
		await world.repository.write(`${folder}/${name}`, `#!/bin/sh\n${text}\n`);
		await chmod(join(world.repository.path, folder, name), 0o755);
	};
	/** What git tells of everything but the document. */
	const others = async () => {
		const rest = ["--", ".", `:(exclude)${FILE}`];
		const commands = [["status", "--porcelain"], ["diff"], ["diff", "--cached"], ["ls-files", "-s"]];
		return Promise.all(commands.map((words) => git(...words, ...rest)));
	};

	test.each<readonly [name: string, before: () => Promise<unknown>]>([
		["where nothing else is changed", async () => {}],
		[
			"where other files are staged, changed and new",
			async () => {
				await world.repository.write("other.txt", "two\n");
				await git("add", "other.txt");
				await world.repository.write("other.txt", "three\n");
				await world.repository.write("third.txt", "two\n");
				await world.repository.write("new.txt", "new\n");
				await git("rm", "-q", "--cached", "README.md");
			},
		],
		[
			"with the hooks of the repository",
			() => hook("pre-commit", 'test "$(git diff --cached --name-only)" = "$WANTED" || exit 1'),
		],
		[
			"with hooks that lie in the checkout",
			async () => {
				await hook("commit-msg", `echo 'Signed-off-by: hook' >> "$1"`, ".hooks");
				await git("config", "core.hooksPath", ".hooks");
			},
		],
	])("is committed %s, and nothing with it", async (_, change) => {
		await change();
		const was = await others();
		const head = await git("rev-parse", "HEAD");
		const ran = await world.run(["answer", ...both, "--commit"], { env: { WANTED: FILE } });
		expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
		expect(await git("rev-list", `${head}..HEAD`, "--count")).toBe("1");
		expect(await git("diff", "--name-only", head, "HEAD")).toBe(FILE);
		expect(await git("status", "--porcelain", "--", FILE)).toBe("");
		expect(await others()).toEqual(was);
		const message = await git("log", "-1", "--format=%B");
		expect(message.includes("Signed-off-by")).toBe((await git("config", "-l")).includes("core.hookspath=.hooks"));
	});

	test.each<NotCommitted>([
		{
			how: "changed otherwise",
			change: async () => world.repository.write(FILE, `${await world.repository.read(FILE)}More.\n`),
			said: /has other changes that are not committed\.\n.*git commit -- docs/,
		},
		{
			how: "staged otherwise",
			change: async () => {
				await world.repository.write(FILE, `${await world.repository.read(FILE)}More.\n`);
				await git("add", FILE);
			},
			said: /has other changes that are not committed\.\n.*git commit -- docs/,
		},
		{
			how: "staged as it is not any more",
			change: async () => {
				const text = await world.repository.read(FILE);
				await world.repository.write(FILE, `${text}More.\n`);
				await git("add", FILE);
				await world.repository.write(FILE, text);
			},
			said: /has changes that are staged, and others that are not\./,
		},
		{
			how: "in no commit",
			change: async () => {
				await git("rm", "-q", "--cached", FILE);
				await git("commit", "-q", "-m", "gone");
			},
			said: /is in no commit yet\.\n.*git add docs.* && git commit -- docs/,
		},
		{
			how: "of a checkout in the middle of a merge",
			change: async () => {
				await git("checkout", "-q", "-b", "side", "HEAD~1");
				await world.repository.write("other.txt", "two\n");
				await world.repository.commit("side");
				await git("checkout", "-q", "main");
				await git("merge", "-q", "side").catch(() => {});
			},
			said: /A merge is under way in this checkout/,
		},
		{
			how: "of another branch",
			change: () => git("checkout", "-q", "-b", "side"),
			said: /side is checked out, and docs\/\S+ is read from main\.\n.*git switch main$/m,
			more: ["--base", "main"],
		},
		{
			how: "on no branch",
			change: () => git("checkout", "-q", "--detach"),
			said: /No branch is checked out/,
			more: ["--base", "main"],
		},
		{
			how: "on no branch, and no base is named",
			change: () => git("checkout", "-q", "--detach"),
			said: /--base/,
		},
	])(
		"is not committed where its document is $how: it is said, and nothing touched",
		async ({ change, said, more = [] }) => {
			await change();
			const was = [
				await git("status", "--porcelain"),
				await git("rev-parse", "HEAD"),
				await world.repository.read(FILE),
			];
			const ran = await run(...both, "--commit", ...more);
			expect(ran).toMatchObject({ exitCode: 2, stdout: "" });
			expect(ran.stderr).toMatch(said);
			expect([
				await git("status", "--porcelain"),
				await git("rev-parse", "HEAD"),
				await world.repository.read(FILE),
			]).toEqual(was);
		},
	);

	test("is not committed unless it is asked for: the command is said, and does it", async () => {
		await world.repository.write(FILE, `${await world.repository.read(FILE)}More.\n`);
		const ran = await run("A-1", "-m", "", "-m", "Yes.");
		expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
		expect(ran.stderr).toContain(`Still open: Which of the two formats is meant? I would take YAML.\n`);
		const [, command = ""] = /agents see only what is committed: (.*)/.exec(ran.stderr) ?? [];
		expect(await typed(world, command)).toMatchObject({ exitCode: 0 });
		expect(await git("status", "--porcelain")).toBe("");
		expect(await world.repository.read(FILE)).toMatch(/^More\.\n\n## Answers of .*\n\n\*\*Question\*\*\n\n> May/m);
	});

	test("has its answers committed once what refused them is mended, also when they are staged", async () => {
		await hook("pre-commit", "echo 'no commits today' >&2; exit 1");
		const refused = await run(...both, "--commit");
		expect(refused).toMatchObject({ exitCode: 2 });
		expect(refused.stderr).toMatch(/git has not committed docs.*\n +no commits today\n.*answer A-1 --commit$/m);
		const text = await world.repository.read(FILE);
		await hook("pre-commit", "exit 0");
		await git("add", FILE);
		expect(await run("A-1", "--commit")).toMatchObject({ exitCode: 0 });
		expect([await git("status", "--porcelain"), await world.repository.read(FILE)]).toEqual(["", text]);
		// The same once more says nothing new.
		const again = await run(...both, "--commit");
		expect(again).toMatchObject({ exitCode: 0, stderr: `${FILE} says so already.\n` });
		expect(await world.repository.read(FILE)).toBe(text);
	});

	test.each(["pre-commit", "post-commit"])("that is killed in %s is answered by the same command", async (name) => {
		await hook(name, KILL);
		const running = world.start(["answer", ...both, "--commit"]);
		expect(await running.finished).toMatchObject({ signal: "SIGKILL" });
		// git goes on by itself, and ends as it would have.
		await expect.poll(() => readdir(join(world.repository.path, ".git"))).not.toContain("index.lock");
		await hook(name, "exit 0");
		const again = await run(...both, "--commit");
		expect(again, again.stderr).toMatchObject({ exitCode: 0 });
		expect(await git("status", "--porcelain")).toBe("");
		expect((await world.repository.read(FILE)).match(/> JSON\./g)).toHaveLength(1);
		expect(await git("rev-list", "--count", "HEAD", "--", FILE)).toBe("2");
	});

	test.each([
		[`writeFile ${LOGS.replace("logs/orch/M1", "logs")}/A-1.md.tmp`, "kill-after"],
		[`rename repo/${FILE}`, "kill-after"],
	] as const)(
		"that is killed at %s is answered whole or not at all, and the same command ends well",
		async (step, kind) => {
			const was = await world.repository.read(FILE);
			const killed = await world.run(["answer", ...both, "--commit"], {
				env: await faultyEnvironment(world, { step, kind }),
			});
			expect(killed.signal, killed.stderr).toBe("SIGKILL");
			const left = (await world.repository.read(FILE)).slice(was.length);
			expect(left).toMatch(step.startsWith("rename") ? /> JSON\.\n[\s\S]*> Yes\.\n$/ : /^$/);
			expect(await run(...both, "--commit")).toMatchObject({ exitCode: 0 });
			expect(await git("status", "--porcelain")).toBe("");
			expect((await world.repository.read(FILE)).match(/> (?:JSON|Yes)\./g)).toHaveLength(2);
			expect((await world.run(["status"])).stdout).toMatch(/^A-1 +answered since +deferred /m);
		},
	);

	test("tells a program what is asked, what was written and what is left", async () => {
		const asked = await run("A-1", "--json");
		expect(asked.exitCode).toBe(1);
		expect(JSON.parse(asked.stdout)).toMatchObject({ written: false, open: QUESTIONS, file: FILE, phase: "dev" });
		const ran = await run("A-1", "-m", "JSON.", "--commit", "--json");
		expect(JSON.parse(ran.stdout)).toMatchObject({
			...{ exitCode: 0, written: true, commit: await git("rev-parse", "HEAD") },
			...{ answers: [{ question: QUESTIONS[0], answer: "JSON." }], remarks: [], open: [QUESTIONS[1]] },
		});
	});

	test("has a form that can be filled in, and be piped back", async () => {
		const { stdout: form } = await run("A-1", "-n");
		expect(form).toMatch(/^<!-- A-1: Title of A-1\n[\s\S]*<!-- Question 2 of 2 -->\n\n> May the old one go\?\n\n/);
		const filled = form.replace("> May the old one go?\n", "> May the old one go?\n\nNo.\n");
		await world.repository.write("form.md", filled.replaceAll("\n", "\r\n"));
		const ran = await typed(world, `cat form.md | npx tsx ${PROGRAM.at(-1)} answer A-1 -F - --json`);
		expect(JSON.parse(ran.stdout)).toMatchObject({ answers: [{ question: QUESTIONS[1], answer: "No." }], remarks: [] });
		// What does not get further is kept, since it is nowhere else.
		const kept = await typed(world, `yes | head -c 400000 | npx tsx ${PROGRAM.at(-1)} answer A-1 -F -`);
		expect(kept).toMatchObject({ exitCode: 2 });
		expect(kept.stderr).toMatch(/would have \d+ KB, and a document has 256 KB at most/);
		const [, file = ""] = /What you typed is kept. To use it: .* -F (\S+)/.exec(kept.stderr) ?? [];
		expect((await readFile(file)).length).toBe(400_000);
	});

	test.each<readonly [name: string, content: Uint8Array | string, said: RegExp]>([
		["five megabytes", "x".repeat(5_000_000), /it is too large/],
		["a megabyte of blank lines", `a${"\n".repeat(1_000_000)}b`, /would have \d+ KB/],
		["NUL", "a\0b", /it has NUL bytes/],
		["another encoding", Buffer.from([0x66, 0xfc, 0x72]), /it is not UTF-8/],
	])("takes no file of %s, and is not touched", async (_, content, said) => {
		const was = await world.repository.read(FILE);
		await world.repository.write("a.txt", content);
		const ran = await run("A-1", "-F", "a.txt");
		expect(ran).toMatchObject({ exitCode: 2 });
		expect(ran.stderr).toMatch(said);
		expect(await world.repository.read(FILE)).toBe(was);
	});

	test.each<readonly [name: string, change: Partial<IssuePlan>, others: readonly string[], kind: string]>([
		["that other issues share, in parts that nothing tells", {}, ["A-2"], "document-shared"],
		["whose part is not where it was", { docLine: 1 }, ["A-2"], "document-moved-on"],
		["that is no markdown", { docPath: "orchfile.ts" }, [], "document-no-file"],
		["that is a link", { docPath: "link.md" }, [], "document-no-file"],
		["that is below a link to elsewhere", { docPath: "away/a.md" }, [], "document-no-file"],
		["that is gone", { docPath: "gone.md" }, [], "document-no-file"],
	])("has no document to answer in %s", async (_, change, others, kind) => {
		const { folder, path } = world.repository;
		await writeFile(join(folder, "a.md"), "text\n");
		await symlink(folder, join(path, "away"));
		await symlink(FILE, join(path, "link.md"));
		const repository = { root: path, commonDir: join(path, ".git") };
		const issue = { id: "A-1", docPath: FILE, logDir: join(path, LOGS), repository, ...change } as IssuePlan;
		await expect(findAnswerable(issue, others)).rejects.toMatchObject({ problems: [{ kind }] });
	});

	test("writes nothing that could command a terminal, or read as something else", async () => {
		const hostile = "\u001b[2J\u001b]0;owned\u0007---\nid: A-9\n</script>\u202Eevil\n```";
		const ran = await run("A-1", "-m", hostile, "-m", "Yes.", "--commit");
		expect([..."\u001b\u0007\u202E"].filter((each) => (ran.stdout + ran.stderr).includes(each))).toEqual([]);
		expect(ran.stderr).toContain("What nobody can see of it was left out");
		expect(await world.repository.read(FILE)).toContain("> ---\n> id: A-9\n> </script>evil\n> ```\n");
		expect(await world.run(["check"])).toMatchObject({ exitCode: 0 });
	});

	test.each<readonly [words: readonly string[], exitCode: number, said: RegExp]>([
		[
			["A-1"],
			2,
			/A-1 asks 2 questions, and there is no terminal[\s\S]*in this order: .* answer A-1 -m ANSWER -m ANSWER$/m,
		],
		[["M1"], 2, /takes the id of one issue\. These wait for an answer: A-1\n/],
		[["A-2", "-m", "x"], 2, /There is no attempt on A-2 to answer\.\n.* dev A-2$/m],
		[["A-1", "-m", " \n", "-m", ""], 1, /Nothing was answered, so nothing was written\./],
		[["A-1", "-m", "x", "-n"], 0, /Nothing was written \(-n\)\./],
		[["A-1", "-m", "x", "-F", "y"], 2, /-F, --file <file>/],
		[["A-1", "-F", "gone.md"], 2, /Answers can't be read from .*gone\.md/],
	])("%j ends with %i and says %s", async (words, exitCode, said) => {
		const was = await git("status", "--porcelain");
		const ran = await run(...words);
		expect(ran, ran.stderr).toMatchObject({ exitCode });
		expect(ran.stderr).toMatch(said);
		expect(await git("status", "--porcelain")).toBe(was);
	});

	test.skipIf(noTerminal)("is answered in an editor, in which nothing that was typed is lost", async () => {
		const editor = async (name: string, text: string) => {
			const path = join(world.repository.folder, name);
			await writeFile(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
			return path;
		};
		const ask = async (GIT_EDITOR: string, ...more: readonly string[]) => {
			await using terminal = openTerminal(world, ["answer", "A-1", ...more], { env: { GIT_EDITOR } });
			const { exitCode, output } = await terminal.finished;
			return { exitCode, output: output.replaceAll("\r", "") };
		};
		const was = await world.repository.read(FILE);
		expect(await ask("true")).toMatchObject({ exitCode: 1, output: expect.stringContaining("Nothing was answered") });
		const missing = await ask("no-such-editor");
		expect(missing).toMatchObject({ exitCode: 2, output: expect.stringContaining("can't be started: no-such-editor") });
		expect(await readdir(join(world.repository.path, LOGS))).not.toContainEqual(expect.stringMatching(/^answer-/));

		const fails = await editor("fails", `sed -i 's/^> I would.*/&\\n\\nJSON it is./' "$1"; exit 3`);
		const failed = await ask(fails);
		expect(failed).toMatchObject({ exitCode: 2, output: expect.stringMatching(/The editor exited with 3, so that/) });
		const [, kept = ""] = /To use it: .* -F (\S+)/.exec(failed.output) ?? [];
		expect(await readFile(kept, "utf8")).toContain("JSON it is.");
		expect(await world.repository.read(FILE)).toBe(was);

		// Killed while it is open: what was saved by then is there as well.
		const killed = await ask(await editor("kills", `echo 'And more.' >> "$1"; ${KILL}`));
		expect(killed.exitCode).toBe(137);
		const done = await ask("true", "--commit");
		expect(done, done.output).toMatchObject({ exitCode: 0 });
		expect(await world.repository.read(FILE)).toMatch(/> JSON it is\.\n\n\*\*Remark\*\*\n\n> And more\.\n$/);
		expect(await git("status", "--porcelain")).toBe("");
		expect(await readdir(join(world.repository.path, LOGS))).not.toContainEqual(expect.stringMatching(/^answer-/));
	});
});
