import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findProgram } from "../../tasks/system/find-program.ts";
import { editAndPass } from "../support/scripts.ts";
import { createWorld } from "../support/world.ts";
import type { Figure } from "./figure.ts";
import { spread } from "./measure.ts";

const ISSUES = 5;

export const gitProcesses: Figure = {
	name: "git-processes",
	summary: "processes of git that are started for an issue",
	async run(bench) {
		bench.say(`1 and ${ISSUES} issues`);
		await using world = await createWorld(
			[
				{ id: "ONE-1", milestone: "ONE" },
				...Array.from({ length: ISSUES }, (_, at) => ({ id: `MORE-${at + 1}`, milestone: "MORE" })),
			],
			{ script: editAndPass },
		);
		const bin = join(world.repository.folder, "bin");
		const log = join(bin, "log");
		await mkdir(bin);
		const git = `#!/bin/sh\nprintf '%s\\n' "$(echo "$@" | tr '\\n' ' ')" >> ${log}\nexec ${findProgram("git")} "$@"\n`;
		await writeFile(join(bin, "git"), git);
		await chmod(join(bin, "git"), 0o755);
		const count = async (milestone: string) => {
			await writeFile(log, "");
			const env = { PATH: `${bin}:${process.env.PATH}` };
			const { exitCode, stderr } = await world.run(["dev", milestone], { env });
			if (exitCode !== 0) throw new Error(stderr);
			const lines = (await readFile(log, "utf8")).split("\n").filter(Boolean);
			// Codex's own come without the settings of our door.
			const own = lines.filter((line) => line.includes("gc.auto=0")).length;
			return { own, codex: lines.length - own };
		};
		const one = await count("ONE");
		const more = await count("MORE");
		const each = (of: "own" | "codex") => spread([(more[of] - one[of]) / (ISSUES - 1)]);
		return [
			{ what: "of ours, per issue", unit: "processes", measured: each("own"), target: 8, raw: {} },
			{ what: "of Codex's own, per issue", unit: "processes", measured: each("codex"), raw: {} },
			{
				what: "of ours, beside the issues",
				unit: "processes",
				measured: spread([one.own - each("own").median]),
				raw: {},
			},
		];
	},
};
