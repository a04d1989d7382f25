import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findProgram } from "../../tasks/system/find-program.ts";
import { commitAll } from "./backlog.ts";
import type { Bench, Figure } from "./figure.ts";
import { alternate, difference, paired, ratio, type Spread, spread, timed } from "./measure.ts";
import { NODE_WITH_TSX, ROOT, runProgram } from "./processes.ts";

const ISSUES = 12;
const FILES = 2_000;
/** What a set-up makes: 300 MB. */
const INSTALLED = 20_000;
const KILOBYTES = 15;
const ROUNDS = 3;

/** What one process of `once/verify.ts` tells, by issue. */
interface Told {
	readonly ours: readonly number[];
	readonly script: readonly number[];
	readonly gits: readonly number[];
	readonly git: readonly number[];
}

export const verify: Figure = {
	name: "verify",
	summary: "what running checks on an issue's work adds to the checks, and what a folder with a set-up costs",
	async run(bench) {
		const plain = await makeRepository(bench, "plain");
		const count = bench.size(ISSUES, 3);
		await makeBranches(plain, count);
		bench.say(`${count} issues with checks that do nothing`);
		const told = await take(plain, count);
		// The first also prepares a folder, and asks how the checks go on the base; the last removes it.
		const [ours, script, gits] = [told.ours.slice(1, -1), told.script.slice(1, -1), told.gits.slice(1, -1)];
		const installed = await makeRepository(bench, "installed");
		await makeBranches(installed, 3);
		const source = await makeInstalled(bench);
		const copy = join(bench.folder, "copy");
		bench.say("folders with what a set-up has made");
		const setUp = `tar xf ${source}.tar`;
		const folders = await alternate(
			{
				ours: async () => {
					await rm(join(installed, "logs"), { recursive: true, force: true });
					// The first has it made, and the last removes it.
					return (await take(installed, 3, setUp)).ours[1] as number;
				},
				copied: async () => {
					await rm(copy, { recursive: true, force: true });
					return timed(() => runProgram(["cp", "-a", "--reflink=auto", source, copy]));
				},
				unpacked: async () => {
					await rm(copy, { recursive: true, force: true });
					await mkdir(copy);
					return timed(() => runProgram(["tar", "xf", `${source}.tar`], { cwd: copy }));
				},
			},
			{ rounds: bench.size(ROUNDS, 1) },
		);
		const without = spread(ours).median;
		const raw = { ours: spread(ours), script: spread(script) };
		return [
			{
				what: "added to the checks of an issue",
				unit: "ms",
				measured: paired(ours, script, difference),
				target: 300,
				raw,
			},
			{
				what: "of that, plain git that adds and removes a worktree",
				unit: "ms",
				measured: spread(told.git.slice(1, -1)),
				raw: {},
			},
			{ what: "processes of git, per issue", unit: "processes", measured: spread(gits), target: 3, raw: {} },
			{ what: "the first issue, with the base", unit: "ms", measured: only(told.ours[0] as number), raw: {} },
			{
				what: "a folder with 300 MB of a set-up, added to an issue",
				unit: "ms",
				measured: spread(folders.ours.map((each) => each - without)),
				raw: { ours: spread(folders.ours), copied: spread(folders.copied), unpacked: spread(folders.unpacked) },
			},
			{
				what: "the whole issue against a copy of it",
				unit: "×",
				measured: paired(folders.ours, folders.copied, ratio),
				raw: {},
			},
			{
				what: "the whole issue against unpacking it",
				unit: "×",
				measured: paired(folders.ours, folders.unpacked, ratio),
				target: 0.1,
				raw: {},
			},
		];
	},
};

async function take(repository: string, issues: number, setUp?: string): Promise<Told> {
	const bin = `${repository}.bin`;
	const log = join(bin, "log");
	await mkdir(bin, { recursive: true });
	await writeFile(join(bin, "git"), `#!/bin/sh\necho x >>${log}\nexec ${findProgram("git")} "$@"\n`);
	await chmod(join(bin, "git"), 0o755);
	const env = { ...process.env, PATH: `${bin}:${process.env.PATH}`, HOME: `${repository}.bin` };
	const program = join(ROOT, "tests/bench/once/verify.ts");
	const given = [repository, String(issues), log, ...(setUp === undefined ? [] : [setUp])];
	return JSON.parse(await runProgram([...NODE_WITH_TSX, program, ...given], { env }));
}

async function makeRepository(bench: Bench, name: string): Promise<string> {
	const repository = join(bench.folder, name);
	for (let at = 0; at < bench.size(FILES, 100); at++) {
		const folder = join(repository, `src/part-${Math.floor(at / 100)}`);
		if (at % 100 === 0) await mkdir(folder, { recursive: true });
		await writeFile(join(folder, `file-${at}.txt`), `This is line of file ${at}.\n`.repeat(80));
	}
	await writeFile(join(repository, "check.sh"), "exit 0\n");
	await writeFile(join(repository, ".gitignore"), "/installed/\n/logs/\n");
	commitAll(repository);
	return repository;
}

/** Branches of issues, each with a commit of its own. */
async function makeBranches(repository: string, count: number): Promise<void> {
	const git = (...args: string[]) =>
		runProgram(["git", "-C", repository, "-c", "user.name=bench", "-c", "user.email=bench@localhost", ...args]);
	for (let at = 0; at < count; at++) {
		await git("checkout", "-q", "-b", `issue/I-${at}`, "main");
		await writeFile(join(repository, "src/part-0/file-0.txt"), `work of ${at}\n`);
		await git("commit", "-q", "-a", "-m", "work");
	}
	await git("checkout", "-q", "main");
}

/** Files as a package manager makes them, and an archive of them. */
async function makeInstalled(bench: Bench): Promise<string> {
	const source = join(bench.folder, "source/installed");
	for (let at = 0; at < bench.size(INSTALLED, 200); at++) {
		const folder = join(source, `package-${Math.floor(at / 40)}`);
		if (at % 40 === 0) await mkdir(folder, { recursive: true });
		await writeFile(join(folder, `file-${at}.js`), `${at}\n`.repeat(KILOBYTES * 200));
	}
	await runProgram(["tar", "cf", `${source}.tar`, "-C", join(source, ".."), "installed"]);
	return source;
}

function only(value: number): Spread {
	return spread([value]);
}
