import { cp, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Figure } from "./figure.ts";
import { alternate, paired, ratio, spread, timed } from "./measure.ts";
import { NODE_WITH_TSX, ROOT, runProgram } from "./processes.ts";

/** What is started: nearly nothing of the program, and what reads a backlog. */
const WORDS: Readonly<Record<string, readonly string[]>> = { "--help": ["--help"], plan: ["plan", "M1", "-C", ROOT] };

export const installed: Figure = {
	name: "installed",
	summary: "start of the installed package against the clone's",
	async run(bench) {
		const bin = await install(bench.folder);
		const cwd = bench.folder;
		const run = (command: readonly string[]) => timed(() => runProgram(command, { cwd }));
		const rows = [];
		for (const [name, args] of Object.entries(WORDS)) {
			bench.say(name);
			const times = await alternate(
				{
					package: () => run([process.execPath, bin, ...args]),
					clone: () => run([...NODE_WITH_TSX, join(ROOT, "orchfile.ts"), ...args]),
				},
				{ rounds: bench.size(20, 3) },
			);
			rows.push({
				what: `${name} of the package against the clone`,
				unit: "×" as const,
				measured: paired(times.package, times.clone, ratio),
				target: 1.2,
				raw: { package: spread(times.package), clone: spread(times.clone) },
			});
		}
		return rows;
	},
};

/** Packs this program and unpacks it where an orchfile finds it, with its packages linked. Returns its program. */
async function install(folder: string): Promise<string> {
	await runProgram(["npm", "pack", "--pack-destination", folder, "--loglevel=error"], { cwd: ROOT });
	const [archive = ""] = (await readdir(folder)).filter((name) => name.endsWith(".tgz"));
	const packages = join(folder, "node_modules");
	const own = join(packages, "orchfile");
	await mkdir(own, { recursive: true });
	await runProgram(["tar", "-xzf", archive, "-C", own, "--strip-components=1"], { cwd: folder });
	for (const name of await readdir(join(ROOT, "node_modules"))) {
		await symlink(join(ROOT, "node_modules", name), join(packages, name));
	}
	await writeFile(join(folder, "package.json"), '{ "type": "module" }\n');
	await cp(join(own, "dist/sample/orchfile.ts"), join(folder, "orchfile.ts"));
	return join(own, "dist/cli/bin.js");
}
