import { execFile } from "node:child_process";
import { copyFile, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { bundledZod } from "./bundled-zod.ts";
import { ROOT } from "./documents.ts";
import { build, REQUIRE } from "./esbuild.ts";
import { createRepository, type TestRepository } from "./repository.ts";

// A repository with the package installed and an orchfile that is written anew for each mistake.

/** An orchfile without a mistake. */
export const SOURCE = `import { codexRunner, forEach, main, type Orchfile, task, verb } from "orchfile";

interface Own {
	readonly lines: number;
}
const codex = verb.agent(codexRunner(), ["dev"]);
const backlog = task("discover", verb.discover);
const plan = task("plan", { needs: { backlog }, ...verb.plan });
const perIssue = forEach(plan, { hold: verb.lock });
const own = perIssue("own", { summary: "mine", run: async () => ({ lines: 1 }) satisfies Own });
const wide = task("wide", { summary: "mine", run: async () => undefined });
const list = task("list", { summary: "mine", run: async () => [] });

export const graph = {
	tasks: [backlog, plan, own, wide, list],
	goals: {
		dev: { summary: "all", tasks: [own] },
	},
} satisfies Orchfile;

await main(graph, import.meta.url);
`;

/** What is edited, once: what stands there, and what is to. */
export type Edit = readonly [from: string, to: string];

/** A repository with an orchfile, and the programs that read one. */
export interface Installed extends AsyncDisposable {
	readonly repository: TestRepository;
	/** Where the orchfile is. */
	readonly orchfile: string;
	start(way: Way, args: readonly string[]): Promise<{ exitCode: number; stdout: string; stderr: string }>;
	/** Writes the orchfile with these edits, and returns its path. */
	writeOrchfile(...edits: readonly Edit[]): Promise<string>;
}

/** How an orchfile is started: by tsx, or by the program that is installed. */
const WAYS = { tsx: ["--import", "tsx", "orchfile.ts"], installed: ["node_modules/orchfile/dist/cli/bin.js"] };
export type Way = keyof typeof WAYS;

/** Makes a repository in which the package is installed. */
export async function createInstalled(): Promise<Installed> {
	const repository = await createRepository([{ id: "A-1" }], { name: "app" });
	const { path, home, write, commit } = repository;
	await write("package.json", '{ "type": "module" }');
	await write(".gitignore", "node_modules\n");
	await commit("package");
	await install(join(path, "node_modules"));
	const orchfile = join(path, "orchfile.ts");
	const env = { PATH: process.env.PATH, HOME: home, TMPDIR: process.env.TMPDIR };
	return {
		repository,
		orchfile,
		start: (way, args) =>
			new Promise((resolve) => {
				execFile(process.execPath, [...WAYS[way], ...args], { cwd: path, env }, (error, stdout, stderr) => {
					resolve({ exitCode: error ? Number(error.code ?? 1) : 0, stdout, stderr });
				});
			}),
		async writeOrchfile(...edits) {
			await writeFile(orchfile, edits.reduce(edited, SOURCE));
			return orchfile;
		},
		[Symbol.asyncDispose]: () => repository[Symbol.asyncDispose](),
	};
}

function edited(text: string, [from, to]: Edit): string {
	if (text.split(from).length !== 2) throw new Error(`not once in it: ${from}`);
	return text.replace(from, () => to);
}

async function install(modules: string): Promise<void> {
	const outdir = join(modules, "orchfile/dist");
	const entryPoints = ["tasks/index.ts", "tasks/cli/bin.ts"];
	await build({
		absWorkingDir: ROOT,
		entryPoints,
		outdir,
		outbase: "tasks",
		bundle: true,
		plugins: [bundledZod],
		splitting: true,
		format: "esm",
		platform: "node",
		// Its packages are in it, which is half of a start: that they are found where they are installed, `package.test.ts` knows.
		external: ["@openai/codex-sdk", "listr2", "tsx", "tsx/*", "xmlbuilder2"],
		banner: { js: REQUIRE },
	});
	await copyFile(join(ROOT, "package.json"), join(modules, "orchfile/package.json"));
	const { dependencies } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
	for (const name of Object.keys(dependencies)) {
		await mkdir(dirname(join(modules, name)), { recursive: true });
		await symlink(join(ROOT, "node_modules", name), join(modules, name));
	}
}
