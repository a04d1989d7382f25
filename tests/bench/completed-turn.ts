import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { completeSandbox } from "../../tasks/runner/codex/complete-sandbox.ts";
import { codexBinary } from "../../tasks/runner/codex/package.ts";
import { permissionOverrides } from "../../tasks/runner/codex/permissions.ts";
import { OF_TURNS } from "../../tasks/runner/codex/try-sandbox.ts";
import { runAndPass } from "../support/scripts.ts";
import { createWorld } from "../support/world.ts";
import type { Bench, Row } from "./figure.ts";
import { alternate, paired, ratio, spread, timed } from "./measure.ts";
import { runProgram } from "./processes.ts";

const ROUNDS = 20;

/** A turn of one command whose sandbox is completed, which is prepared for every turn, against the same turn in Codex's own sandbox. */
export async function completedTurn(bench: Bench, bubblewrap: string): Promise<Row> {
	bench.say("a turn of one command");
	await using world = await createWorld([], { script: runAndPass("true") });
	const { codexHome, repository } = world;
	const codex = codexBinary();
	const context = { issueId: "A-1", milestoneId: "M1", branchName: "issue/A-1", worktreePath: repository.path };
	const prompt = `ORCH_CONTEXT:\n${JSON.stringify(context)}\n`;
	const overrides = [...OF_TURNS, ...permissionOverrides({ name: "bench", writable: [], denied: [], network: false })];
	const args = ["exec", "--json", "-C", repository.path, ...overrides.flatMap((each) => ["-c", each]), prompt];
	const turn = async (PATH: string) => {
		const env = { PATH, HOME: repository.home, CODEX_HOME: codexHome };
		const events = await runProgram([codex, ...args], { cwd: repository.path, env });
		if (!/"exit_code":0/.test(events)) throw new Error(events);
	};
	const path = process.env.PATH ?? "";
	const completed = async (round: number) => {
		const folder = join(bench.folder, "turns", String(round));
		await mkdir(folder, { recursive: true });
		const place = { folder, writable: [repository.path], kept: [codexHome, codex], denied: [] };
		await turn((await completeSandbox(place, bubblewrap, path)).path);
	};
	const times = await alternate(
		{ completed: (round) => timed(() => completed(round)), codex: () => timed(() => turn(path)) },
		{ rounds: bench.size(ROUNDS, 2) },
	);
	return {
		what: "a turn of one command, against Codex's own sandbox",
		unit: "×",
		measured: paired(times.completed, times.codex, ratio),
		target: 1.05,
		raw: { completed: spread(times.completed), codex: spread(times.codex) },
	};
}
