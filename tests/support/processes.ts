import { readdir, readFile, readlink } from "node:fs/promises";
import { sep } from "node:path";

/** One process, as `/proc` shows it. */
export interface Process {
	readonly pid: number;
	readonly parent: number;
	readonly group: number;
	/** Clock ticks since boot: together with the id, this is one process and never a later one. */
	readonly startedAt: string;
	readonly command: string;
}

/** Every process that runs; one that has ended and is only not yet reaped does not count. */
export async function processes(): Promise<Process[]> {
	const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
	const found = await Promise.all(
		pids.map(async (pid): Promise<Process[]> => {
			try {
				const stat = await readFile(`/proc/${pid}/stat`, "utf8");
				// The name before `)` may hold anything.
				const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
				const [state = "", parent = "", group = ""] = fields;
				if (state === "Z" || state === "X") return [];
				const command = (await readFile(`/proc/${pid}/cmdline`, "utf8")).replaceAll("\0", " ").trim();
				return [
					{ pid: Number(pid), parent: Number(parent), group: Number(group), startedAt: fields[19] ?? "", command },
				];
			} catch {
				// It has ended in the meantime.
				return [];
			}
		}),
	);
	return found.flat();
}

/** What a process has started, and what that has started. */
export async function descendants(pid: number): Promise<Process[]> {
	const all = await processes();
	const below = (parent: number): Process[] =>
		all.filter((each) => each.parent === parent).flatMap((each) => [each, ...below(each.pid)]);
	return below(pid);
}

/** Those of the given processes that still run. */
export async function stillRunning(wanted: readonly Process[]): Promise<Process[]> {
	const known = new Set(wanted.map(keyOf));
	return (await processes()).filter((each) => known.has(keyOf(each)));
}

/** The processes whose working directory is a folder, or lies in it. */
export async function workingIn(folder: string): Promise<Process[]> {
	const all = await processes();
	const folders = await Promise.all(all.map(({ pid }) => readlink(`/proc/${pid}/cwd`).catch(() => "")));
	return all.filter((_, at) => folders[at] === folder || folders[at]?.startsWith(folder + sep));
}

function keyOf({ pid, startedAt }: Process): string {
	return `${pid} ${startedAt}`;
}
