import { mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withTypes } from "../../tasks/cli/orchfile-types.ts";
import { checkAnnotations } from "../../tasks/cli/reports/annotations.ts";
import { typeCheck } from "../../tasks/system/type-check.ts";
import { ROOT } from "../support/documents.ts";

// `check` asks the TypeScript that the orchfile could import.

const SOURCE = `import { forEach, main, type Orchfile, task, verb } from "orchfile";
const backlog = task("discover", verb.discover);
const plan = task("plan", { needs: { backlog }, ...verb.plan });
const own = forEach(plan)("own", { summary: "mine", run: async () => ({ lines: 1 }) });
const sum = forEach(plan)("sum", { summary: "s", needs: { own }, run: async ({ own }) => own.lines + 1 });
const graph = { tasks: [backlog, plan, own, sum], goals: { dev: { summary: "all", tasks: [sum] } } } satisfies Orchfile;
await main(graph, import.meta.url);
`;
let folder: string;
let file: string;

beforeEach(async () => {
	folder = await realpath(await mkdtemp(join(tmpdir(), "types-")));
	file = join(folder, "orchfile.ts");
	await mkdir(join(folder, "node_modules/orchfile"), { recursive: true });
	await mkdir(join(folder, ".git"));
	await writeFile(join(folder, "package.json"), '{ "type": "module" }');
	await writeFile(join(folder, "tsconfig.json"), '{ "include": ["src"] }');
	const own = `export * from ${JSON.stringify(join(ROOT, "tasks/index.ts"))};\n`;
	await writeFile(join(folder, "node_modules/orchfile/index.d.ts"), own);
	await writeFile(join(folder, "node_modules/orchfile/package.json"), '{ "type": "module", "types": "index.d.ts" }');
	await writeFile(file, SOURCE);
});
afterEach(() => rm(folder, { recursive: true }));

const link = () => symlink(join(ROOT, "node_modules/typescript"), join(folder, "node_modules/typescript"));
async function fake(source: string): Promise<void> {
	await mkdir(join(folder, "node_modules/typescript"));
	await writeFile(
		join(folder, "node_modules/typescript/package.json"),
		'{ "version": "5.0.0", "bin": { "tsc": "tsc.cjs" } }',
	);
	await writeFile(join(folder, "node_modules/typescript/tsc.cjs"), source);
}
/** What a check says, with the orchfile as it stands. */
async function check(directory = folder) {
	let said = "";
	const stderr = { write: (text: string) => (said += text) };
	const request = { options: { directory }, quiet: false };
	const none = {
		kind: "checked",
		issues: 0,
		findings: [],
		skipped: [],
		unknownKeys: [],
		unusedGlobs: [],
		stateless: [],
	} as const;
	const { findings } = await withTypes(none, request as never, { orchfile: file, stderr } as never);
	return { findings, said };
}

test("real TypeScript finds what is wrong, by its line", { timeout: 120_000 }, async () => {
	await link();
	await mkdir(join(folder, "node_modules/@types"));
	await symlink(join(ROOT, "node_modules/@types/node"), join(folder, "node_modules/@types/node"));
	// The repository may be another one than the packages are in.
	const elsewhere = join(folder, "..", `${basename(folder)}-elsewhere`);
	await mkdir(join(elsewhere, ".git"), { recursive: true });
	expect(await check()).toEqual({ findings: [], said: "" });
	const mistakes = [
		["own.lines + 1", "own.lins + 1", 5],
		["needs: { backlog }", "needs: { bcklog: backlog }", 3],
		["own, sum]", "own, verb.plan]", 6],
		["tasks: [sum]", "taks: [sum]", 6],
	] as const;
	await writeFile(
		file,
		mistakes.reduce((text, [from, to]) => text.replace(from, to), SOURCE),
	);
	const { findings, said } = await check(elsewhere);
	const path = `../${basename(folder)}/orchfile.ts`;
	for (const [, , line] of mistakes)
		expect(findings, said).toContainEqual(expect.objectContaining({ kind: "type", file: path, line }));
	await rm(elsewhere, { recursive: true });
});

test("it is looked at by the settings of its repository, as tsx runs it, and so is what it imports", {
	timeout: 120_000,
}, async () => {
	await link();
	await mkdir(join(folder, "tools"));
	await writeFile(
		join(folder, "tools/helper.ts"),
		"export const two: number = 2;\nexport const three: number = '3';\n",
	);
	file = join(folder, "orchfile.mts");
	// Nothing of the package, whose types take a second.
	await writeFile(
		file,
		'import { two } from "./tools/helper";\nawait two.nothing;\nexport const loose: string = null;\n',
	);
	const own = ["orchfile.mts:2", "tools/helper.ts:2"];
	const settings = [
		[{ extends: "./base.json", include: ["src"], references: [{ path: "tools" }] }, own],
		// What keeps TypeScript from looking is about another program.
		[
			{ compilerOptions: { strict: false, target: "es3", types: ["none"] } },
			["orchfile.mts:2", "orchfile.mts:3", "tools/helper.ts:2"],
		],
	] as const;
	const built = { composite: true, incremental: true, declaration: true, rootDir: "src", outDir: "dist" };
	const module = { module: "commonjs", moduleResolution: "node16", tsBuildInfoFile: "x", declarationMap: true };
	const base = { compilerOptions: { strict: false, ...built, ...module } };
	await writeFile(join(folder, "base.json"), JSON.stringify(base));
	for (const [each, expected] of settings) {
		await writeFile(join(folder, "tsconfig.json"), JSON.stringify(each));
		const { findings, said } = await check();
		expect(said, JSON.stringify(each)).toBe("");
		expect(findings.map((found) => `${found.file}:${found.line}`).sort(), JSON.stringify(each)).toEqual(
			[...expected].sort(),
		);
		const [annotation] = checkAnnotations({ findings }, String as never);
		expect(annotation).toMatchObject({ level: "error", title: "orchfile", file: findings[0]?.file });
	}
	expect(await readdir(folder)).not.toContain("dist");
});

test("without TypeScript it says how to get it, and one that crashes or hangs is told", async () => {
	expect((await check()).said).toMatch(/not installed\. To have them checked: npm install --save-dev typescript\n$/);
	await writeFile(join(folder, "pnpm-lock.yaml"), "");
	expect((await check()).said).toContain(": pnpm add --save-dev typescript\n");
	for (const [manager, command] of [
		["yarn", "yarn add --dev typescript"],
		["bun", "bun add --dev typescript"],
	]) {
		await writeFile(join(folder, "package.json"), `{ "type": "module", "packageManager": "${manager}@1.0.0" }`);
		expect((await check()).said).toContain(`: ${command}\n`);
	}
	await fake('console.error("out of order"); process.exit(3);');
	expect((await check()).said).toBe("The orchfile's types are not checked: TypeScript can't be run: out of order\n");
	await writeFile(join(folder, "node_modules/typescript/tsc.cjs"), "setInterval(() => {}, 1000);");
	expect(await typeCheck(file, folder, 500)).toEqual({ kind: "failed", why: "it took longer than 0.5 s" });
});
