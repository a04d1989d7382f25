/** Arguments of the `git diff-tree` that {@link parseDiffs} reads, which is told by {@link pairs} what to compare. Larger files are taken for binary. */
export const DIFF_TREE = [
	"-c",
	"core.bigFileThreshold=4m",
	...["diff-tree", "--stdin", "-r", "-z", "--raw", "--numstat", "--patch", "-M", "-l2000", "--full-index"],
	...["--no-ext-diff", "--no-textconv", "--no-color", "--ignore-submodules=none"],
];

/** Two commits that are compared. */
export interface Pair {
	readonly from: string;
	readonly to: string;
}

/** What the `git diff-tree` of {@link DIFF_TREE} reads: a commit, and what it is taken to come from. */
export function pairs(all: readonly Pair[]): string {
	return all.map(({ from, to }) => `${to} ${from}\n`).join("");
}

/** A file that differs between two commits, as git lists it. */
export interface RawChange {
	/** `A`, `C`, `D`, `M`, `R`, `T`. */
	readonly status: string;
	/** `000000` where there is no such file. */
	readonly oldMode: string;
	readonly newMode: string;
	readonly path: string;
	readonly oldPath?: string;
	readonly insertions: number;
	readonly deletions: number;
	/** git compares no lines of it. */
	readonly isBinary: boolean;
	/** Its patches: two where one kind of file has become another; none where the output was cut before. */
	readonly patches: readonly string[];
}

/** Each commit's changes, from what the `git diff-tree` of {@link DIFF_TREE} has printed; nothing is printed for two commits alike. */
export function parseDiffs(stdout: string): Map<string, RawChange[]> {
	const found = new Map<string, RawChange[]>();
	let at = 0;
	// A name may hold anything but a NUL.
	const next = () => {
		const end = stdout.indexOf("\0", at);
		const field = stdout.slice(at, end === -1 ? undefined : end);
		at = end === -1 ? stdout.length : end + 1;
		return field;
	};
	while (at < stdout.length) {
		const commit = next();
		const listed: Pick<RawChange, "status" | "oldMode" | "newMode" | "path" | "oldPath">[] = [];
		while (stdout.charAt(at) === ":") {
			const [, oldMode = "", newMode = "", status = ""] = /^:(\d+) (\d+) \S+ \S+ ([A-Z])/.exec(next()) ?? [];
			const moved = status === "R" || status === "C" ? { oldPath: next() } : {};
			listed.push({ status, oldMode, newMode, ...moved, path: next() });
		}
		const counted = listed.map(() => {
			const [, added = "-", deleted = "-", path] = /^(\d+|-)\t(\d+|-)\t([\s\S]*)$/.exec(next()) ?? [];
			// Of a file that was moved, both names are fields of their own.
			if (path === "") for (const _ of ["old", "new"]) next();
			return { insertions: Number(added) || 0, deletions: Number(deleted) || 0, isBinary: added === "-" };
		});
		next();
		const patches = patchesIn(stdout, at);
		at = patches.end;
		let taken = 0;
		const changes = listed.map((change, index) => {
			const first = taken;
			taken += change.status === "T" ? 2 : 1;
			return { ...change, ...(counted[index] ?? NOTHING), patches: patches.all.slice(first, taken) };
		});
		found.set(commit, changes);
	}
	return found;
}

const NOTHING = { insertions: 0, deletions: 0, isBinary: false };

/** The patches up to the next commit. Within one, every line begins with a mark of git's, and names are quoted. */
function patchesIn(stdout: string, from: number): { readonly all: readonly string[]; readonly end: number } {
	const header = /\n(?=(?:[0-9a-f]{40}|[0-9a-f]{64})\0:)/g;
	header.lastIndex = Math.max(0, from - 1);
	const end = (header.exec(stdout)?.index ?? stdout.length - 1) + 1;
	return { all: stdout.slice(from, end).split(/(?<=\n)(?=diff --git )/), end };
}
