import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { installCommand } from "../../tasks/cli/words/format.ts";
import { dependentFolder, packageManagerOf, type RUNS } from "../../tasks/system/package-manager.ts";
import { temporaryFolder } from "../support/documents.ts";

const PNPM = { npm_config_user_agent: "pnpm/9.1.0 npm/? node/v20.20.2 linux x64" };

/** What is where, the folder that is asked about, and whose it is. */
test.each<[string, Readonly<Record<string, string>>, string, NodeJS.ProcessEnv, keyof typeof RUNS]>([
	["nothing at all", {}, ".", {}, "npm"],
	["nothing but who has started it", {}, ".", PNPM, "pnpm"],
	["a lock file of npm, started by pnpm", { "package-lock.json": "{}" }, ".", PNPM, "npm"],
	["a shrinkwrap", { "npm-shrinkwrap.json": "{}" }, ".", PNPM, "npm"],
	["a lock file of pnpm", { "pnpm-lock.yaml": "" }, ".", {}, "pnpm"],
	["a lock file of yarn", { "yarn.lock": "" }, ".", {}, "yarn"],
	["a lock file of bun", { "bun.lock": "" }, ".", {}, "bun"],
	["one of before", { "bun.lockb": "" }, ".", {}, "bun"],
	["the field", { "package.json": '{ "packageManager": "yarn@4.1.0+sha512.abc" }' }, ".", {}, "yarn"],
	[
		"the field, and another's lock",
		{ "package.json": '{ "packageManager": "pnpm@9.1.0" }', "yarn.lock": "" },
		".",
		{},
		"pnpm",
	],
	["a field that is none", { "package.json": '{ "packageManager": 7 }', "yarn.lock": "" }, ".", {}, "yarn"],
	["a package.json that is none", { "package.json": "{", "bun.lock": "" }, ".", {}, "bun"],
	[
		"a package of a workspace",
		{ "pnpm-workspace.yaml": "", "packages/a/package.json": "{}" },
		"packages/a",
		{},
		"pnpm",
	],
	["what lies above the repository", { "../yarn.lock": "" }, ".", {}, "npm"],
])("%s", async (_, files, folder, env, manager) => {
	await using scratch = await temporaryFolder();
	const root = join(scratch.path, "repo");
	await mkdir(join(root, ".git"), { recursive: true });
	await write(root, files);
	expect(packageManagerOf(join(root, folder), env)).toBe(manager);
});

test.each([
	["package-lock.json", "", "npm install --save-dev /p/orchfile --prefix AT"],
	["pnpm-lock.yaml", "", "pnpm --dir AT add --save-dev /p/orchfile"],
	["pnpm-workspace.yaml", "", "pnpm --dir AT add --save-dev --workspace-root /p/orchfile"],
	["pnpm-workspace.yaml", "packages/a", "pnpm --dir AT add --save-dev /p/orchfile"],
	["yarn.lock", "", "yarn --cwd AT add --dev orchfile@file:/p/orchfile"],
	["bun.lock", "", "bun add --dev --cwd AT orchfile@file:/p/orchfile"],
])("%s: what installs the package for the folder %j", async (lock, below, command) => {
	await using scratch = await temporaryFolder();
	const folder = join(scratch.path, below);
	await write(scratch.path, { [lock]: "", [`${below || "."}/.keep`]: "" });
	expect(installCommand("/p/orchfile", folder)).toBe(command.replace("AT", folder));
});

test("a package that is a dependency of a folder above, in any of the lists, and up to the top of the repository only", async () => {
	await using scratch = await temporaryFolder();
	const root = join(scratch.path, "repo");
	await mkdir(join(root, ".git"), { recursive: true });
	await write(root, {
		"../package.json": '{ "dependencies": { "orchfile": "1" } }',
		"package.json": '{ "dependencies": { "other": "1" } }',
		"packages/a/package.json": '{ "devDependencies": { "orchfile": "file:../../x.tgz" } }',
		"packages/a/src/x.ts": "",
		"packages/b/package.json": "{",
	});
	const found = (folder: string) => dependentFolder(join(root, folder), "orchfile");
	expect(found("packages/a/src")).toBe(join(root, "packages/a"));
	expect(found("packages/a")).toBe(join(root, "packages/a"));
	expect(found("packages/b")).toBeUndefined();
	expect(found(".")).toBeUndefined();
});

async function write(root: string, files: Readonly<Record<string, string>>): Promise<void> {
	for (const [name, text] of Object.entries(files)) {
		await mkdir(dirname(join(root, name)), { recursive: true });
		await writeFile(join(root, name), text);
	}
}
