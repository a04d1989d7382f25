import { readdirSync, readFileSync, statfsSync, statSync } from "node:fs";

/** The number of a tmpfs among file systems: statfs(2). */
const TMPFS = 0x0102_1994;

/** What everything in a confinement uses at one moment. */
export interface Usage {
	readonly processes: number;
	/** Bytes. */
	readonly memory: number;
}

/**
 * Looks what a confinement uses.
 * @param pid its first process, by the number that this machine has for it.
 * @param most processes of which the memory is looked at.
 * @returns nothing when it has ended, or is not yet in a `/proc` of its own.
 */
export function usageOf(pid: number, most: number): Usage | undefined {
	const root = `/proc/${pid}/root`;
	try {
		// Until bubblewrap has mounted one of its own, this is the machine's, and all that runs there would be the command's.
		if (statSync(`${root}/proc`).dev === statSync("/proc").dev) return undefined;
		// Its own `/proc`, which has its processes alone.
		const processes = readdirSync(`${root}/proc`).filter((name) => /^\d+$/.test(name));
		// Too many are ended as fast as they can be: each further look would take as long as all before.
		if (processes.length > most) return { processes: processes.length, memory: 0 };
		const used = processes.map((each) => memoryOf(`${root}/proc/${each}/status`));
		const own = used.reduce((sum, { own }) => sum + own, 0);
		// What processes share, as those of a database do, would else be counted once for each.
		const shared = Math.max(0, ...used.map(({ shared }) => shared));
		const files = ["/dev", "/run"].reduce((sum, place) => sum + usedBytes(root, place), 0);
		return { processes: processes.length, memory: own + Math.max(shared, files) };
	} catch {
		return undefined;
	}
}

/** Bytes of memory that are a process's own, and those that it may share. */
function memoryOf(status: string): { readonly own: number; readonly shared: number } {
	let text = "";
	try {
		text = readFileSync(status, "latin1");
	} catch {
		// It has ended.
	}
	const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s*(\\d+)`, "m").exec(text)?.[1] ?? 0);
	return { own: 1024 * kilobytes("RssAnon"), shared: 1024 * kilobytes("RssShmem") };
}

/** Of a file system in memory that a confinement has for itself at a place: one of this machine, or a disk, is not its use. */
function usedBytes(root: string, place: string): number {
	const device = deviceOf(root + place);
	if (device === undefined || device === deviceOf(place)) return 0;
	const { blocks, bfree, bsize, type } = statfsSync(root + place);
	return type === TMPFS ? (blocks - bfree) * bsize : 0;
}

function deviceOf(path: string): number | undefined {
	return statSync(path, { throwIfNoEntry: false })?.dev;
}
