import { once } from "node:events";
import { cp, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { messageOf, paragraphOf } from "../tasks/cli/words/problem-words.ts";
import { checkAnswer } from "../tasks/contract/check-answer.ts";
import type { Problem } from "../tasks/contract/problem.ts";
import { passes, turnOf } from "./support/by-turn.ts";
import {
	acceptRecord,
	attemptRecord,
	FILE,
	problemsIn,
	ROOT,
	read,
	verifyRecord,
	withFrontMatter,
} from "./support/documents.ts";
import { asWritten } from "./support/edited-orchfile.ts";
import { type Block, blocksOf, guidePages } from "./support/guides.ts";
import { createRepository } from "./support/repository.ts";
import { testSay } from "./support/say.ts";
import type { Script } from "./support/scripted-model.ts";
import { editAndPass } from "./support/scripts.ts";
import { typed } from "./support/typed.ts";
import { createWorld, type Finished, PROGRAM, type RunSettings, type World } from "./support/world.ts";

/** What each `sh` block prints, in the order of the pages; one that is not here fails. */
const PRINTS: Readonly<Record<string, readonly RegExp[]>> = {
	"first-run.md": [
		/^1 +LOCAL-TBD .*never run/m,
		/^LOCAL-TBD +pass +1 +1 .*logs\/rehearsal/m,
		/rehearsal of LOCAL-TBD[\s\S]*rehearsal-LOCAL-TBD\.md[\s\S]*"status": "pass"/,
		/^Removed: 1 branch, 1 log folder\.$/m,
		/^Nothing would stop a run/m,
		/^LOCAL-TBD +pass .*logs\/orch/m,
		/^\+written for LOCAL-TBD$/m,
		/^LOCAL-TBD +accepted +2 ✓ +pass /m,
	],
	"writing-issues.md": [/^1 issue checked: 0 errors, 2 warnings\.$[\s\S]*Add SHOP-12/m],
	"bring-your-backlog.md": [/^6 issues checked: 0 errors[\s\S]*^2 +LOCAL-TBD /m],
	"what-a-pass-is-worth.md": [
		/^LOCAL-TBD +up to date +2 ✓ +pass [\s\S]*^LOCAL-TBD is up to date: it was accepted[\s\S]*^Review of /m,
		/^Notes \(orch\):[\s\S]*^Orch-Verdict: accepted$/m,
	],
	"a-whole-night.md": [/^LOCAL-TBD +pass/m, /^LOCAL-TBD +up to date/m, /^LOCAL-TBD +up to date/m],
	"the-morning-after.md": [
		/^\+> Take the simpler one\.$[\s\S]*Nothing was written: it is a rehearsal/m,
		/^Removed: 1 branch, 1 log folder\.$/m,
		/^LOCAL-TBD +taken +2 ✓ [\s\S]*^To merge it, on main: git merge rehearsal\/@integration\/LOCAL-TBD$/m,
		/^Removed: /m,
	],
	"model-providers.md": [/^ok +credentials .*\n^ok +provider /m, /^LOCAL-TBD +pass/m],
	"adding-a-task.md": [
		/^\n$/,
		/^verify .*← .*\bsize\b[\s\S]*^notify .*accept/m,
		/^LOCAL-VERIFY +pass .*size: 1 lines/m,
	],
	"sandbox.md": [/LOCAL-TBD\.txt[\s\S]*that was all of it/],
	"reading-logs.md": [
		/'pass'[\s\S]*inputTokens: \d+[\s\S]*filesChanged: 1/,
		/^Wrote LOCAL-TBD\.txt\.[\s\S]*command: 'npm test'/,
		/^0 .*LOCAL-TBD\.txt/,
		/^nothing$/m,
		/'[0-9a-f]{40}',\s*\[\],\s*\[ \[ 'types', 'pass' \][\s\S]*"outcome": "accepted"/,
		/^\d{4}-\S+Z$[\s\S]*"outcome": "pass"[\s\S]*"outcome": "pass"/m,
		/^[0-9a-f]{7,} LOCAL-TBD pass$[\s\S]*LOCAL-TBD: /m,
	],
	"ci.md": [],
	"troubleshooting.md": [/is blocked by LOCAL-TBD-AUTO/],
	"submodules.md": [
		/^shared$/m,
		/In \S+LOCAL-TBD-AUTO, the submodule vendor\/library has 1 path not committed: shared\.txt/,
		/^Submodule vendor\/library [\s\S]*> More of it$/m,
	],
};

/** What is not typed here: a login, and what `package.test.ts` types. */
const NOT_TYPED = [
	"$ npx codex login",
	"$ npm pack\n$ cd ../your-repository\n$ npm install --save-dev ../orchfile/orchfile-0.1.0.tgz\n$ npx orchfile init",
	"$ npx orchfile init",
];

test("every command of the guides, typed page by page in one clone", async ({ onTestFinished }) => {
	const world = await createClone();
	// Not when this function ends: where the time runs out it waits for a program, which is to end with the test.
	onTestFinished(() => world[Symbol.asyncDispose]());
	const configToml = join(world.codexHome, "config.toml");
	await using chat = await startChat();
	let lastAsked: unknown;
	for (const page of guidePages()) {
		const prints = [...(PRINTS[page] ?? [])];
		for (const block of blocksOf(page)) {
			if (/^(?:markdown|diff)$/.test(block.language)) await world.repository.write(fileAbove(block), block.text);
			if (block.language === "toml") await writeFile(configToml, reachable(block.text, world.model.url));
			if (block.language !== "sh") continue;
			const env = page === "a-whole-night.md" ? { CHAT_WEBHOOK: chat.url } : undefined;
			const { exitCode, stdout, stderr } = await type(world, block.text, env);
			const printed = `${stdout}\n${stderr}`;
			const said = `${page}:\n${block.text}\n${printed}`;
			expect(exitCode, said).toBe(0);
			expect(printed, said).toMatch(prints.shift() ?? /this block is in PRINTS/);
			expect(stdout, said).not.toContain("undefined");
			if (page === "model-providers.md") lastAsked = world.model.requests.at(-1);
		}
		await writeFile(configToml, world.model.configToml);
		expect(prints, `${page} has no such block`).toEqual([]);
	}
	expect(lastAsked).toMatchObject({
		body: { model: "our-model" },
		headers: { authorization: "Bearer the-key-of-the-gateway" },
	});

	// The tasks that the guide adds: one says no to work that is too long, the other posts how it came out.
	const told = "The rehearsal of dev LOCAL-TBD has ended: 1 of 1 done.";
	expect(chat.posted.splice(0)).toEqual([{ text: told }]);
	expect(await readFile(join(world.repository.home, "told"), "utf8")).toBe(
		`notify-send ${told} \nmail -s ${told} you@example.com\n`,
	);
	await world.repository.write(
		"orchfile.ts",
		(await world.repository.read("orchfile.ts")).replace("size(800)", "size(0)"),
	);
	const refused = await type(world, "npx tsx orchfile.ts deliver LOCAL-TBD -B", { CHAT_WEBHOOK: chat.url });
	expect(refused.stdout).toMatch(/^LOCAL-TBD +failed: refused/m);
	expect(refused.stderr).toMatch(/The work changes \d+ lines, and 0 are the most\.\n *Split the issue, or raise/);
	expect(refused.exitCode).toBe(1);
	expect(chat.posted).toEqual([{ text: "LOCAL-TBD: blocked" }]);
});

test("the index has every page, and what is not typed is known", async () => {
	const pages = (await readdir(join(ROOT, "docs/guides"))).filter((name) => name !== "README.md");
	expect(guidePages().sort()).toEqual(pages.sort());
	expect(Object.keys(PRINTS).sort()).toEqual(pages.sort());
	const blocks = guidePages().flatMap(blocksOf);
	const notTyped = blocks.filter(({ language }) => language === "console");
	expect(notTyped.map(({ text }) => text.trim())).toEqual(NOT_TYPED);
	// `yaml` is the workflow that `ci.test.ts` runs, or front matter; `text` the messages below, or as `ts` in the test that is called like the page.
	const languages = new Set(blocks.map(({ language }) => language));
	expect([...languages].sort()).toEqual(["console", "diff", "markdown", "sh", "text", "toml", "ts", "yaml"]);
});

test("troubleshooting quotes messages as they are printed", () => {
	const quoted = blocksOf("troubleshooting.md").filter(({ language }) => language === "text");
	expect(quoted.map(({ text }) => text.trimEnd())).toEqual(
		MESSAGES.map((problem) => paragraphOf(problem, problem.kind === "not-accepted" ? sayOfDeliver : say)),
	);
});

test("a provider whose variable is not set: the message says where it is named", () => {
	const summary = "active model provider auth env var is missing";
	const problem = { kind: "runner-unavailable", check: "auth.credentials", summary, remedy: null } as const;
	expect(messageOf(problem, say).remedy).toContain("`env_key`");
});

const say = testSay();
/** What is not accepted was asked of another goal. */
const sayOfDeliver = testSay(undefined, undefined, "deliver");

const LOGS = "/home/you/repo/logs/orch/M1/A-1";
const WORKTREE = "/home/you/repo.worktrees/A-1";
const failed = (reason: "invalid-result" | "stalled" | "runner-error", ...details: string[]) =>
	attemptRecord({ outcome: "failed", reason, details });

/** The messages of the page, in its order. */
const MESSAGES: readonly Problem[] = [
	{
		kind: "runner-unavailable",
		check: "auth.credentials",
		summary: "no Codex credentials were found",
		remedy: null,
		program: ["npx", "codex"],
	},
	{
		kind: "runner-unavailable",
		check: "config.load",
		summary:
			"config could not be loaded: /home/you/.codex/config.toml:4:16: unknown variant `open`, expected one of `read-only`, `workspace-write`, `danger-full-access`",
		remedy: "Correct that in /home/you/.codex/config.toml",
	},
	{
		kind: "runner-unavailable",
		check: "sandbox",
		summary: "bwrap: No permissions to create a new namespace",
		remedy: null,
		program: ["npx", "codex"],
	},
	...problemsIn(read(withFrontMatter("id: 1.10", "title: T", "project: p"))),
	{ kind: "document-not-committed", file: FILE, base: "main", state: "different" },
	{
		kind: "issue-locked",
		issue: "A-1",
		holder: { pid: 4711, host: "laptop", since: "2026-01-02T03:04:05.678Z" },
		isUncertain: false,
		ref: "refs/orch/lock/A-1",
		blob: "1".repeat(40),
	},
	{
		kind: "set-up-failed",
		issue: "A-1",
		command: "npm ci",
		exitCode: 1,
		signal: null,
		lines: ["npm error code EUSAGE"],
		log: `${LOGS}/setup.log`,
	},
	{ kind: "attempt", record: failed("invalid-result", ...notJson("All done.")), logDir: LOGS },
	{
		kind: "attempt",
		record: failed("stalled", "no progress for 900 s"),
		logDir: LOGS,
		limit: { name: "stall", value: 900_000 },
	},
	{
		kind: "attempt",
		record: attemptRecord({ outcome: "deferred", details: ["Which of the two formats is meant?"] }),
		logDir: LOGS,
	},
	{ kind: "attempt", record: failed("runner-error", "Quota exceeded."), logDir: LOGS, everyTurn: "quota" },
	{
		kind: "attempt",
		record: failed("runner-error", "exceeded retry limit, last status: 429 Too Many Requests"),
		logDir: LOGS,
		thisTurn: "rate-limit",
	},
	{ kind: "base-conflicts", branch: "issue/A-1", base: "main", files: ["src/a.ts"], commits: [] },
	{ kind: "base-of-issue", branch: "issue/A-1", start: "main" },
	{
		kind: "not-accepted",
		record: acceptRecord({ outcome: "not-accepted", reasons: ["new-failures"] }),
		checks: verifyRecord({
			checks: verifyRecord().checks.map((check) => ({ ...check, status: "fail", log: "verify-2.tests.log" })),
			newFailures: [{ check: "tests", test: "adds", message: "expected 4 to be 3" }],
		}),
		logDir: LOGS,
	},
	{ kind: "confinement-unavailable", reason: "apparmor", message: "" },
	{ kind: "work-ignored", issue: "A-1", path: WORKTREE, files: ["report.txt"] },
	{
		kind: "not-signed",
		path: WORKTREE,
		detail: "gpg failed to sign the data",
		issue: "A-1",
		worktree: WORKTREE,
		next: "save",
	},
	{
		kind: "filter-failed",
		path: "/home/you/repo",
		filter: "lfs",
		file: "large.bin",
		detail: "batch request: repository not found",
	},
	{
		kind: "bare-repository",
		path: "/home/you/project.git",
		worktrees: ["/home/you/project", "/home/you/project-next"],
	},
	{ kind: "main-checkout-unknown", path: "/home/you/repo-next", gitFolder: "/home/you/store/repo.git" },
];

function notJson(message: string): string[] {
	const identity = { phase: "dev", issueId: "A-1", milestoneId: "M1", branch: "", worktreePath: "" } as const;
	const answer = checkAnswer("dev", message, identity);
	return answer.valid ? [] : answer.problems.map((problem) => problem.message);
}

/** What tells a person on a desktop and by mail; what they are told is kept. */
const TELLERS = ["notify-send", "mail"]
	.map((name) => `${name}() { printf '%s\\n' "$(echo ${name} "$@")" >> "$HOME/told"; }; export -f ${name}`)
	.join("\n");

/** What lines leave to those behind them, or a line of several: all of such a block is the shell's. */
const OF_THE_SHELL = /^(?:export|cd) |\\$|<<|^\s/m;
/** One command of the program's, and whether it may fail. */
const OWN = /^npx tsx orchfile\.ts ([^|&;<>()$`]+?)( \|\| true)?$/;

/** Types a block as `set -e` has it; what is one command of the program's alone is run where {@link typed} runs it. */
async function type(world: World, block: string, env: Readonly<Record<string, string>> = {}): Promise<Finished> {
	const lines = OF_THE_SHELL.test(block) ? [] : block.trim().split("\n");
	if (!lines.some((line) => OWN.test(line))) return typeInShell(world, block, env);
	const printed = { stdout: "", stderr: "" };
	for (const line of lines) {
		const [, words, mayFail] = OWN.exec(line) ?? [];
		const { stdout, stderr, ...end } = words
			? await typed(world, `npx tsx ${PROGRAM[0]} ${words}`, { env, ...(await orchfileOf(world)) })
			: await typeInShell(world, line, env);
		printed.stdout += stdout;
		printed.stderr += stderr;
		if (end.exitCode !== 0 && !mayFail) return { ...end, ...printed };
	}
	return { exitCode: 0, signal: null, ...printed };
}

/** `npx` is what is installed, and the orchfile is the bundle of all tests, since tsx takes a second a start. */
async function typeInShell(world: World, block: string, env: Readonly<Record<string, string>>): Promise<Finished> {
	if (block.includes("npx tsx orchfile.ts")) expect(await orchfileOf(world), "the orchfile as it was").toEqual({});
	const npx = 'npx() { if [ "$1 $2" = "tsx orchfile.ts" ]; then shift 2; node "$PROGRAM" "$@"; else "$@"; fi; }';
	return typed(world, `${npx}\n${TELLERS}\nset -e\n${block}`, { env: { ...env, PROGRAM: PROGRAM[0] ?? "" } });
}

/** A chat that takes whatever is posted to it. */
async function startChat() {
	const posted: unknown[] = [];
	const server = createServer(async (request, response) => {
		posted.push(await json(request));
		response.end();
	});
	await once(server.listen(0, "127.0.0.1"), "listening");
	const { port } = server.address() as AddressInfo;
	return { url: `http://127.0.0.1:${port}`, posted, [Symbol.asyncDispose]: promisify(server.close.bind(server)) };
}

/** This repository as it is cloned: its backlog and its orchfile, with a test that is quick. */
async function createClone(): Promise<World> {
	const repository = await createRepository();
	const { path } = repository;
	for (const file of ["docs/projects", "orchfile.ts", ".gitignore", "logs"])
		await cp(join(ROOT, file), join(path, file), { recursive: true, filter: (from) => !/logs\/.+\//.test(from) });
	await symlink(join(ROOT, "node_modules"), join(path, "node_modules"));
	await repository.write("package.json", packageJson("test -f LOCAL-VERIFY.txt -o -f LOCAL-TBD.txt"));
	await repository.commit("orchfile");
	return createWorld([], { repository, script: reviewed });
}

function packageJson(test: string): string {
	return JSON.stringify({ type: "module", scripts: { test, types: "true", lint: "true" } });
}

/** Passes the work where that is what is asked for, and does it otherwise. */
const reviewed: Script = (prompted) => (turnOf(prompted) === "dev" ? editAndPass : passes)(prompted);

/** How the clone's orchfile is run: as in all tests, until somebody has changed it. */
async function orchfileOf({ repository }: World): Promise<RunSettings> {
	let orchfile = await repository.read("orchfile.ts");
	if (orchfile === (await readFile(join(ROOT, "orchfile.ts"), "utf8"))) return {};
	for (const name of ["size", "notify"]) {
		// What a verb imports, the package has.
		const verb = await repository.read(`tasks/${name}.ts`);
		const { orchfile: file } = await asWritten(
			verb.replaceAll(/"\.\/(?:contract|engine)\/\w+\.ts"/g, '"./tasks/index.ts"'),
		);
		orchfile = orchfile.replace(`"./tasks/${name}.ts"`, JSON.stringify(file));
	}
	return asWritten(orchfile);
}

/** The file that the line above a block names. */
function fileAbove({ above }: Block): string {
	const [, file] = /`([^`]+\.(?:md|patch))`[^`]*$/.exec(above) ?? [];
	if (!file) throw new Error(`no file is named in: ${above}`);
	return file;
}

/** A configuration whose provider is the scripted model. */
function reachable(toml: string, url: string): string {
	const changed = toml.replace(/^base_url = ".*"$/m, `base_url = "${url}"`);
	expect(changed).not.toBe(toml);
	return changed;
}
