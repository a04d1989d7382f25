import type { RepositoryPaths } from "../contract/issue.ts";
import { git } from "./git.ts";

/** The issue documents that the commits at the tips of these branches were made for, where they tell. */
export async function documentsOfBranches(
	{ root: cwd }: RepositoryPaths,
	branches: readonly string[],
): Promise<ReadonlyMap<string, string>> {
	const refs = branches.map((branch) => `refs/heads/${branch}`);
	const args = ["for-each-ref", "--format=%(refname:lstrip=2)%00%(trailers:key=Orch-Document,valueonly)%00", ...refs];
	const fields = (await git(args, { cwd })).stdout.split("\0");
	const documents = new Map<string, string>();
	for (let at = 0; at + 1 < fields.length; at += 2) {
		const [branch = "", file = ""] = fields.slice(at, at + 2).map((field) => field.trim());
		if (file !== "") documents.set(branch, file);
	}
	return documents;
}

/** The issue document that the last commit of a branch was made for that tells, of those that the base does not have. */
export async function documentOfBranch(
	{ root: cwd }: RepositoryPaths,
	branch: string,
	base: string,
): Promise<string | undefined> {
	const args = [
		"log",
		"--no-show-signature",
		"--no-notes",
		"--format=%(trailers:key=Orch-Document,valueonly)%x00",
		`refs/heads/${branch}`,
	];
	const { stdout } = await git([...args, "--not", base], { cwd, expect: [128] });
	return stdout
		.split("\0")
		.map((each) => each.trim())
		.find(Boolean);
}
