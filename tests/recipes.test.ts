import { cp, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT, temporaryFolder } from "./support/documents.ts";
import { build, REQUIRE } from "./support/esbuild.ts";
import { readJunit } from "./support/junit.ts";
import { answerFailed, editAndPass } from "./support/scripts.ts";
import { noTerminal, openTerminal } from "./support/terminal.ts";
import { createWorld } from "./support/world.ts";

/** The blocks of the recipe for a verb, without the blanks that they stand behind. */
async function recipe(): Promise<{ readonly verb: string; readonly line: string }> {
	const text = (await readFile(join(ROOT, "AGENTS.md"), "utf8")).split("\n## Add a verb\n")[1]?.split("\n## ")[0] ?? "";
	const blocks = [...text.matchAll(/^ {3}```ts\n([\s\S]*?)^ {3}```$/gm)].map(([, block = ""]) =>
		block.replace(/^ {3}/gm, ""),
	);
	const [verb = "", line = ""] = blocks;
	expect(blocks).toHaveLength(2);
	return { verb, line };
}

/** This repository's sources with what the recipe says, and nothing else: the orchfile, bundled as the tests' own is. */
async function followRecipe(folder: string): Promise<string> {
	const { verb, line } = await recipe();
	for (const name of ["tasks", "prompts", "skills", "package.json"])
		await cp(join(ROOT, name), join(folder, name), { recursive: true });
	await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
	await writeFile(join(folder, "tasks/changelog.ts"), verb);
	const edits: readonly (readonly [string, string])[] = [
		["\n\n// `needs`", '\nimport { changelog } from "./tasks/changelog.ts";\n\n// `needs`'],
		["const turns = ", `${line.trimEnd()}\nconst turns = `],
		[" last, accepted };", " last, accepted, noted };"],
		["tasks: [dev, saved, cleaned, page]", "tasks: [dev, saved, noted, cleaned, page]"],
	];
	let orchfile = await readFile(join(ROOT, "orchfile.ts"), "utf8");
	for (const [from, to] of edits) {
		expect(orchfile.split(from), from).toHaveLength(2);
		orchfile = orchfile.replace(from, () => to);
	}
	await writeFile(join(folder, "orchfile.ts"), orchfile);
	const outfile = join(folder, "orchfile.js");
	await build({
		absWorkingDir: folder,
		entryPoints: ["orchfile.ts"],
		outfile,
		bundle: true,
		format: "esm",
		platform: "node",
		external: ["@openai/codex-sdk", "listr2", "xmlbuilder2"],
		banner: { js: REQUIRE },
	});
	return outfile;
}

test("a verb that is added by the recipe alone shows up rightly everywhere", async () => {
	await using folder = await temporaryFolder();
	const orchfile = await followRecipe(folder.path);
	await using world = await createWorld([
		{ id: "A-1", script: editAndPass },
		{ id: "A-2", script: answerFailed },
		{ id: "A-3", script: editAndPass },
	]);
	const junit = join(world.repository.folder, "junit.xml");
	const run = (...args: string[]) => world.run(args, { orchfile, withoutTsx: true });
	const log = join(world.repository.path, "logs/orch/M1");

	expect((await run("dev", "M1", "-n")).stdout).toMatch(/^Each: .* → persist → changelog → worktree:teardown$/m);
	expect((await run("graph")).stdout).toMatch(/^changelog +once per issue +← phase:dev, persist$/m);
	expect((await run("--list")).stdout).toMatch(/^changelog +issue +phase:dev, persist +write a line about the issue/m);
	expect((await run("status")).stdout).toMatch(/^A-1 +never run /m);

	const night = await run("dev", "M1", "--report-junit", junit);
	expect(night.exitCode, night.stderr).toBe(1);
	const untimed = night.stderr.replace(/ {2}\d\d:\d\d:\d\d(?= )/g, "");
	expect(untimed).toContain(`A-1  changelog  wrote ${log}/A-1/CHANGES.md\n`);
	expect(untimed).toContain("A-2  changelog  blocked by phase:dev\n");
	expect(night.stdout).toMatch(/^A-1 +pass .*changelog: wrote \S+A-1\/CHANGES\.md$/m);
	expect(night.stdout).toMatch(/^A-2 +failed .* -$/m);
	expect(await readFile(join(log, "A-1/CHANGES.md"), "utf8")).toBe("- A-1: Title of A-1\n");
	const report = await readFile(junit, "utf8");
	expect(readJunit(report).map(({ verdict }) => verdict)).toEqual(["", "failure", ""]);
	expect(report).toMatch(/changelog: wrote \S+A-1\/CHANGES\.md/);

	const status = (await run("status")).stdout;
	expect(status).toMatch(/^A-1 +up to date /m);
	expect(status).toMatch(/^A-2 +failed /m);
	expect((await run("plan", "M1")).stdout).toMatch(/, 1 to run$/m);
	expect((await run("why", "A-1")).stdout).toMatch(/^A-1 is up to date: /);
	expect((await run("dev", "A-1", "-q")).exitCode).toBe(0);
	const again = JSON.parse((await run("dev", "A-1", "--json")).stdout);
	expect(again.issues[0]).toMatchObject({
		tasks: { changelog: "done" },
		notes: { changelog: expect.stringMatching(/^wrote /) },
	});

	// A folder in its place, and it fails: told as what it is.
	const changes = join(log, "A-3/CHANGES.md");
	await rm(changes);
	await mkdir(changes);
	expect((await run("dev", "A-3")).stdout).toMatch(/^A-3 +failed: error /m);
	expect((await run("status")).stdout).toMatch(/^A-3 +changelog failed: error /m);
	expect((await run("why", "A-3")).stdout).toMatch(
		/^A-3 is not up to date: changelog, \S+ ago, ended failed: error\.\n {2}\S+: task "changelog" threw for A-3: EISDIR/,
	);
});

test.skipIf(noTerminal)("and in the live list of a terminal", async () => {
	await using folder = await temporaryFolder();
	const orchfile = await followRecipe(folder.path);
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	await using terminal = openTerminal(world, ["dev", "M1"], { orchfile });
	const { exitCode, output } = await terminal.finished;
	expect(exitCode).toBe(0);
	expect(output).toMatch(/changelog.*wrote /);
});
