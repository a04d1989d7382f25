import { execFile, execFileSync } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, readFile, realpath, rm, rmdir, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build, type Plugin } from "esbuild";
import { asInstalled } from "../../tasks/cli/as-installed.ts";
import { bundledZod } from "./bundled-zod.ts";
import { noSmallDisk } from "./small-disk.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Makes once what all tests share. The orchfile as a bundle: hundreds of them start it, and tsx takes a second of processor
 * time a start; that the sources run as they stand is what `node-versions`, `own-backlog` and `launcher-gone` are for. A Codex
 * home that is not new, a disk in memory, and certificates that are soon read: nothing in a test speaks TLS, and Codex would
 * read all of the machine's several times a run.
 * @returns what removes all of it again.
 */
export default async function setUp(): Promise<() => Promise<void>> {
	const folder = await realpath(await mkdtemp(join(tmpdir(), "orchfile-bundle-")));
	const unmount = await mountMemory();
	await bundle(["orchfile.ts", "tests/support/fault-point.ts", "tests/support/used-codex-home.ts"], folder);
	await bundle(["tests/support/program.ts"], join(folder, "in-process"), [rememberedDoctor]);
	for (const file of ["runner/codex/codex-child.mjs", "cli/page/page.css", "cli/page/page.js", "cli/page/live.js"])
		await cp(join(ROOT, "tasks", file), join(folder, "tasks", file));
	await mkdir(join(folder, "dist/sample"), { recursive: true });
	await writeFile(
		join(folder, "dist/sample/orchfile.ts"),
		asInstalled(await readFile(join(ROOT, "orchfile.ts"), "utf8")),
	);
	process.env.PATH = `${await standInPrograms(folder)}:${process.env.PATH}`;
	for (const name of ["package.json", "node_modules", "prompts", "skills"]) {
		await symlink(join(ROOT, name), join(folder, name));
	}
	// For tests in which another user starts it.
	await chmod(folder, 0o755);
	process.env.ORCHFILE_BUNDLE = join(folder, "orchfile.js");
	process.env.ORCHFILE_PROGRAM = join(folder, "in-process/program.js");
	process.env.ORCHFILE_CERTIFICATES = join(folder, "certificates.pem");
	await writeFile(process.env.ORCHFILE_CERTIFICATES, rootCertificates[0] ?? "");
	// Not here: Vitest evaluates this module in a way in which imports can't be resolved as Node does it.
	const home = join(folder, "codex-home");
	await promisify(execFile)(process.execPath, [join(folder, "tests/support/used-codex-home.js"), home]);
	process.env.ORCHFILE_CODEX_HOME = home;
	process.env.ORCHFILE_FAULT_POINT = join(folder, "tests/support/fault-point.js");
	return async () => {
		await unmount();
		await rm(folder, { recursive: true, force: true });
	};
}

async function bundle(entryPoints: string[], outdir: string, plugins: Plugin[] = []): Promise<void> {
	await build({
		absWorkingDir: ROOT,
		entryPoints,
		outdir,
		plugins: [bundledZod, ...plugins],
		bundle: true,
		splitting: true,
		format: "esm",
		platform: "node",
		target: "node20",
		external: ["@openai/codex-sdk", "listr2", "xmlbuilder2"],
		// Some packages are CommonJS and ask for Node's own modules by `require`.
		banner: {
			js: 'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);',
		},
	});
}

/** Puts the doctor that remembers where the runner imports its own. */
const rememberedDoctor: Plugin = {
	name: "remembered-doctor",
	setup({ onResolve }) {
		onResolve({ filter: /^\.\/doctor\.ts$/ }, ({ importer }) =>
			importer.endsWith("codex/runner.ts") ? { path: join(ROOT, "tests/support/remembered-doctor.ts") } : undefined,
		);
	},
};

/**
 * Keeps the folders of all tests in memory where a tmpfs can be mounted, which takes root: they are made and removed by
 * the hundred, and everything in them is written through to the disk.
 */
async function mountMemory(): Promise<() => Promise<void>> {
	if (noSmallDisk !== undefined) return async () => {};
	// Not below the bundle, whose packages would be theirs.
	const folder = await realpath(await mkdtemp(join(tmpdir(), "orchfile-memory-")));
	execFileSync("mount", ["-t", "tmpfs", "-o", "size=2g,mode=1777", "orchfile-tests", folder]);
	process.env.TMPDIR = folder;
	// A process that is just ending may still be in it.
	const unmount = () => execFileSync("umount", ["-l", folder]);
	process.once("exit", unmount);
	return async () => {
		process.removeListener("exit", unmount);
		unmount();
		await rmdir(folder);
	};
}

/**
 * A folder with programs for the front of PATH. Codex asks `lsb_release` for the name of the system, four times a run;
 * where it is installed, it is a script of nine processes.
 */
async function standInPrograms(folder: string): Promise<string> {
	const programs = join(folder, "programs");
	await mkdir(programs);
	await writeFile(join(programs, "lsb_release"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
	return programs;
}
