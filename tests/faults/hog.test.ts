import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { answer, run } from "../../tasks/rehearsal/answers.ts";
import { expectNoneLeft } from "../support/observe.ts";
import { ownOrchfile } from "../support/own-orchfile.ts";
import type { Script } from "../support/scripted-model.ts";
import { devResult } from "../support/scripts.ts";
import { createWorld } from "../support/world.ts";

/** What commands use too much of, each with a limit that it is above, and what is told. Never a fork bomb: the machine is shared. */
const HOGS = [
	[
		"processes",
		"processes: 60",
		"i=0; while [ $i -lt 80 ]; do sleep 600 & i=$((i+1)); done; wait",
		"processes at once, and 60 are",
	],
	[
		"memory",
		"memory: 100e6",
		`exec ${process.execPath} -e 'const a = Buffer.alloc(2e8, 1); setTimeout(() => a, 6e5)'`,
		"MB of memory at once, and 100 MB are",
	],
	[
		"files in memory",
		"memory: 100e6",
		"head -c 200000000 /dev/zero >/dev/shm/hog; exec sleep 600",
		"MB of memory at once, and 100 MB are",
	],
] as const;

test.skipIf(process.platform !== "linux").each(HOGS)(
	"an agent whose commands use too much is ended, and says so: %s",
	async (_, setting, command, told) => {
		const orchfile = await ownOrchfile(["codexRunner()", `codexRunner({ ${setting} })`]);
		let first = "";
		const script: Script = async function* (prompted) {
			first = yield run("cat /proc/self/oom_score_adj");
			yield run(command);
			yield { kind: "silent" };
			yield answer(devResult(prompted));
		};
		await using world = await createWorld([{ id: "A-1", script }]);
		const finished = await world.run(["dev", "A-1"], orchfile);
		expect(finished.exitCode).not.toBe(0);
		expect(finished.stderr + finished.stdout).toMatch(new RegExp(`they used \\d+ ${told} allowed`));
		await expectNoneLeft(world);
		// Where the whole machine's memory runs out, they go before the run does.
		expect(first).toMatch(/^1000$/m);
		expect(readFileSync("/proc/self/oom_score_adj", "latin1").trim()).not.toBe("1000");
	},
);
