/** A commit with what it says and what it changes. */
export interface LoggedPatch {
	readonly hash: string;
	readonly message: string;
	/** As `git patch-id` reads it; empty for a commit that changes nothing. */
	readonly patch: string;
}

/** What a patch has to look like to be compared with another one, whatever a person's settings are. */
const PATCH_FLAGS = [
	"--no-ext-diff",
	"--no-textconv",
	"--no-color",
	"--no-renames",
	"--no-indent-heuristic",
	"--diff-algorithm=myers",
	"--ignore-submodules=none",
	"--unified=3",
	"--inter-hunk-context=0",
	"--src-prefix=a/",
	"--dst-prefix=b/",
	"--full-index",
	"--binary",
];

/** Arguments of the `git log` that {@link parsePatchLog} reads. Merges have no changes of their own, and are left out. */
export function patchLog(...revisionsAndPaths: readonly string[]): string[] {
	return [
		"log",
		"-p",
		"--no-merges",
		"--no-show-signature",
		"--no-notes",
		...PATCH_FLAGS,
		FORMAT,
		...revisionsAndPaths,
	];
}

const FORMAT = "--format=%x00commit %H%x00%B%x00";

/** Arguments of a `git diff` whose output is a patch as those of {@link patchLog}. */
export function patchBetween(from: string, to: string): string[] {
	return ["diff", ...PATCH_FLAGS, from, to];
}

/** Reads the commits that the `git log` of {@link patchLog} has printed, the latest first. */
export function parsePatchLog(stdout: string): LoggedPatch[] {
	const [, ...fields] = stdout.split(/\0commit ([0-9a-f]{40,64})\0([^\0]*)\0/);
	const commits: LoggedPatch[] = [];
	for (let at = 0; at + 2 < fields.length; at += 3) {
		const [hash = "", message = "", patch = ""] = fields.slice(at, at + 3);
		commits.push({ hash, message, patch: patch.trim() === "" ? "" : patch });
	}
	return commits;
}

/** The paths that patches are about; nothing where git has quoted one, which none but git can read back. */
export function pathsIn(patches: readonly LoggedPatch[]): string[] | undefined {
	const lines = patches.flatMap(({ patch }) => patch.match(/^diff --git .*$/gm) ?? []);
	const names = lines.map((line) => line.slice("diff --git ".length));
	if (names.some((name) => name.startsWith('"'))) return undefined;
	// Without renames both names are one: `a/NAME b/NAME`.
	return [...new Set(names.map((name) => name.slice("a/".length, (name.length - 1) / 2)))];
}

/** Patches as `git patch-id` reads them, each with the commit that its id is to be given with. */
export function patchIdInput(patches: readonly Pick<LoggedPatch, "hash" | "patch">[]): string {
	return patches.map(({ hash, patch }) => `commit ${hash}\n${patch}\n`).join("");
}

/** Reads what `git patch-id` has printed: the ids of patches, by the commits that they were given with. */
export function parsePatchIds(stdout: string): Map<string, string> {
	const lines = stdout.split("\n").filter(Boolean);
	return new Map(lines.map((line) => [line.slice(line.indexOf(" ") + 1), line.slice(0, line.indexOf(" "))]));
}
