import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { runHere } from "./in-process.ts";
import { commandOf, fileOf, folderOf, processIds } from "./processes.ts";
import { createRepository, type IssueFields, type TestRepository } from "./repository.ts";
import { type Script, type ScriptedModel, startScriptedModel } from "./scripted-model.ts";

/** This repository's orchfile, as it stands. */
export const ORCHFILE = fileURLToPath(new URL("../../orchfile.ts", import.meta.url));
const TSX = import.meta.resolve("tsx");
/** What Node starts for it: what `global-setup.ts` has made of it for these tests; outside of them, the orchfile itself. */
export const PROGRAM = process.env.ORCHFILE_BUNDLE ? [process.env.ORCHFILE_BUNDLE] : ["--import", TSX, ORCHFILE];

/** What tests import and run in their own processes; nothing outside of them. */
const { ORCHFILE_PROGRAM } = process.env;

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

/** A run whose progress can be waited for. */
export interface WatchedRun extends Running {
	/** Resolves once the progress on standard error matches; rejects, with what was printed, when the run ends without. */
	until(pattern: RegExp): Promise<void>;
}

/** How a run of the orchfile differs from the usual. */
export interface RunSettings {
	readonly env?: Readonly<Record<string, string>>;
	readonly cwd?: string;
	/** An orchfile to run as it stands, through tsx, instead of this repository's own in its bundled form. */
	readonly orchfile?: string;
	/** The Node to run it with; the one that runs the tests when absent. */
	readonly node?: string;
	/** The user and group to run it as; everything in the world's folder has to be theirs. Only root can ask for it. */
	readonly user?: number;
	/** Leaves tsx out: `orchfile` is run by Node alone, which strips the types. */
	readonly withoutTsx?: boolean;
	/** `orchfile` imports the program of the tests' own processes, and so can be run in them. */
	readonly sharesProgram?: boolean;
	/** Has a process of its own, for a test whose subject that is. */
	readonly ownProcess?: boolean;
	/** What the run prints goes to a terminal of so many columns; in the test's own process only. */
	readonly columns?: number;
	/** Asks Codex and its sandbox anew, for a test whose subject their answer is. */
	readonly asksCodex?: boolean;
}

/** A process as `/proc` shows it. */
export interface RunningProcess {
	readonly pid: number;
	readonly command: string;
	readonly cwd: string;
}

/** What a world may be made of beside its issues. */
export interface WorldSettings {
	/** Name of the repository's folder. */
	readonly name?: string;
	/** A repository that is there already; its issues are then not written. */
	readonly repository?: TestRepository;
	/** How often Codex repeats a failed request or stream. */
	readonly retries?: number;
	/** Answers every issue; `issues` then need no scripts. */
	readonly script?: Script;
}

/** A repository, a scripted model and the real orchfile between them. */
export interface World {
	readonly repository: TestRepository;
	readonly model: ScriptedModel;
	readonly codexHome: string;
	/** What every process in it is given. */
	readonly environment: Readonly<Record<string, string | undefined>>;
	/** Runs the orchfile in the repository and waits for its end; in the test's process, unless {@link needsProcess}. */
	run(args: readonly string[], settings?: RunSettings): Promise<Finished>;
	/** Starts the orchfile in the repository, in a process of its own: whoever does not wait for its end does something to it. */
	start(args: readonly string[], settings?: RunSettings): WatchedRun;
	/** Reads a JSON file below `logs/orch/`. */
	log<T = Record<string, unknown>>(file: string): Promise<T>;
	/** Reads a file of JSON lines below `logs/orch/`. */
	lines<T = Record<string, unknown>>(file: string): Promise<T[]>;
	/** What runs in this world beside the test: the orchfile, Codex, and what an agent started. Linux only. */
	processes(): Promise<RunningProcess[]>;
	[Symbol.asyncDispose](): Promise<void>;
}

/** Makes a world with these issues, each answered by its script. */
export async function createWorld(
	issues: readonly (IssueFields & { readonly script?: Script })[],
	settings: WorldSettings = {},
): Promise<World> {
	const documents = issues.map(({ script: _, ...fields }): IssueFields => fields as IssueFields);
	const repository = settings.repository ?? (await createRepository(documents, settings));
	const scripts = Object.fromEntries(issues.flatMap(({ id, script }) => (script ? [[id, script]] : [])));
	const model = await startScriptedModel(
		settings.script ?? scripts,
		settings.retries === undefined ? {} : { retries: settings.retries },
	);
	const codexHome = join(repository.folder, "codex-home");
	await mkdir(codexHome);
	const { ORCHFILE_CODEX_HOME: used } = process.env;
	// Eighty files: to wait for each takes five times as long.
	if (used !== undefined) cpSync(used, codexHome, { recursive: true });
	await writeFile(join(codexHome, "config.toml"), model.configToml);
	const environment = {
		PATH: process.env.PATH,
		HOME: repository.home,
		CODEX_HOME: codexHome,
		TMPDIR: process.env.TMPDIR,
		SSL_CERT_FILE: process.env.ORCHFILE_CERTIFICATES,
	};
	const running = new Set<ChildProcess>();
	const start: World["start"] = (args, settings = {}) => {
		const { env = {}, cwd = repository.path, orchfile, node = process.execPath, withoutTsx = false, user } = settings;
		const program = orchfile === undefined ? PROGRAM : [...(withoutTsx ? [] : ["--import", TSX]), orchfile];
		const child = spawn(node, [...program, ...args], {
			cwd,
			env: { ...environment, ...env },
			stdio: ["ignore", "pipe", "pipe"],
			...(user === undefined ? {} : { uid: user, gid: user }),
		});
		running.add(child);
		const output = collect(child);
		const finished = once(child, "close").then(([exitCode, signal]) => {
			running.delete(child);
			return { exitCode, signal, ...output };
		});
		return { child, finished, until: (pattern) => until(child, output, pattern) };
	};
	let isHere = false;
	const run: World["run"] = async (args, settings = {}) => {
		// Two runs of one world at once are about what they do to each other: they are two processes.
		if (!ORCHFILE_PROGRAM || isHere || needsProcess(args, settings)) return start(args, settings).finished;
		isHere = true;
		const { cwd = repository.path, env = {}, orchfile, columns, asksCodex } = settings;
		try {
			return await runHere(ORCHFILE_PROGRAM, {
				args,
				cwd,
				orchfile,
				columns,
				isInit: orchfile === undefined && args[0] === "init",
				env: { ...environment, ...env },
				asksCodex: asksCodex ?? (args.includes("doctor") || Object.keys(env).some((name) => !OF_US_AND_GIT.test(name))),
			});
		} finally {
			isHere = false;
		}
	};
	return {
		repository,
		model,
		codexHome,
		environment,
		start,
		run,
		log: async (file) => JSON.parse(await readFile(join(repository.path, "logs/orch", file), "utf8")),
		async lines(file) {
			const text = await readFile(join(repository.path, "logs/orch", file), "utf8");
			return text
				.split("\n")
				.filter(Boolean)
				.map((line) => JSON.parse(line));
		},
		processes: async () => findProcesses(repository.folder),
		async [Symbol.asyncDispose]() {
			const left = [...running].map(async (child) => {
				child.kill("SIGKILL");
				await once(child, "close");
			});
			await Promise.all(left);
			await model.close();
			await endProcesses(repository.folder);
			await repository[Symbol.asyncDispose]();
		},
	};
}

/** Variables that Codex is not given, and that make no difference to what it answers. */
const OF_US_AND_GIT = /^(?:ORCH|GIT)_/;

/** Variables that a process goes by from its start, and whatever else runs in it at the same time. */
const OF_PROCESSES = ["PATH", "NODE_OPTIONS", "TMPDIR"];

/**
 * Whether a run can't share the test's process: it is another program, Node or user's, or has variables that would be those
 * of all that runs there; it answers a shell, or guards git's files for as long as its process lives.
 */
function needsProcess(args: readonly string[], settings: RunSettings): boolean {
	const { ownProcess, orchfile, sharesProgram, node, user, env = {} } = settings;
	return (
		ownProcess === true ||
		(orchfile !== undefined && sharesProgram !== true) ||
		[node, user].some((each) => each !== undefined) ||
		OF_PROCESSES.some((name) => name in env) ||
		args[0] === "complete" ||
		args.includes("--git-access") ||
		"ORCH_GIT_ACCESS" in env
	);
}

interface Output {
	stdout: string;
	stderr: string;
}

function collect(child: ChildProcess): Output {
	const output = { stdout: "", stderr: "" };
	for (const name of ["stdout", "stderr"] as const) {
		child[name]?.setEncoding("utf8").on("data", (text) => {
			output[name] += text;
		});
	}
	return output;
}

async function until(child: ChildProcess, output: Output, pattern: RegExp): Promise<void> {
	await new Promise<void>((resolve, reject) => {
		const look = () => pattern.test(output.stderr) && resolve();
		look();
		child.stderr?.on("data", look);
		child.once("close", () => reject(new Error(`the run ended without ${pattern}:\n${output.stderr}`)));
	});
}

/** Milliseconds for what a run has started to notice that the run is over. */
const GRACE = 5_000;

/** Waits for what is left of a world, which ends by itself as a rule, and kills what does not: its folder is to go. */
async function endProcesses(folder: string): Promise<void> {
	const deadline = performance.now() + GRACE;
	for (let left = findProcesses(folder); left.length > 0; left = findProcesses(folder)) {
		if (performance.now() > deadline) {
			for (const { pid } of left) {
				try {
					process.kill(pid, "SIGKILL");
				} catch {
					// It has ended in the meantime.
				}
			}
		}
		await delay(20);
	}
}

/** Processes that work in this folder, or whose environment names it (as a home, or as `CODEX_HOME`). */
function findProcesses(folder: string): RunningProcess[] {
	return processIds()
		.filter((pid) => pid !== process.pid)
		.map((pid) => ({ pid, cwd: folderOf(pid) }))
		.filter(({ pid, cwd }) => cwd.startsWith(folder) || fileOf(pid, "environ").includes(folder))
		.map((each) => ({ ...each, command: commandOf(each.pid) }));
}
