import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createRepository, type IssueFields, type TestRepository } from "./repository.ts";
import { type Script, type ScriptedModel, startScriptedModel } from "./scripted-model.ts";

const ORCHFILE = fileURLToPath(new URL("../../orchfile.ts", import.meta.url));
const TSX = import.meta.resolve("tsx");

/** What a run printed, and how it ended. */
export interface Finished {
	readonly exitCode: number | null;
	readonly signal: NodeJS.Signals | null;
	readonly stdout: string;
	readonly stderr: string;
}

/** A run of the orchfile that goes on. */
export interface Running {
	readonly child: ChildProcess;
	readonly finished: Promise<Finished>;
}

/** How a run of the orchfile differs from the usual. */
export interface RunSettings {
	readonly env?: Readonly<Record<string, string>>;
	readonly cwd?: string;
}

/** A repository, a scripted model and the real orchfile between them. */
export interface World {
	readonly repository: TestRepository;
	readonly model: ScriptedModel;
	readonly codexHome: string;
	/** Runs the orchfile in the repository and waits for its end. */
	run(args: readonly string[], settings?: RunSettings): Promise<Finished>;
	/** Starts the orchfile in the repository. */
	start(args: readonly string[], settings?: RunSettings): Running;
	/** Reads a JSON file below `logs/orch/`. */
	log<T = Record<string, unknown>>(file: string): Promise<T>;
	[Symbol.asyncDispose](): Promise<void>;
}

/** Makes a world with these issues, each answered by its script. */
export async function createWorld(
	issues: readonly (IssueFields & { readonly script?: Script })[],
	settings: { readonly name?: string; readonly repository?: TestRepository; readonly retries?: number } = {},
): Promise<World> {
	const documents = issues.map(({ script: _, ...fields }): IssueFields => fields as IssueFields);
	const repository = settings.repository ?? (await createRepository(documents, settings));
	const scripts = Object.fromEntries(issues.flatMap(({ id, script }) => (script ? [[id, script]] : [])));
	const model = await startScriptedModel(scripts, settings.retries === undefined ? {} : { retries: settings.retries });
	const codexHome = join(repository.folder, "codex-home");
	await mkdir(codexHome);
	await writeFile(join(codexHome, "config.toml"), model.configToml);
	const running = new Set<ChildProcess>();
	const start: World["start"] = (args, { env = {}, cwd = repository.path } = {}) => {
		const child = spawn(process.execPath, ["--import", TSX, ORCHFILE, ...args], {
			cwd,
			env: { PATH: process.env.PATH, HOME: repository.home, CODEX_HOME: codexHome, TMPDIR: process.env.TMPDIR, ...env },
			stdio: ["ignore", "pipe", "pipe"],
		});
		running.add(child);
		return { child, finished: finish(child).finally(() => running.delete(child)) };
	};
	return {
		repository,
		model,
		codexHome,
		start,
		run: (args, runSettings) => start(args, runSettings).finished,
		log: async (file) => JSON.parse(await readFile(join(repository.path, "logs/orch", file), "utf8")),
		async [Symbol.asyncDispose]() {
			const left = [...running].map(async (child) => {
				child.kill("SIGKILL");
				await once(child, "close");
			});
			await Promise.all(left);
			await model.close();
			await repository[Symbol.asyncDispose]();
		},
	};
}

async function finish(child: ChildProcess): Promise<Finished> {
	let stdout = "";
	let stderr = "";
	child.stdout?.setEncoding("utf8").on("data", (text) => {
		stdout += text;
	});
	child.stderr?.setEncoding("utf8").on("data", (text) => {
		stderr += text;
	});
	const [exitCode, signal] = await once(child, "close");
	return { exitCode, signal, stdout, stderr };
}
