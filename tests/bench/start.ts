import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { codexBinary } from "../../tasks/runner/codex/package.ts";
import { findProgram } from "../../tasks/system/find-program.ts";
import { loadedModules } from "../support/loaded-modules.ts";
import { aboveEmpty, writeModule } from "./above-empty.ts";
import type { Bench, Figure } from "./figure.ts";

export const start: Figure = {
	name: "start",
	summary: "time of --help, --list and --version above an empty file",
	async run(bench) {
		const modules = (await loadedModules(["--help"])).filter((file) => !file.startsWith("node_modules/")).length;
		return aboveEmpty(bench, {
			"--help": { args: ["orchfile.ts", "--help"], target: 80 },
			"--list": { args: ["orchfile.ts", "--list"], target: 80 },
			"--version": { args: ["orchfile.ts", "--version"], target: 80 },
			[`commander, and ${modules} modules that are empty,`]: { args: [await writeEmptyModules(bench, modules)] },
			"git and Codex, asked for their versions,": { args: [await writeQuestions(bench)] },
		});
	},
};

/** What as many modules take that do nothing: no program of that many can start earlier. */
async function writeEmptyModules(bench: Bench, count: number): Promise<string> {
	const names = Array.from({ length: count - 1 }, (_, at) => `./empty-${at}.ts`);
	const imports = ["commander", ...names].map((name) => `import "${name}";\n`).join("");
	const file = await writeModule(bench, "modules-alone", imports);
	for (const name of names) await writeFile(join(file, "..", name), "export {};\n");
	return file;
}

/** What it takes to ask both programs for their versions, one beside the other, and nothing else. */
function writeQuestions(bench: Bench): Promise<string> {
	const words = [findProgram("git"), codexBinary()].map((program) => JSON.stringify(program));
	return writeModule(
		bench,
		"questions-alone",
		`import { execFile } from "node:child_process";
import { promisify } from "node:util";
await Promise.all([${words.join(", ")}].map((program) => promisify(execFile)(program, ["--version"])));
`,
	);
}
