import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PAGE = 4096;

/** Why no small disk can be mounted here; nothing where one can. */
export const noSmallDisk = whyNot();

/** A file system of a few megabytes over a folder; what the folder held is on it. Gone when it goes out of scope. */
export interface SmallDisk {
	/** Fills it up to this many pages of 4 KB. */
	fill(pagesLeft?: number): void;
	/** Takes away again what filled it. */
	free(): void;
	/** Gives the folder back, with what is on the disk by then. */
	unmount(): void;
	[Symbol.dispose](): void;
}

/** Mounts a small disk over a folder, which is made if need be. */
export function mountSmallDisk(folder: string, { megabytes = 4 } = {}): SmallDisk {
	const isNew = !existsSync(folder);
	if (isNew) mkdirSync(folder);
	const beside = `${folder}.before`;
	if (!isNew) cpSync(folder, beside, { recursive: true, preserveTimestamps: true });
	run("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "small-disk", folder]);
	if (!isNew) cpSync(beside, folder, { recursive: true, preserveTimestamps: true });
	rmSync(beside, { recursive: true, force: true });
	const filler = join(folder, ".filler");
	let isMounted = true;
	const unmount = () => {
		if (!isMounted) return;
		isMounted = false;
		process.removeListener("exit", unmount);
		rmSync(filler, { force: true });
		cpSync(folder, beside, { recursive: true, preserveTimestamps: true });
		// A process that is just ending may still be in it.
		run("umount", ["-l", folder]);
		rmSync(folder, { recursive: true, force: true });
		cpSync(beside, folder, { recursive: true, preserveTimestamps: true });
		rmSync(beside, { recursive: true, force: true });
	};
	// A test that took too long never gets to its end.
	process.once("exit", unmount);
	return {
		fill(pagesLeft = 0) {
			const { bavail, bsize } = statfsSync(folder);
			const pages = Math.floor((bavail * bsize) / PAGE) - pagesLeft;
			if (pages > 0) writeFileSync(filler, Buffer.alloc(pages * PAGE, 1));
		},
		free: () => rmSync(filler, { force: true }),
		unmount,
		[Symbol.dispose]: unmount,
	};
}

function whyNot(): string | undefined {
	if (process.platform !== "linux") return "a small disk is a tmpfs of Linux";
	const folder = mkdtempSync(join(tmpdir(), "orchfile-test-"));
	const probe = spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "small-disk", folder], { encoding: "utf8" });
	if (probe.status === 0) run("umount", [folder]);
	rmdirSync(folder);
	return probe.status === 0 ? undefined : `mounting a tmpfs takes root here: ${probe.stderr?.trim() ?? probe.error}`;
}

function run(program: string, args: readonly string[]): void {
	const { status, stderr } = spawnSync(program, args, { encoding: "utf8" });
	if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${stderr}`);
}
