import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { sep } from "node:path";

// All of it at once: a file of `/proc` is read in less time than it takes to wait for it, and tests look again and again.

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
	return processIds().flatMap(processOf);
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
	return wanted.flatMap(({ pid }) => processOf(pid)).filter((each) => known.has(keyOf(each)));
}

/** The processes whose working directory is a folder, or lies in it. */
export async function workingIn(folder: string): Promise<Process[]> {
	return processIds()
		.filter((pid) => `${folderOf(pid)}${sep}`.startsWith(folder + sep))
		.flatMap(processOf);
}

/** The ids of all processes there are; none where there is no `/proc`. */
export function processIds(): number[] {
	return readOr<string[]>([], () => readdirSync("/proc"))
		.map(Number)
		.filter((pid) => pid > 0);
}

/** The working directory of a process; empty where it has ended, or is another user's. */
export function folderOf(pid: number): string {
	return readOr("", () => readlinkSync(`/proc/${pid}/cwd`));
}

/** A file of a process; empty where it has ended, or is another user's. */
export function fileOf(pid: number, file: "cmdline" | "environ" | "stat"): string {
	return readOr("", () => readFileSync(`/proc/${pid}/${file}`, "utf8"));
}

/** The command of a process, its words parted by spaces. */
export function commandOf(pid: number): string {
	return fileOf(pid, "cmdline").replaceAll("\0", " ").trim();
}

/** The process, as long as it has not ended. */
function processOf(pid: number): Process[] {
	const stat = fileOf(pid, "stat");
	// The name before `)` may hold anything.
	const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
	const [state = "", parent = "", group = ""] = fields;
	if (/^[ZX]?$/.test(state)) return [];
	return [{ pid, parent: Number(parent), group: Number(group), startedAt: fields[19] ?? "", command: commandOf(pid) }];
}

function readOr<T>(other: T, read: () => T): T {
	try {
		return read();
	} catch {
		return other;
	}
}

function keyOf({ pid, startedAt }: Process): string {
	return `${pid} ${startedAt}`;
}
