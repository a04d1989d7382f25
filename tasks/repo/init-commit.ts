import { parseStatus, statusOf } from "./commands/status.ts";
import { git } from "./git.ts";

/** Commits whose subjects show what is usual. */
const SOME = 20;

/** Which of these paths of a checkout are not committed as they stand; what is not there, or ignored, is none of them. */
export async function findChanged(root: string, paths: readonly string[]): Promise<string[]> {
	const literal = paths.map((path) => `:(top,literal)${path}`);
	const args = statusOf("--no-renames", "--untracked-files=all", "--", ...literal);
	const entries = parseStatus((await git(args, { cwd: root })).stdout);
	return entries.flatMap(({ state, path }) => (/^.?D/.test(state) ? [] : [path]));
}

/** The subjects of the last commits, without those of merges; none in a repository without a commit. */
export async function lastSubjects(root: string): Promise<string[]> {
	const { stdout } = await git(["log", `-${SOME}`, "--no-merges", "--format=%s"], { cwd: root }).catch(() => ({
		stdout: "",
	}));
	return stdout.split("\n").filter(Boolean);
}
