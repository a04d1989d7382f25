import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { completeSandbox } from "../../tasks/runner/codex/complete-sandbox.ts";
import { codexBinary } from "../../tasks/runner/codex/package.ts";
import { profileOverride } from "../../tasks/runner/codex/permissions.ts";
import { OF_TURNS } from "../../tasks/runner/codex/try-sandbox.ts";
import { bareEnvironment } from "../../tasks/system/confine/confine.ts";
import { prepareRoom } from "../../tasks/system/confine/prepare-room.ts";
import { runConfined } from "../../tasks/system/confine/run-confined.ts";
import { completedTurn } from "./completed-turn.ts";
import type { Figure } from "./figure.ts";
import { alternate, difference, paired, ratio, spread, timed } from "./measure.ts";
import { runProgram } from "./processes.ts";

const ROUNDS = 40;
const ROUNDS_OF_SUITE = 9;
const LIMITS = { timeout: 60_000, processes: 1_000, memory: 8e9, output: 1e7 };
/** Tests that are files as most are: they start programs, write files and compute. */
const FILES = 4;
const SUITE = `import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
for (let at = 0; at < 20; at++) test("test " + at, () => {
	const folder = mkdtempSync("/tmp/suite-");
	for (let each = 0; each < 50; each++) writeFileSync(folder + "/" + each, "x".repeat(1000));
	for (let each = 0; each < 50; each++) readFileSync(folder + "/" + each);
	execFileSync("cat", { input: "x" });
	for (let sum = 0, each = 0; each < 1e7; each++) sum += each;
});`;

export const confined: Figure = {
	name: "confined",
	summary: "what confining adds to a command, against the bare one, bubblewrap alone and Codex's own sandbox",
	async run(bench) {
		const codex = codexBinary();
		const bubblewrap = join(dirname(codex), "../codex-resources/bwrap");
		const place = async (name: string) => {
			const folder = join(bench.folder, name);
			await mkdir(folder, { recursive: true });
			return folder;
		};
		const work = await place("work");
		const room = await prepareRoom({ folder: await place("room"), secrets: [], bubblewrap, keep: [bench.folder] });
		const environment = bareEnvironment(room);
		const confinement = { room, writable: [work], readOnly: [], secrets: [], network: "own", environment } as const;
		const signal = new AbortController().signal;
		const ours = (...command: [string, ...string[]]) =>
			timed(async () => {
				const outputFile = join(await mkdtemp(join(bench.folder, "output-")), "output");
				const run = { bubblewrap, command, cwd: work, outputFile, limits: LIMITS, signal };
				const end = await runConfined(confinement, run);
				if (end.kind !== "ended" || end.exitCode !== 0) throw new Error(JSON.stringify(end));
			});
		const bare = (...command: string[]) => timed(() => runProgram(command, { cwd: work, env: environment }));
		const alone = ["--unshare-all", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--"];
		const codexHome = await place("codex-home");
		const sandbox = {
			folder: await place("sandbox"),
			writable: [work],
			kept: [bench.folder, dirname(codex)],
			denied: [],
		};
		const { path } = await completeSandbox(sandbox, bubblewrap, environment.PATH ?? "");
		const profile = profileOverride({ name: "bench", writable: [], denied: [], network: false });
		const ofTurns = [...OF_TURNS, profile].flatMap((each) => ["-c", each]);
		const args = ["sandbox", "-P", "bench", "-C", work, ...ofTurns, "--", "true"];
		const asCodex = (PATH: string) => {
			const env = { PATH, HOME: bench.folder, CODEX_HOME: codexHome };
			return timed(() => runProgram([codex, ...args], { cwd: work, env }));
		};
		bench.say("a command that does nothing");
		const times = await alternate(
			{
				ours: () => ours("true"),
				bare: () => bare("true"),
				bubblewrap: () => bare(bubblewrap, ...alone, "true"),
				completed: () => asCodex(path),
				codex: () => asCodex(environment.PATH ?? ""),
			},
			{ rounds: bench.size(ROUNDS, 2) },
		);
		bench.say("a suite of tests");
		for (let at = 0; at < FILES; at++) await writeFile(join(work, `${at}.test.mjs`), SUITE);
		const suite: [string, ...string[]] = [process.execPath, "--test"];
		const ofSuite = await alternate(
			{ ours: () => ours(...suite), bare: () => bare(...suite) },
			{ rounds: bench.size(ROUNDS_OF_SUITE, 1) },
		);
		const raw = Object.fromEntries(Object.entries(times).map(([name, each]) => [name, spread(each)]));
		const rawOfSuite = { ours: spread(ofSuite.ours), bare: spread(ofSuite.bare) };
		return [
			{
				what: "added to a command that does nothing",
				unit: "ms",
				measured: paired(times.ours, times.bare, difference),
				target: 50,
				raw,
			},
			{
				what: "added by bubblewrap alone",
				unit: "ms",
				measured: paired(times.bubblewrap, times.bare, difference),
				raw: {},
			},
			{
				what: "against Codex's own sandbox",
				unit: "×",
				measured: paired(times.ours, times.codex, ratio),
				target: 1,
				raw: {},
			},
			{
				what: "an agent's command, against Codex's own sandbox",
				unit: "×",
				measured: paired(times.completed, times.codex, ratio),
				target: 1,
				raw: {},
			},
			await completedTurn(bench, bubblewrap),
			{
				what: "a suite of tests, against the bare one",
				unit: "×",
				measured: paired(ofSuite.ours, ofSuite.bare, ratio),
				target: 1.1,
				raw: rawOfSuite,
			},
		];
	},
};
