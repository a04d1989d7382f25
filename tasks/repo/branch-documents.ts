import type { RepositoryPaths } from "../contract/issue.ts";
import { git } from "./git.ts";

/** The trailers of `commitMessage` that say whose a commit is. Asked of refs, git mixes up what it is asked for twice. */
const TRAILERS = "%(trailers:key=Orch-Issue,key=Orch-Document)";

/** What a commit says of the issue that it was made for. */
interface Told {
	/** What its addresses are named after. */
	readonly issue: string;
	readonly file: string;
}

/** What the commits at the tips of these branches were made for, where they tell. */
export async function documentsOfBranches(
	{ root: cwd }: RepositoryPaths,
	branches: readonly string[],
): Promise<ReadonlyMap<string, Told>> {
	const refs = branches.map((branch) => `refs/heads/${branch}`);
	const { stdout } = await git(["for-each-ref", `--format=%(refname:lstrip=2)%00${TRAILERS}%00`, ...refs], { cwd });
	const fields = stdout.split("\0");
	const told = new Map<string, Told>();
	for (let at = 0; at + 1 < fields.length; at += 2) {
		const said = toldIn(fields[at + 1] ?? "");
		// A line feed stands between two refs.
		if (said) told.set((fields[at] ?? "").trim(), said);
	}
	return told;
}

/** The document that the last commit of an issue on its branch was made for, of those that the base does not have. */
export async function documentOfBranch(
	{ root: cwd }: RepositoryPaths,
	branch: string,
	issue: string,
	base: string,
): Promise<string | undefined> {
	const format = ["--no-show-signature", "--no-notes", `--format=${TRAILERS}%x00`];
	const { stdout } = await git(["log", ...format, `refs/heads/${branch}`, "--not", base], { cwd, expect: [128] });
	return stdout
		.split("\0")
		.map(toldIn)
		.find((told) => told?.issue === issue)?.file;
}

/** Commits of earlier versions do not tell of their documents. */
function toldIn(trailers: string): Told | undefined {
	const of = (name: string) => new RegExp(`^Orch-${name}: (.+)$`, "m").exec(trailers)?.[1]?.trim();
	const [issue, file] = [of("Issue"), of("Document")];
	return issue === undefined || file === undefined ? undefined : { issue, file };
}
