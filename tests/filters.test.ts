import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { suggestedIn } from "./support/commands.ts";
import { createRepository } from "./support/repository.ts";
import { editAndPass, runAndPass } from "./support/scripts.ts";
import { typed } from "./support/typed.ts";
import { createWorld, type RunSettings, type World } from "./support/world.ts";

const shell = promisify(execFile);

const isThere = (program: string) =>
	(process.env.PATH ?? "").split(":").some((folder) => existsSync(join(folder, program)));
const noGitCrypt = !isThere("git-crypt");
const noGitLfs = !isThere("git-lfs");

test("a filter that is not set up, or fails, is told by doctor and before anything is made, with what to type", async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	const { repository, model } = world;
	await repository.write("docs/projects/p/milestones/M1.md", "# M1\n");
	await repository.write("sub/.gitattributes", "*.bin filter=own\n");
	await repository.write("sub/data.bin", "data\n");
	await repository.commit();

	const missing = await filtersOf(world);
	expect(missing).toMatchObject({ status: "warning", undefined: [{ name: "own", file: "sub/data.bin" }] });
	const [names = ""] = suggestedIn(missing.remedy ?? "");
	expect((await typed(world, names)).stdout).toBe("sub/.gitattributes:1:*.bin filter=own\n");

	await repository.git(["config", "filter.own.clean", "false"]);
	const failing = await filtersOf(world);
	expect(failing).toMatchObject({
		status: "error",
		problems: [{ kind: "filter-failed", filter: "own", file: "sub/data.bin", path: repository.path }],
	});
	const refused = await world.run(["dev", "M1"]);
	expect(refused.exitCode).toBeGreaterThan(0);
	expect(refused.stderr).toContain("The filter own that git runs on the file sub/data.bin has failed");
	expect(await repository.git(["branch", "--list", "issue/*"])).toBe("");
	expect(model.requests).toEqual([]);
	const [shown = ""] = suggestedIn(refused.stderr);
	expect((await typed(world, shown)).stdout).toMatch(/filter\.own\.clean false/);
	expect((await typed(world, suggestedIn(failing.problems?.[0]?.remedy ?? "")[0] ?? "")).exitCode).toBe(0);

	await repository.git(["config", "filter.own.clean", "cat"]);
	expect(await filtersOf(world)).toMatchObject({ status: "ok", used: ["own"] });
	await repository.git(["config", "--remove-section", "filter.own"]);
	const passed = await world.run(["dev", "M1"]);
	expect(passed.exitCode, passed.stderr).toBe(0);
	expect(passed.stderr).toMatch(/No setting defines the filter own, which sub\/data\.bin asks for/);
});

test.skipIf(noGitCrypt)("git-crypt: a clone is locked, and unlocked by what is said", async () => {
	await using origin = await createRepository([{ id: "A-1" }]);
	const key = join(origin.folder, "the key");
	const crypt = (cwd: string, ...args: string[]) => shell("git-crypt", args, { cwd });
	await crypt(origin.path, "init");
	await origin.write(".gitattributes", "*.txt filter=git-crypt diff=git-crypt\n");
	await origin.write("secret.txt", "the secret\n");
	await origin.commit();
	await crypt(origin.path, "export-key", key);
	await using world = await worldOfClone(origin.path, "cat secret.txt; echo more > more.txt");
	const { repository } = world;
	const unlock = async (remedy: string) => {
		const [command = ""] = suggestedIn(remedy);
		expect(command).toBe("git-crypt unlock");
		const done = await typed(world, `${command} '${key}'`);
		expect(done.exitCode, done.stderr).toBe(0);
		expect(await filtersOf(world)).toMatchObject({ status: "ok", used: ["git-crypt"] });
	};
	const locked = await filtersOf(world);
	expect(locked).toMatchObject({ status: "warning", undefined: [{ name: "git-crypt", file: "secret.txt" }] });
	await unlock(locked.remedy ?? "");
	// git would look into a file that is as young as its index, and git-crypt asks for its status.
	await utimes(join(repository.path, "secret.txt"), 1, 1);
	await repository.git(["update-index", "--refresh"]);
	await rm(join(repository.path, ".git/git-crypt"), { recursive: true });
	const lost = await filtersOf(world);
	expect(lost).toMatchObject({ status: "error", problems: [{ filter: "git-crypt", file: "secret.txt" }] });
	await unlock(lost.problems?.[0]?.remedy ?? "");
	const { exitCode, stderr } = await world.run(["dev", "A-1"]);
	expect(exitCode, stderr).toBe(0);
	expect((await world.log<{ summary: string }>("M1/A-1/dev-result.json")).summary).toContain("the secret");
	expect(await repository.git(["cat-file", "blob", "issue/A-1:more.txt"])).toMatch(/^\0GITCRYPT/);
});

test.skipIf(noGitLfs)("Git LFS: files that are not fetched, and what brings them", async () => {
	await using origin = await createRepository([{ id: "A-1" }]);
	await origin.git(["lfs", "install", "--local"]);
	await origin.write(".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n");
	await origin.write("large.bin", "large\n");
	await origin.commit();
	await using world = await worldOfClone(origin.path, "cat large.bin; echo more > more.bin");
	const { repository } = world;
	await repository.git(["lfs", "install", "--local"]);
	const away = `${origin.path}-away`;
	await rename(origin.path, away);
	const missing = await filtersOf(world);
	expect(missing).toMatchObject({ status: "error", problems: [{ filter: "lfs", file: "large.bin" }] });
	await rename(away, origin.path);
	const [command = ""] = suggestedIn(missing.problems?.[0]?.remedy ?? "");
	expect(command).toBe("git lfs pull");
	expect(await typed(world, command)).toMatchObject({ exitCode: 0 });
	await rename(origin.path, away);
	expect(await filtersOf(world)).toMatchObject({ status: "ok", used: ["lfs"] });
	const { exitCode, stderr } = await world.run(["dev", "A-1"]);
	expect(exitCode, stderr).toBe(0);
	expect((await world.log<{ summary: string }>("M1/A-1/dev-result.json")).summary).toContain("large");
	expect(await repository.git(["cat-file", "blob", "issue/A-1:more.bin"])).toContain("git-lfs.github.com/spec");
	await rename(away, origin.path);
});

/** Filters that no setting defines, and what their programs do when they are set up; for machines on which they are not installed. */
const SET_UP = {
	lfs: { command: "git lfs install", program: "git-lfs", asks: "install" },
	annex: { command: "git annex init", program: "git-annex", asks: "init" },
	nbstripout: { command: "nbstripout --install", program: "nbstripout", asks: "--install" },
} as const;

test("a filter whose program is to set it up is set up by what is said", async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	const { repository } = world;
	const programs = join(repository.folder, "programs");
	await mkdir(programs);
	for (const [name, { program, asks }] of Object.entries(SET_UP)) {
		const script = `#!/bin/sh\n[ "$1" = ${asks} ] && git config filter.${name}.clean cat && git config filter.${name}.smudge cat\n`;
		await writeFile(join(programs, program), script, { mode: 0o755 });
		await repository.write(`${name}/.gitattributes`, `*.bin filter=${name}\n`);
		await repository.write(`${name}/data.bin`, "data\n");
	}
	await repository.commit();
	const names = Object.keys(SET_UP);
	// Where Git LFS is installed, the system may have it set up.
	const settings = { env: { GIT_CONFIG_NOSYSTEM: "1" } };
	const missing = await filtersOf(world, settings);
	expect(missing).toMatchObject({ status: "warning", undefined: names.toSorted().map((name) => ({ name })) });
	for (const { command } of Object.values(SET_UP)) {
		expect(missing.remedy).toContain(`: ${command}`);
		expect(await typed(world, `PATH='${programs}':$PATH; ${command}`, settings)).toMatchObject({ exitCode: 0 });
	}
	expect(await filtersOf(world, settings)).toMatchObject({ status: "ok", used: names.toSorted() });
});

interface Told {
	readonly status: string;
	readonly remedy?: string;
	readonly problems?: readonly { readonly remedy?: string }[];
}

/** What the doctor says of filters, for programs. */
async function filtersOf(world: World, settings?: RunSettings): Promise<Told> {
	const { stdout } = await world.run(["doctor", "--json"], settings);
	return JSON.parse(stdout).checks.find(({ check }: { check: string }) => check === "filters");
}

/** A world whose repository is a clone, made without filters being set up. */
async function worldOfClone(origin: string, command: string): Promise<World> {
	const repository = await createRepository();
	await rm(repository.path, { recursive: true });
	await repository.git(
		[
			"-c",
			"filter.lfs.smudge=",
			"-c",
			"filter.lfs.process=",
			"-c",
			"filter.lfs.required=false",
			"clone",
			"-q",
			`file://${origin}`,
			repository.path,
		],
		repository.folder,
	);
	return createWorld([{ id: "A-1", script: runAndPass(command) }], { repository });
}
