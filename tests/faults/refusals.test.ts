import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Beginning, beginningOf } from "../support/beginning.ts";
import { suggestedIn } from "../support/commands.ts";
import { STACK_TRACE } from "../support/footprint.ts";
import type { Script } from "../support/scripted-model.ts";
import { editAndPass, runAndPass } from "../support/scripts.ts";
import { typed } from "../support/typed.ts";
import { createWorld, type World } from "../support/world.ts";

const shell = promisify(execFile);
const NOBODY = 1234;

/** A refusal of git's, and how it is provoked: each in a shell, in the checkout. */
interface Row {
	/** Before the run. */
	readonly before?: string;
	/** While the agent is at work, or once it is done. */
	readonly during?: string;
	/** By the agent itself, or by anybody in its worktree. */
	readonly agent?: string;
	/** Has another user than root, who may write anywhere, run it. */
	readonly isUser?: boolean;
	/** Only while the run is under way git refuses it so, or its message leads to a turn. */
	readonly isWhole?: boolean;
	/** The problem that it is told as. */
	readonly kind: string;
	/** What is in files of the issue's branch in the end. */
	readonly committed?: Readonly<Record<string, string>>;
	/** What the message says among other things. */
	readonly says?: string;
	/** What a person does where a command can't do it, or in place of a word in it. */
	readonly mend?: string;
	readonly words?: Readonly<Record<string, string>>;
}

const SIGNED = "git config commit.gpgSign true;";
const OBJECT = "f=.git/objects/$(echo $o | cut -c1-2)/$(echo $o | cut -c3-);";
const CLONE = "git clone -q --bare . ../clone.git;";

/** What git can be made to refuse. A row is enough to have its problem, its remedy and what comes of it looked at. */
const REFUSALS: Record<string, Row> = {
	"a program to sign with that fails": { before: `${SIGNED} git config gpg.program /bin/false`, kind: "not-signed" },
	"a program to sign with that is not there": {
		during: `${SIGNED} git config gpg.program /no/gpg`,
		kind: "not-signed",
	},
	"signing by ssh without a key": { during: `${SIGNED} git config gpg.format ssh`, kind: "not-signed" },
	"signing by ssh with a key that is not there": {
		during: `${SIGNED} git config gpg.format ssh; git config user.signingKey /no/key`,
		kind: "not-signed",
	},
	"signing by x509 that fails": {
		during: `${SIGNED} git config gpg.format x509; git config gpg.x509.program /bin/false`,
		kind: "not-signed",
	},
	"a way to sign that there is not": { before: "git config gpg.format none", kind: "config-broken" },
	"a setting that is neither true nor false": { during: "git config commit.gpgSign perhaps", kind: "config-broken" },
	"a line of the repository's settings that is none": {
		before: "echo '[core' >> .git/config",
		mend: "sed -i '$d' .git/config",
		kind: "config-broken",
	},
	"a line of the user's settings that is none": {
		before: "echo '[core' >> ../home/.gitconfig",
		mend: "sed -i '$d' ../home/.gitconfig",
		kind: "config-broken",
	},
	"nobody to commit any more": {
		during: "printf '[user]\\nuseConfigOnly = true\\n' > ../home/.gitconfig",
		kind: "identity-lost",
	},
	"a branch that is called as the folder": { before: "git branch issue", kind: "branch-in-the-way" },
	"a branch below the issue's": { before: "git branch issue/A-1/old", kind: "branch-in-the-way" },
	"a packed branch below the issue's": {
		before: "git branch issue/A-1/deep/old; git pack-refs --all",
		kind: "branch-in-the-way",
	},
	"something in the folder of refs that is none": {
		before: "mkdir -p .git/refs/heads/issue/A-1; touch .git/refs/heads/issue/A-1/x.lock",
		kind: "ref-blocked",
	},
	"a folder where the issue's lock goes": {
		before: "mkdir -p .git/refs/orch/lock/A-1; touch .git/refs/orch/lock/A-1/x",
		kind: "ref-blocked",
	},
	"a file where the locks go": { before: "touch .git/refs/orch", kind: "ref-blocked" },
	"the branch's lock file": { during: "touch .git/refs/heads/issue/A-1.lock", kind: "lock-file" },
	"the index's lock file": { during: "touch .git/worktrees/A-1/index.lock", isWhole: true, kind: "lock-file" },
	"HEAD's lock file": { during: "touch .git/worktrees/A-1/HEAD.lock", isWhole: true, kind: "lock-file" },
	"a worktree's damaged index": { during: "echo damaged > .git/worktrees/A-1/index", kind: "index-broken" },
	"the checkout's damaged index": { before: "echo damaged > .git/index", kind: "index-broken" },
	"the checkout's empty index": { before: ": > .git/index", kind: "index-broken" },
	"an object that is damaged": {
		before: `${CLONE} git remote add origin ../clone.git; o=$(git rev-parse HEAD:README.md); ${OBJECT} rm -f $f; : > $f`,
		kind: "object-damaged",
	},
	"a file that is missing in the repository": {
		before: `${CLONE} o=$(git rev-parse HEAD:README.md); ${OBJECT} rm -f $f`,
		words: { CLONE: "../clone.git" },
		isWhole: true,
		kind: "object-damaged",
	},
	"a folder that is missing in the repository": {
		before: `${CLONE} o=$(git rev-parse HEAD:docs); ${OBJECT} rm -f $f`,
		words: { CLONE: "../clone.git" },
		kind: "object-damaged",
	},
	"a commit that is missing": {
		before: `${CLONE} git remote add other ../clone.git; o=$(git rev-parse HEAD); ${OBJECT} rm -f $f`,
		kind: "object-damaged",
	},
	"a HEAD that is none": { before: "echo nonsense > .git/HEAD", kind: "repository-broken" },
	"a repository of somebody else": { before: `chown ${NOBODY} . .git`, kind: "repository-not-yours" },
	"a format that this git does not know": {
		before: "git config core.repositoryFormatVersion 99",
		mend: "sed -i s/99/0/ .git/config",
		kind: "repository-too-new",
	},
	"an extension that this git does not know": {
		before: "git config core.repositoryFormatVersion 1; git config extensions.fancy true",
		mend: "sed -i /fancy/d .git/config",
		kind: "repository-too-new",
	},
	"core.bare beside a checkout": { before: "git config core.bare true", kind: "bare-by-setting" },
	"a file where worktrees go": { before: "touch ../repo.worktrees", kind: "worktree-in-the-way" },
	"a locked worktree that is not there": {
		before:
			"git worktree add -q -b issue/A-1 ../repo.worktrees/A-1; git worktree lock ../repo.worktrees/A-1; rm -r ../repo.worktrees",
		kind: "worktree-locked",
	},
	"a worktree that is locked meanwhile": {
		during: "git worktree lock ../repo.worktrees/A-1",
		isWhole: true,
		kind: "worktree-locked",
	},
	"a name that stands for .git on Windows": { agent: "mkdir sub; echo x > 'sub/git~1'", kind: "file-refused" },
	"a name that stands for .git elsewhere": { agent: "mkdir -p sub/.GIT; echo x > sub/.GIT/x", kind: "file-refused" },
	"a stream of .git": { agent: "echo x > '.git::$INDEX_ALLOCATION'", kind: "file-refused" },
	"a name with a letter without a width": {
		before: "git config core.protectHFS true",
		agent: "echo x > $'.g\\u200cit'",
		isWhole: true,
		kind: "file-refused",
	},
	"a link for .gitmodules": { agent: "ln -s README.md .gitmodules", kind: "file-refused" },
	"names that differ by case only": {
		before: "git config core.ignoreCase true",
		agent: "echo a > a.txt; echo A > A.TXT",
		kind: "file-refused",
	},
	"a file that is not encoded as its attribute says": {
		agent: "echo 'a.txt working-tree-encoding=UTF-16' > .gitattributes; echo a > a.txt",
		kind: "file-refused",
	},
	"an encoding that there is not": {
		agent: "echo 'a.txt working-tree-encoding=none' > .gitattributes; echo a > a.txt",
		kind: "file-refused",
	},
	"a path that is too long": {
		agent: "for i in $(seq 30); do d=$(printf 'd%.0s' $(seq 200)); mkdir $d; cd $d; done; echo x > file",
		kind: "path-too-long",
	},
	"a repository without a commit": { agent: "git init -q sub; echo x > sub/x", kind: "nested-repository" },
	"objects that can't be written before it": {
		before: "chmod -R a-w .git/objects",
		isUser: true,
		kind: "git-unwritable",
	},
	"objects that can't be written": { during: "chmod -R a-w .git/objects", isUser: true, kind: "git-unwritable" },
	"refs that can't be written": { before: "chmod a-w .git/refs/heads", isUser: true, kind: "git-unwritable" },
	"git's folder that can't be written": {
		before: "mkdir .git/refs/orch; chmod a-w .git",
		isUser: true,
		kind: "git-unwritable",
	},
	"git's folder of worktrees that can't be written": {
		before: "mkdir .git/worktrees; chmod a-w .git/worktrees",
		isUser: true,
		kind: "git-unwritable",
	},
	"git's folder of the worktree that can't be written": {
		during: "chmod a-w .git/worktrees/A-1",
		isUser: true,
		kind: "git-unwritable",
	},
	"a log of the branch that can't be written": {
		during: "chmod a-w .git/logs/refs/heads/issue/A-1",
		isUser: true,
		kind: "git-unwritable",
	},
	"a folder of worktrees that can't be written": {
		before: "mkdir ../repo.worktrees; chmod a-w ../repo.worktrees",
		isUser: true,
		kind: "git-unwritable",
	},
};

const FAILS = "sh -c 'echo the key is locked >&2; exit 1'";

/** A filter that fails on the way into the worktree and into the commit; `tests/repo/filters.test.ts` has all that can go wrong with one. */
for (const way of ["smudge", "clean", "process"]) {
	const set = `git config filter.own.${way} "${FAILS}"`;
	const file = way === "clean" ? "raw.txt" : "README.md";
	const attributes = `mkdir -p .git/info; echo '${file} filter=own' > .git/info/attributes`;
	REFUSALS[`a filter whose ${way} fails`] = {
		...(way === "clean"
			? {
					during: `${attributes}; ${set}; echo raw > ../repo.worktrees/A-1/raw.txt; touch -d '1 hour ago' ../repo.worktrees/A-1/raw.txt`,
					committed: { "raw.txt": "RAW" },
				}
			: { before: `${attributes}; ${set}` }),
		mend: `git config filter.own.${way} cat; ${way === "process" ? "git config --unset filter.own.process;" : ""} git config filter.own.smudge cat; git config filter.own.clean ${way === "clean" ? "'tr a-z A-Z'" : "cat"}`,
		kind: "filter-failed",
		says: "filter own",
	};
}

/** The first row of each kind goes through all of a run; what the others prove beyond it is how git refuses, and what is told of it. */
const WHOLE = Object.entries(REFUSALS).filter(
	([, row], at, all) =>
		row.isWhole || (row.isUser && isLate(row)) || all.findIndex(([, { kind }]) => kind === row.kind) === at,
);
const REST = Object.entries(REFUSALS).filter((row) => !WHOLE.some(([name]) => name === row[0]));

test.concurrent.each(WHOLE)("git refuses: %s", async (_, row) => {
	if (row.isUser && process.getuid?.() !== 0) return;
	const script: Script = async function* (prompted) {
		yield { kind: "run", command: "echo work > work.txt" };
		if (row.during) await inShell(world, row.during);
		yield* row.agent ? runAndPass(row.agent)(prompted) : editAndPass(prompted);
	};
	await using world: World = await createWorld([{ id: "A-1", script }]);
	await expectMended(world, row, ["dev", "M1"]);
	expect(world.model.issuesSeen).toEqual(["A-1"]);
	await expectSaved(world, row);
});

test.concurrent.each(REST.filter(([, row]) => !isLate(row)))(
	"git refuses before the agent begins: %s",
	async (_, row) => {
		if (row.isUser && process.getuid?.() !== 0) return;
		await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
		await expectMended(world, row, ["worktree:create", "A-1"]);
		expect(world.model.issuesSeen).toEqual([]);
	},
);

let done: World;
let beginning: Beginning;
beforeAll(async () => {
	done = await createWorld([{ id: "A-1", script: runAndPass("echo work > work.txt") }]);
	expect(await done.run(["phase:dev", "A-1"])).toMatchObject({ exitCode: 0 });
	beginning = await beginningOf(done);
});
afterAll(async () => {
	await beginning[Symbol.asyncDispose]();
	await done[Symbol.asyncDispose]();
});

test.each(REST.filter(([, row]) => isLate(row)))("git refuses to save what the agent has done: %s", async (_, row) => {
	await beginning.again();
	const changes = [row.during, row.agent && `cd ../repo.worktrees/A-1; ${row.agent}`].filter(
		(each) => each !== undefined,
	);
	await expectMended(done, { ...row, before: [row.before ?? "", ...changes].join("\n") }, ["persist", "A-1"]);
	expect(done.model.issuesSeen).toEqual(["A-1"]);
	await expectSaved(done, row);
});

/** Has a run refused, and do so no more once what it says is done. */
async function expectMended(world: World, row: Row, args: readonly string[]): Promise<void> {
	const { repository } = world;
	if (row.before) await inShell(world, row.before);
	if (row.isUser) await inShell(world, `chown -R ${NOBODY} ..`);
	const settings = row.isUser ? { user: NOBODY } : {};
	const refused = await world.run([...args, "--json"], settings);

	expect(refused.exitCode, refused.stderr).toBeGreaterThan(0);
	expect(refused.stderr).not.toMatch(STACK_TRACE);
	expect(kindsIn(refused.stdout)).toEqual([row.kind]);
	if (row.says) expect(refused.stderr).toContain(row.says);
	// A place is named in every message, and the worktree in which there is work.
	if (row.kind !== "branch-in-the-way") expect(refused.stderr).toContain(repository.folder);
	if (world.model.issuesSeen.length > 0) {
		expect(refused.stderr).toMatch(/ (?:is|It is|it is) kept\./);
		expect(refused.stderr).toContain(`${repository.path}.worktrees/A-1`);
	}

	const remedy = refused.stderr.split("\n").filter((line) => line.startsWith("  "));
	const commands = suggestedIn(remedy.map((line) => line.trim()).join("\n"));
	const [going, mending] = [true, false].map((isOwn) => commands.filter((each) => each.startsWith("npx") === isOwn));
	for (const command of mending ?? []) await follow(world, command, row);
	if (row.mend) await inShell(world, row.mend);
	// What saves is left to the next run where the person is another one than who types here.
	if (!row.isUser) for (const command of going ?? []) await follow(world, command, row);
	const again = await world.run(args, settings);
	expect(again.exitCode, again.stderr).toBe(0);
}

async function expectSaved({ repository }: World, row: Row): Promise<void> {
	const shown = row.isUser ? ["-c", `safe.directory=${repository.path}`, "show"] : ["show"];
	for (const [file, content] of Object.entries({ "work.txt": "work", ...row.committed })) {
		expect(await repository.git([...shown, `issue/A-1:${file}`])).toBe(content);
	}
}

/** Whether it is work that is refused, and not the place for it. */
function isLate({ during, agent }: Pick<Row, "during" | "agent">): boolean {
	return during !== undefined || agent !== undefined;
}

/** Types what a message tells to type. */
async function follow(world: World, command: string, { words = {} }: Row): Promise<void> {
	const line = Object.entries(words).reduce((text, [word, by]) => text.replace(word, by), command);
	const done = await typed(world, line);
	expect(done.exitCode, `${line}\n${done.stderr}`).toBeLessThanOrEqual(line.includes("--get-regexp") ? 1 : 0);
}

async function inShell({ repository, environment }: World, script: string): Promise<void> {
	await shell("bash", ["-ec", script], { cwd: repository.path, env: environment as NodeJS.ProcessEnv });
}

function kindsIn(stdout: string): string[] {
	const kinds = new Set<string>();
	JSON.parse(stdout, (key, value) => {
		if (key === "problems") for (const { kind } of value) kinds.add(kind);
		return value;
	});
	return [...kinds];
}
