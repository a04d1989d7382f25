import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { problemOf } from "../../tasks/contract/problem.ts";
import { commitAll } from "../../tasks/repo/commit.ts";
import { git } from "../../tasks/repo/git.ts";
import { mergeCommits } from "../../tasks/repo/merge.ts";
import { saveChanges } from "../../tasks/repo/patch.ts";
import { explainRefusal } from "../../tasks/repo/refusals.ts";
import { openRepository } from "../../tasks/repo/repository.ts";
import { readSettings } from "../../tasks/repo/settings.ts";
import { tryFilters } from "../../tasks/repo/try-filters.ts";
import { addWorktree } from "../../tasks/repo/worktree/add.ts";
import { readWorktree } from "../../tasks/repo/worktree/contents.ts";
import { createRepository, type TestRepository } from "../support/repository.ts";

const never = new AbortController().signal;
const UPPER = "tr a-z A-Z";
const LOWER = "tr A-Z a-z";
const STAYING = `'${process.execPath}' '${fileURLToPath(new URL("../support/process-filter.mjs", import.meta.url))}'`;

/** What a filter can do wrong, by the command that does it: one for each file, or one that stays for all. */
const FAULTS: Readonly<
	Record<string, { readonly command: string; readonly stays?: boolean; readonly program?: string }>
> = {
	"is not there": { command: "/no/program", program: "/no/program" },
	"is not there to a shell": { command: "no-such-program %f", program: "no-such-program" },
	"is no command of git's": { command: "git no-such-command", program: "git-no-such-command" },
	fails: { command: "sh -c 'echo the key is locked >&2; exit 1'" },
	"fails without a word": { command: "false" },
	"fails when it has written all": { command: "sh -c 'cat; exit 1'" },
	"is killed": { command: "sh -c 'kill -9 $$'" },
	"stays and is not there": { command: "/no/program", stays: true, program: "/no/program" },
	"stays and ends at once": { command: "false", stays: true },
	"stays and talks of something else": { command: `${STAYING} garbage`, stays: true },
	"stays and does not take the file": { command: `${STAYING} error`, stays: true },
	"stays and takes no file any more": { command: `${STAYING} abort`, stays: true },
	"stays and is killed": { command: `${STAYING} dies`, stays: true },
};

test("a filter that fails, required or not: file and filter are named, nothing is half-made, and nothing is taken unfiltered", async () => {
	await using repository = await createRepository([{ id: "A-1" }, { id: "B-1" }]);
	const { path } = repository;
	const mended = { clean: LOWER, smudge: UPPER };
	await define(repository, mended);
	await repository.write(".gitattributes", "sub/*.txt filter=own\n");
	await repository.write("sub/a.txt", "A\n");
	await repository.commit();
	const standing = await issueOf(repository, "B-1");
	const worktree = await addWorktree(standing, undefined, standing.base.commit, never);
	const work = join(worktree.path, "sub/a.txt");
	expect(await readFile(work, "utf8")).toBe("A\n");
	await writeFile(work, "B\n");
	// git takes a file that is as young as its index for changed.
	await utimes(work, 1, 1);
	const patch = join(repository.folder, "work.patch");
	const before = await stateOf(repository);
	const faults = Object.entries(FAULTS);
	for (const [at, [fault, { command, stays, program }]] of faults.entries()) {
		const required = at % 2 === 0 ? {} : { required: String(at % 3 === 0) };
		await define(repository, { ...(stays ? { process: command } : { clean: command, smudge: command }), ...required });
		const about = { kind: "filter-failed", filter: "own", file: "sub/a.txt", ...(program ? { program } : {}) };
		const issue = await issueOf(repository, "A-1");
		const adding = addWorktree(issue, undefined, issue.base.commit, never, { atOnce: at % 4 < 2 });
		expect(await problemIn(issue, adding), fault).toMatchObject(about);
		const tried = await tryFilters(issue.repository, issue.base, await readSettings({ root: path }), never);
		expect(tried, fault).toMatchObject({ good: [], undefined: [], failed: [{ ...about, path }] });
		const broken = await issueOf(repository, "B-1");
		for (const action of [
			() => readWorktree(broken, worktree, [broken.base.commit], never),
			() => commitAll(broken, worktree, "B-1: work\n", never),
			() => saveChanges(broken.repository, worktree, patch, never),
		])
			expect(await problemIn(broken, action()), `${fault} ${action}`).toMatchObject(about);
		expect(await stateOf(repository), fault).toEqual(before);
		expect((await git(["diff", "--cached", "--name-only"], { cwd: path, worktree })).stdout, fault).toBe("");
	}
	await define(repository, mended);
	const again = await issueOf(repository, "B-1");
	await saveChanges(again.repository, worktree, patch, never);
	expect(await readFile(patch, "utf8")).toContain("\n-a\n+b\n");
	expect(await commitAll(again, worktree, "B-1: work\n", never)).toBe(true);
	expect(await repository.git(["cat-file", "blob", "issue/B-1:sub/a.txt"])).toBe("b");
});

/** Filters that hang, and what is said of each. */
const HANGING: Readonly<Record<string, { readonly set: Readonly<Record<string, string>>; readonly says?: RegExp }>> = {
	"does nothing": { set: { smudge: "sleep 1000" } },
	"has read all": { set: { smudge: "cat >/dev/null; sleep 1000" } },
	"takes no notice of being ended": { set: { smudge: "trap '' TERM HUP INT; cat; sleep 1000; sleep 1000" } },
	"is in a session of its own": { set: { smudge: "setsid sh -c 'cat; sleep 1000; sleep 1000'" } },
	"computes for ever": { set: { smudge: "while :; do :; done" }, says: /^it had run for 0\.4 s, and was ended$/ },
	"stays for all files": { set: { process: `${STAYING} stays` } },
	"stays and takes no notice": { set: { process: "trap '' TERM HUP INT PIPE; sleep 1000; sleep 1000" } },
};

test.skipIf(process.platform !== "linux").concurrent.each(Object.entries(HANGING))(
	"a filter that %s is ended after a time that is said, and leaves nothing",
	async (_, { set, says = /^it had done nothing for 0\.4 s, and was ended$/ }) => {
		await using repository = await createRepository();
		const { path } = repository;
		await repository.write(".git/info/attributes", "README.md filter=own\n");
		await define(repository, set);
		const before = await stateOf(repository);
		const place = join(repository.folder, "A-1");
		const limits = says.source.includes("run") ? { stall: 60_000, longest: 400 } : { stall: 400, longest: 60_000 };
		const running = git(["-c", "filter.own.required=true", "worktree", "add", "-q", "--detach", place], {
			cwd: path,
			filtered: true,
			limits,
		});
		const problem = await problemIn(undefined, running);
		expect(problem).toMatchObject({ kind: "filter-failed", filter: "own", detail: expect.stringMatching(says) });
		expect(existsSync(place)).toBe(false);
		expect(await stateOf(repository)).toEqual(before);
		expect(processesIn(repository.folder)).toEqual([]);
	},
);

test("a run that is stopped does not wait for a filter that takes no notice", { timeout: 30_000 }, async () => {
	await using repository = await createRepository();
	await repository.write(".git/info/attributes", "README.md filter=own\n");
	const reached = join(repository.folder, "reached");
	await define(repository, {
		process: `trap '' TERM HUP INT PIPE; touch ${reached}; sleep 1000; sleep 1000`,
		required: "true",
	});
	const stop = new AbortController();
	const place = join(repository.folder, "A-1");
	const running = git(["worktree", "add", "-q", "--detach", place], {
		cwd: repository.path,
		filtered: true,
		signal: stop.signal,
	});
	await expect.poll(() => existsSync(reached), { timeout: 20_000 }).toBe(true);
	stop.abort(new Error("stopped"));
	await expect(running).rejects.toThrow("stopped");
	expect(processesIn(repository.folder)).toEqual([]);
});

/** What a filter that works has: a way that is not set, one that is empty, or files that it does not take by themselves. */
const WORKING: Readonly<Record<string, Readonly<Record<string, string>>>> = {
	"both ways": { clean: LOWER, smudge: UPPER },
	"the way in alone": { clean: LOWER },
	"the way out alone": { smudge: UPPER },
	"a way out that is empty": { clean: LOWER, smudge: "" },
	"one program for all": { process: `${STAYING} nothing` },
	"a way in that takes some files alone": { clean: "grep ." },
};

test.each(Object.entries(WORKING))("a filter that works and has %s is not refused", async (_, set) => {
	await using repository = await createRepository([{ id: "A-1" }]);
	await repository.write(".gitattributes", "*.txt filter=own\n");
	for (const [name, content] of [
		["a.txt", ""],
		["b.txt", "b\n"],
	] as const)
		await repository.write(name, content);
	await repository.commit();
	await define(repository, set);
	const issue = await issueOf(repository, "A-1");
	const settings = await readSettings(issue.repository);
	expect(await tryFilters(issue.repository, issue.base, settings, never)).toEqual({
		good: [{ name: "own", file: "a.txt" }],
		undefined: [],
		failed: [],
	});
	// What is as young as the index is looked at again, also the file that it does not take.
	if (set.clean === "grep .") return;
	const worktree = await addWorktree(issue, undefined, issue.base.commit, never);
	await writeFile(join(worktree.path, "c.txt"), "C\n");
	expect(await commitAll(issue, worktree, "A-1: work\n", never)).toBe(true);
});

/** Where attributes can name a filter, and whether the base uses it. */
const NAMED: Readonly<Record<string, readonly [attributes: Readonly<Record<string, string>>, isUsed: boolean]>> = {
	"at the top": [{ ".gitattributes": "*.bin filter=own -text\n" }, true],
	"in a folder": [{ "deep/er/.gitattributes": "data.bin filter=own\n" }, true],
	"by a macro": [{ ".gitattributes": "[attr]big filter=own -text\n*.bin big\n" }, true],
	"for this repository alone": [{ ".git/info/attributes": "*.bin filter=own\n" }, true],
	"for all of a person's": [{ "../home/.config/git/attributes": "*.bin filter=own\n" }, true],
	"for no file": [{ ".gitattributes": "*.none filter=own\n" }, false],
	"and takes it back": [{ ".gitattributes": "*.bin filter=own\n", "deep/.gitattributes": "*.bin -filter\n" }, false],
	"without saying which": [{ ".gitattributes": "*.bin filter\n" }, false],
	nowhere: [{ "note.md": "filter=own\n" }, false],
};

test.each(Object.entries(NAMED))("a filter that no setting defines, named %s", async (_, [attributes, isUsed]) => {
	await using repository = await createRepository([{ id: "A-1" }]);
	for (const [file, content] of Object.entries(attributes)) await repository.write(file, content);
	await repository.write("deep/er/data.bin", "data\n");
	await repository.git(["add", "-A"]);
	await repository.git(["commit", "-q", "-m", "data"]);
	const issue = await issueOf(repository, "A-1");
	// The checkout is elsewhere by then: it is the base that counts.
	await repository.git(["rm", "-q", "-r", "deep"]);
	const home = process.env.HOME;
	process.env.HOME = repository.home;
	try {
		const settings = await readSettings(issue.repository);
		expect(await tryFilters(issue.repository, issue.base, settings, never)).toEqual({
			good: [],
			undefined: isUsed ? [{ name: "own", file: "deep/er/data.bin" }] : [],
			failed: [],
		});
	} finally {
		process.env.HOME = home;
	}
});

test("branches whose files go through a filter for a merge are not merged past one that fails", async () => {
	await using repository = await createRepository([{ id: "A-1" }]);
	const { git: run } = repository;
	await repository.write(".gitattributes", "a.txt filter=own\n");
	await repository.write("a.txt", "1\n2\n3\n");
	await repository.commit();
	await run(["branch", "other"]);
	await repository.write("a.txt", "0\n2\n3\n");
	await repository.commit();
	await run(["switch", "-q", "other"]);
	await repository.write("a.txt", "1\n2\n4\n");
	await repository.commit();
	await run(["config", "merge.renormalize", "true"]);
	for (const required of [{}, { required: "true" }]) {
		await define(repository, { clean: "false", smudge: "cat", ...required });
		const issue = await issueOf(repository, "A-1");
		const merging = mergeCommits(
			issue.repository,
			await run(["rev-parse", "other"]),
			issue.base.commit,
			"merge",
			never,
		);
		expect(await problemIn(issue, merging)).toMatchObject({ kind: "filter-failed", filter: "own" });
	}
	await define(repository, { clean: "cat", smudge: "cat", required: "true" });
	const issue = await issueOf(repository, "A-1");
	const merged = mergeCommits(issue.repository, await run(["rev-parse", "other"]), issue.base.commit, "merge", never);
	expect(await merged).toMatchObject({ kind: "merged" });
});

/** Has the filter `own` these settings, and no others. */
async function define({ path }: TestRepository, settings: Readonly<Record<string, string>>): Promise<void> {
	const config = join(path, ".git/config");
	const text = (await readFile(config, "utf8")).replace(/\[filter "own"\]\n(?:\t.*\n)*/, "");
	const lines = Object.entries(settings).map(([key, value]) => `\t${key} = "${value.replaceAll('"', '\\"')}"\n`);
	await writeFile(config, `${text}[filter "own"]\n${lines.join("")}`);
}

/** An issue as a new run would see it: settings are read once a run. */
async function issueOf({ path, folder, git: run }: TestRepository, id: string) {
	return {
		id,
		repository: await openRepository(path),
		base: { name: "main", commit: await run(["rev-parse", "main"]) },
		branch: `issue/${id}`,
		worktreePath: join(folder, "repo.worktrees", id),
	};
}

/** What an action fails for, as it is told. */
async function problemIn(issue: Parameters<typeof explainRefusal>[1], action: Promise<unknown>) {
	const failed = await action.then(
		() => new Error("it did not fail"),
		(error) => explainRefusal(error, issue),
	);
	return problemOf(failed) ?? failed;
}

/** All that a worktree which is made could leave behind. */
async function stateOf({ path, folder, git: run }: TestRepository) {
	const administration = join(path, ".git/worktrees");
	return {
		refs: await run(["for-each-ref"]),
		registered: existsSync(administration) ? readdirSync(administration) : [],
		folders: readdirSync(folder),
		locks: readdirSync(join(path, ".git")).filter((name) => name.endsWith(".lock")),
	};
}

/** What still works in a folder, or was started for it. */
function processesIn(folder: string): string[] {
	return readdirSync("/proc").filter((pid) => {
		try {
			return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
		} catch {
			return false;
		}
	});
}
