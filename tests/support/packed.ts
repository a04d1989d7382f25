import { execFile } from "node:child_process";
import { mkdir, readFile, rename, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "./documents.ts";

const run = promisify(execFile);

/** What `npm pack` made. */
export interface Packed {
	readonly tarball: string;
	/** The files in it, relative to the package. */
	readonly files: readonly string[];
}

/** Packs this repository as it stands in the checkout, which builds its `dist/` there. */
export async function pack(folder: string): Promise<Packed> {
	await run("npm", ["pack", "--pack-destination", folder, "--loglevel=error"], { cwd: ROOT });
	const { version } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
	const tarball = join(folder, `orchfile-${version}.tgz`);
	const { stdout } = await run("tar", ["-tzf", tarball]);
	return {
		tarball,
		files: stdout
			.trim()
			.split("\n")
			.map((name) => name.replace(/^package\//, "")),
	};
}

/**
 * Installs the package as `npm install` would: unpacked, its programs linked, and of this repository's packages those
 * that it declares as dependencies, and no other. npm itself would need the network or a cache that holds everything,
 * and would copy Codex, which is 300 MB.
 */
export async function install({ tarball }: Packed, repository: string): Promise<void> {
	const modules = join(repository, "node_modules");
	const bin = join(modules, ".bin");
	await mkdir(bin, { recursive: true });
	await run("tar", ["-xzf", tarball, "-C", modules]);
	await rename(join(modules, "package"), join(modules, "orchfile"));
	const own = JSON.parse(await readFile(join(modules, "orchfile/package.json"), "utf8"));
	for (const name of Object.keys(own.dependencies)) {
		await mkdir(dirname(join(modules, name)), { recursive: true });
		await symlink(join(ROOT, "node_modules", name), join(modules, name));
	}
	await symlink(join("../orchfile", own.bin.orchfile), join(bin, "orchfile"));
	const tsx = JSON.parse(await readFile(join(modules, "tsx/package.json"), "utf8"));
	await symlink(join("../tsx", tsx.bin), join(bin, "tsx"));
}
