/** A path by which a worktree differs from what is committed. */
export interface StatusEntry {
	/** Two letters, of the index and of the worktree: git-status(1). */
	readonly state: string;
	readonly path: string;
	/** What it was called before it was renamed, or what it is a copy of. */
	readonly from?: string;
}

/** Arguments of the `git status` that {@link parseStatus} reads. */
export function statusOf(...flags: readonly string[]): string[] {
	return ["status", "--porcelain", "-z", ...flags];
}

/** Reads what `git status --porcelain -z` has printed. */
export function parseStatus(stdout: string): StatusEntry[] {
	const fields = stdout.split("\0").slice(0, -1)[Symbol.iterator]();
	const entries: StatusEntry[] = [];
	for (const field of fields) {
		const entry = { state: field.slice(0, 2), path: field.slice(3) };
		// The old name is a field of its own, without a state.
		const from = /[RC]/.test(entry.state) ? fields.next().value : undefined;
		entries.push(from === undefined ? entry : { ...entry, from });
	}
	return entries;
}
