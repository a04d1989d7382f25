import type { CommitReport } from "../../contract/report.ts";

/** A commit with what it comes from. */
export interface LoggedCommit extends CommitReport {
	readonly parents: readonly string[];
}

const FORMAT = "%x00%H%x00%P%x00%aI%x00%s%x00%(trailers:only,unfold,separator=%x1f,key_value_separator=%x1e)%x00";

/** Arguments of the `git log` that {@link parseOwnLog} reads: what these commits hold and `base` does not, the latest first. */
export function ownLog(commits: readonly string[], base: string): string[] {
	const flags = [
		"--topo-order",
		"--no-show-signature",
		"--no-notes",
		"--no-decorate",
		"--ignore-missing",
		"-s",
		"--max-count=10000",
	];
	return ["log", ...flags, `--format=${FORMAT}`, ...commits, `^${base}`, "--"];
}

/** Reads what the `git log` of {@link ownLog} has printed. */
export function parseOwnLog(stdout: string): LoggedCommit[] {
	const [, ...fields] = stdout.split("\0");
	const commits: LoggedCommit[] = [];
	for (let at = 0; at + 4 < fields.length; at += 6) {
		const [commit = "", parents = "", date = "", subject = "", trailers = ""] = fields.slice(at, at + 5);
		commits.push({
			commit,
			subject,
			at: date,
			trailers: trailers.split("\x1f").flatMap((each) => {
				const [key = "", value = ""] = each.split("\x1e");
				return key === "" ? [] : [[key, value] as const];
			}),
			parents: parents.split(" ").filter(Boolean),
		});
	}
	return commits;
}
