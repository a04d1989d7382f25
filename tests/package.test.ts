import { execFile } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readDocument } from "../tasks/backlog/document.ts";
import { ROOT, temporaryFolder } from "./support/documents.ts";
import { orchfileOfGuide } from "./support/guides.ts";
import { install, type Packed, pack } from "./support/packed.ts";
import { createRepository, type TestRepository } from "./support/repository.ts";
import type { Prompted, Script } from "./support/scripted-model.ts";
import { editAndPass } from "./support/scripts.ts";
import { snapshot } from "./support/snapshot.ts";
import { noTerminal, openTerminal } from "./support/terminal.ts";
import { commandsIn } from "./support/typed.ts";
import { createWorld, type Finished, ORCHFILE, type World } from "./support/world.ts";

/** What tells a package manager, and how it runs a program; npm's is the one that everything is tried with. */
const MANAGERS = {
	"pnpm-lock.yaml": "pnpm exec",
	"yarn.lock": "yarn",
	"bun.lock": "bun run",
	"package-lock.json": "npx",
} as const;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let packed: Packed;

beforeAll(async () => {
	folder = await temporaryFolder();
	packed = await pack(folder.path);
	await install(packed, folder.path);
});
afterAll(() => folder?.[Symbol.asyncDispose]());

test("the package has what it needs and nothing else", async () => {
	const kinds = [
		/^(?:package\.json|README\.md|LICENSE)$/,
		/^dist\/(?:index|cli\/bin)\.js$/,
		/^dist\/runner\/codex\/codex-child\.mjs$/,
		/^dist\/cli\/page\/(?:page\.css|page\.js|live\.js)$/,
		/^dist\/chunks\/[\w-]+\.js$/,
		/^dist\/(?!chunks\/)[\w/-]+\.d\.ts$/,
		/^dist\/sample\/orchfile\.ts$/,
		/^prompts\/dev-auto-[\w-]+\.md$/,
		/^skills\/autonomous-development\/SKILL\.md$/,
	];
	expect(packed.files.filter((file) => !kinds.some((kind) => kind.test(file)))).toEqual([]);
	expect(kinds.filter((kind) => !packed.files.some((file) => kind.test(file)))).toEqual([]);
	const { scripts } = JSON.parse(await readFile(join(folder.path, "node_modules/orchfile/package.json"), "utf8"));
	// npm would want to run these, or warn of them, where the package is installed.
	expect(Object.keys(scripts).filter((name) => /^(?:pre|post)?(?:install|prepare)$/.test(name))).toEqual([]);
});

test("in a fresh repository: init, commit, plan, types, dev", async () => {
	const prompts: Prompted[] = [];
	const script: Script = (prompted) => {
		prompts.push(prompted);
		return editAndPass(prompted);
	};
	await using world = await createWorld([], { repository: await createRepository([], { name: "app" }), script });
	const { path, git, read } = world.repository;
	await install(packed, path);

	expect(await type(world, "command npx orchfile int")).toMatchObject({
		exitCode: 2,
		stderr: `There is no orchfile.ts in ${path}, nor above it up to the top of its repository.
  Did you mean "init"? To have one written: npx orchfile init
`,
	});
	expect(await type(world, "npx orchfile --help")).toMatchObject({ exitCode: 0, stderr: "" });
	expect((await type(world, "npx orchfile init --help")).stdout).toMatch(
		/^init: .*\n\nUsage: npx orchfile init \[milestone\]/,
	);
	expect((await type(world, "npx orchfile init --dry-run")).stdout).toContain("would write  orchfile.mts");
	expect(await git(["status", "--porcelain"])).toBe("?? node_modules/");

	const written = await type(world, "npx orchfile init");
	expect(written).toMatchObject({ exitCode: 0, stderr: "" });
	// The packages are not for git, and nothing else is there.
	const [commit = ""] = commandsIn(written.stdout, "git add");
	expect(await type(world, commit)).toMatchObject({ exitCode: 0 });
	expect(await git(["status", "--porcelain"])).toBe("");
	const dev = commandsIn(written.stdout, "npx orchfile").at(-1) ?? "";
	expect(dev).toBe("npx orchfile dev M1");

	const before = await snapshot(world.repository);
	expect((await type(world, "npx orchfile init")).stdout).toContain("left as it is  orchfile.mts");
	expect(await type(world, "npx orchfile help init")).toMatchObject({ exitCode: 0, stderr: "" });
	expect(await snapshot(world.repository)).toEqual(before);

	const [plan, planned] = [
		await type(world, "npx orchfile plan M1"),
		await type(world, "npx tsx orchfile.mts plan M1"),
	];
	expect(plan).toMatchObject({ exitCode: 0, stderr: "" });
	expect(plan.stdout).toMatch(/^1 +FIRST-1 .*issue\/FIRST-1/m);
	expect(planned).toEqual(plan);
	// From a folder below, and as the program that is asked says it.
	await mkdir(join(path, "sub"));
	expect((await type(world, "npx orchfile why FIRST-1", join(path, "sub"))).stdout).toContain(
		"npx orchfile dev FIRST-1",
	);
	const typo = await type(world, "npx orchfile -C app int", world.repository.folder);
	expect(typo.stderr).toBe('There is no task or goal "int".\n  Did you mean "init"?\n');

	await checkTypes(path);

	const rehearsed = await type(world, `${dev} --rehearse`);
	expect(rehearsed, rehearsed.stderr).toMatchObject({ exitCode: 0 });
	expect(rehearsed.stdout).toMatch(/^FIRST-1 +pass /m);
	expect(await git(["log", "-1", "--format=%s", "rehearsal/FIRST-1"])).toMatch(/^rehearsal of FIRST-1: /);
	expect(prompts).toEqual([]);

	expect(await type(world, dev)).toMatchObject({ exitCode: 0 });
	expect(await git(["log", "-1", "--format=", "--name-only", "issue/FIRST-1"])).toBe("FIRST-1.txt");
	expect(prompts[0]?.context).toMatchObject({ milestoneDocPath: "docs/projects/app/milestones/M1.md" });
	const skill = await read("node_modules/orchfile/skills/autonomous-development/SKILL.md");
	const headings = skill.match(/^#+ .+$/gm) ?? [];
	expect(headings.length).toBeGreaterThan(3);
	expect(headings.filter((heading) => !prompts[0]?.prompt.includes(heading))).toEqual([]);

	// The repository's own goes before the package's.
	await world.repository.write("prompts/dev-auto-parallel.md", "# Ours\n");
	const refused = await type(world, "npx orchfile dev M1 -B");
	expect(refused.stderr).toContain("prompts/dev-auto-parallel.md");
	expect(refused.exitCode).toBe(2);
});

/**
 * Type-checks the orchfile of the guide on tasks, and the orchfile as somebody has it who has no types of Node's; and that
 * there are types to check it by.
 */
async function checkTypes(path: string): Promise<void> {
	await using scratch = await temporaryFolder();
	const { orchfile, verbs } = await orchfileOfGuide(scratch.path);
	for (const [file, verb] of Object.entries(verbs)) await writeFile(join(path, file), verb);
	await compile(path, orchfile, { typeRoots: [join(ROOT, "node_modules/@types")], types: ["node"] });
	for (const file of Object.keys(verbs)) await rm(join(path, file));
	const more = "// @ts-expect-error: it is a list of tasks\ngraph.tasks satisfies string;\n";
	await compile(path, `${await readFile(join(path, "orchfile.mts"), "utf8")}${more}`, { types: [] });
}

async function compile(path: string, contents: string, types: object): Promise<void> {
	const options = {
		module: "nodenext",
		target: "es2022",
		strict: true,
		noEmit: true,
		allowImportingTsExtensions: true,
		...types,
	};
	const file = join(path, "check.mts");
	await writeFile(file, contents);
	await writeFile(join(path, "tsconfig.json"), JSON.stringify({ compilerOptions: options, files: [file] }));
	// What is wrong stands on standard output, which an error of this kind does not show.
	await promisify(execFile)(join(ROOT, "node_modules/.bin/tsc"), ["-p", path]).catch(({ stdout }) => {
		throw new Error(stdout);
	});
	await rm(file);
	await rm(join(path, "tsconfig.json"));
}

test("an orchfile that uses the sources of a clone, run by the installed program", async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	const { repository } = world;
	await install(packed, repository.path);
	await repository.write("package.json", '{ "type": "module" }');
	const main = ORCHFILE.replace("orchfile.ts", "tasks/cli/main.ts");
	await repository.write(
		"orchfile.ts",
		`import { graph } from ${JSON.stringify(ORCHFILE)};
import { main } from ${JSON.stringify(main)};
await main(graph, import.meta.url);
`,
	);
	const { exitCode, stdout, stderr } = await type(world, "npx orchfile dev M1");
	expect(exitCode, stderr).toBe(0);
	expect(stdout).toMatch(/^A-1 +pass /m);
});

test("an orchfile that lies elsewhere, for a repository where nothing is installed", async () => {
	await using world = await createWorld([{ id: "A-1" }]);
	const { path, folder: around } = world.repository;
	const { stdout, stderr } = await world.run(["why", "A-1", "-C", path], { cwd: around, ownProcess: true });
	expect(stderr).toBe("");
	expect(stdout).toMatch(/^Next: npx tsx \S+\/orchfile\.js -C \S+ dev A-1$/m);
});

test("init in a package of a workspace: beside the package.json that has it, in the words of its manager, and all that was made is committed", async () => {
	await using world = await createWorld([], {
		repository: await createRepository([], { name: "app" }),
		script: editAndPass,
	});
	const { path, git, write } = world.repository;
	await write("package.json", '{ "private": true, "type": "module", "workspaces": ["packages/*"] }\n');
	await write("packages/a/package.json", '{ "name": "a" }\n');
	await world.repository.commit("feat: begin");
	await write(".gitignore", "dist/\n");
	await world.repository.commit("fix(build)!: ignore what is built");
	const begin = await git(["rev-parse", "HEAD"]);
	const inside = join(path, "packages/a");
	await install(packed, inside);
	const managers = 'pnpm() { shift; "$@"; }; yarn() { "$@"; }; bun() { shift; "$@"; }; npx() { "$@"; }';
	const typeIn = (line: string, cwd = inside) =>
		type(world, `PATH=${inside}/node_modules/.bin:$PATH; ${managers}; ${line}`, cwd);

	for (const [lock, runs] of Object.entries(MANAGERS)) {
		await git(["reset", "-q", "--hard", begin]);
		await write(
			"packages/a/package.json",
			'{ "name": "a", "devDependencies": { "orchfile": "file:../../../orchfile.tgz" } }\n',
		);
		await write(lock, "");

		const written = await typeIn(`${runs} orchfile init`);
		expect(written, written.stderr).toMatchObject({ exitCode: 0, stderr: "" });
		expect(written.stdout).toContain("written  packages/a/orchfile.mts\n");
		expect(written.stdout).not.toContain("does not have yet");
		const [commit = ""] = commandsIn(written.stdout, "git -C");
		expect(await typeIn(commit)).toMatchObject({ exitCode: 0 });
		expect(await git(["status", "--porcelain"])).toBe("");
		expect(await git(["log", "-1", "--format=%s"])).toBe("chore: add an orchfile");
		expect((await git(["show", "--name-only", "--format="])).split("\n").sort()).toEqual(
			[
				".gitignore",
				"docs/projects/app/issues/FIRST-1.md",
				"docs/projects/app/milestones/M1.md",
				lock,
				"packages/a/orchfile.mts",
				"packages/a/package.json",
			].sort(),
		);
		const [, dev = ""] = commandsIn(written.stdout, `${runs} orchfile`);
		expect(dev).toBe(`${runs} orchfile dev M1`);
		// Whatever starts it, it is one program: with the others its words are what is asked for.
		const ran = await typeIn(runs === "npx" ? dev : `${runs} orchfile why FIRST-1`);
		expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
		expect(ran.stdout).toContain(runs === "npx" ? "FIRST-1" : `${runs} orchfile`);
		if (runs !== "npx") expect(ran.stdout).not.toMatch(/\bnpx\b/);

		if (runs !== "npx") continue;

		// Where one stood at the top before, which can't import the package.
		await git(["mv", "packages/a/orchfile.mts", "orchfile.ts"]);
		const broken = await typeIn(`${runs} orchfile plan M1`);
		expect(broken.exitCode).toBe(2);
		const [remedy = ""] = commandsIn(broken.stderr, `${runs} orchfile`);
		expect(broken.stderr).toContain(
			`The package is a dependency of ${inside}. To have an orchfile written there: ${remedy}`,
		);
		expect(await typeIn(remedy)).toMatchObject({ exitCode: 0 });
		expect(await typeIn(`${runs} orchfile plan M1`)).toMatchObject({ exitCode: 0 });
	}
});

// From here on the program is one that the repository does not have, as with `npx` and a tarball.

test("init in a repository without a commit, with everything said on the command line", async () => {
	await using repository = await createRepository([], { name: "app" });
	const { path, git, write, read } = repository;
	await git(["update-ref", "-d", "HEAD"]);
	await write("package.json", '{ "type": "module" }');
	await write(".gitignore", "logs");
	const { exitCode, stdout } = await elsewhere(repository, [
		"init",
		"M2-web",
		"--project",
		"web",
		"--issue",
		"WEB-1",
		"--json",
	]);
	const files = ["docs/projects/web/milestones/M2-web.md", "docs/projects/web/issues/WEB-1.md", "orchfile.ts"];
	const [installed = "", commit = "", ...runs] = JSON.parse(stdout).next;
	expect({ exitCode, ...JSON.parse(stdout) }).toMatchObject({
		exitCode: 0,
		added: files,
		appended: [".gitignore"],
		kept: [],
	});
	expect(await read(".gitignore")).toBe("logs\nnode_modules/\n");
	expect(installed).toBe(`npm install --save-dev ${folder.path}/node_modules/orchfile --prefix ${path}`);
	expect(runs).toEqual([`npx orchfile -C ${path} dev M2-web --rehearse`, `npx orchfile -C ${path} dev M2-web`]);
	await promisify(execFile)("bash", ["-c", commit], {
		cwd: folder.path,
		env: { PATH: process.env.PATH, HOME: repository.home },
	});
	expect((await git(["ls-tree", "-r", "--name-only", "HEAD"])).split("\n").sort()).toEqual(
		[".gitignore", "package.json", ...files].sort(),
	);
	const document = await read("docs/projects/web/issues/WEB-1.md");
	const reading = readDocument("docs/projects/web/issues/WEB-1.md", Buffer.from(document));
	expect(reading).toMatchObject({ kind: "issue", issue: { id: "WEB-1", project: "web", milestone: "M2-web" } });
});

test("init where something stands in the way: nothing is half-made, and nothing is overwritten", async () => {
	await using repository = await createRepository();
	const { git, write } = repository;
	await write(".gitignore", "node_modules\n");
	await write("docs", "a file\n");
	await repository.commit();
	const refused = await elsewhere(repository, ["init"]);
	expect(refused.exitCode).toBe(2);
	expect(refused.stderr).toMatch(/^\S+\/docs\/projects\/repo\/milestones\/M1\.md can't be written: /);
	expect((await elsewhere(repository, ["init", "M 1"])).stderr).toContain('"M 1" can\'t be the name of a milestone');
	expect(await git(["status", "--porcelain"])).toBe("");

	await git(["rm", "-q", "docs"]);
	await repository.writeIssue({ id: "A-1" });
	await write("orchfile.ts", "// mine\n");
	await repository.commit();
	const { exitCode, stdout } = await elsewhere(repository, ["init"]);
	expect({ exitCode, stdout }).toMatchObject({ exitCode: 0 });
	expect(stdout).toContain("left as it is  orchfile.ts");
	expect(await git(["status", "--porcelain"])).toBe("");

	expect(await elsewhere({ ...repository, path: folder.path }, ["init"])).toMatchObject({
		exitCode: 2,
		stderr: `${folder.path} is not in a git repository.\n  Go to one, or name one with -C DIR.\n`,
	});
});

test("init in a terminal asks for what was not said, and takes no for an answer", async ({ skip }) => {
	skip(noTerminal !== undefined, noTerminal);
	await using world = await createWorld([], { repository: await createRepository([], { name: "app" }) });
	const orchfile = join(folder.path, "node_modules/orchfile/dist/cli/bin.js");
	{
		await using terminal = openTerminal(world, ["init"], { orchfile });
		await terminal.shows("[app]:");
		terminal.type("\u0003");
		expect(await terminal.finished).toMatchObject({
			exitCode: 130,
			output: expect.stringContaining("Nothing was written."),
		});
		expect(await world.repository.git(["status", "--porcelain"])).toBe("");
	}
	await using terminal = openTerminal(world, ["init", "--issue", "W-1"], { orchfile });
	await terminal.shows("[app]:");
	terminal.type("my project\r");
	await terminal.shows("That can't be a name");
	terminal.type("web\r");
	await terminal.shows("[M1]:");
	terminal.type("\r");
	expect(await terminal.finished).toMatchObject({ exitCode: 0 });
	expect(await world.repository.read("docs/projects/web/issues/W-1.md")).toContain('milestone: "M1"');
});

/** Runs the program for a repository, from outside of it. */
function elsewhere({ path, home }: Pick<TestRepository, "path" | "home">, args: readonly string[]): Promise<Finished> {
	const bin = join(folder.path, "node_modules/.bin/orchfile");
	return new Promise((resolve) => {
		const env = { PATH: process.env.PATH, HOME: home, TMPDIR: process.env.TMPDIR };
		execFile(bin, ["-C", path, ...args], { cwd: folder.path, env }, (error, stdout, stderr) => {
			resolve({ exitCode: error ? Number(error.code ?? 1) : 0, signal: null, stdout, stderr });
		});
	});
}

/**
 * Types a line where this repository's program is installed. As in `typed`, `npx` takes what is installed without a look
 * at anything else; `command npx` is the real one, with no network to look anything up in.
 */
function type(world: World, line: string, cwd = world.repository.path): Promise<Finished> {
	const env = {
		...world.environment,
		PATH: `${world.repository.path}/node_modules/.bin:${process.env.PATH}`,
		npm_config_offline: "true",
		npm_config_update_notifier: "false",
	};
	return new Promise((resolve) => {
		execFile("bash", ["-c", `npx() { "$@"; }\n${line}`], { cwd, env }, (error, stdout, stderr) => {
			resolve({ exitCode: error ? Number(error.code ?? 1) : 0, signal: null, stdout, stderr });
		});
	});
}
