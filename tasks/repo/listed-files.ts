import { lstatSync } from "node:fs";
import { join } from "node:path";
import { splitZ } from "./commands/split.ts";
import { git } from "./git.ts";

/**
 * The files of a checkout that git has or would take, and that are there, relative to its top; none below `node_modules`, which may not be
 * ignored yet.
 * @param pathspecs as git reads them.
 */
export async function listFiles(root: string, ...pathspecs: readonly string[]): Promise<string[]> {
	const asked = ["--cached", "--others", "--exclude-standard", "--exclude=node_modules/", "--deduplicate"];
	return listed(root, asked, pathspecs);
}

/** The files of a checkout that git ignores, likewise. */
export async function listIgnored(root: string, ...pathspecs: readonly string[]): Promise<string[]> {
	return listed(root, ["--others", "--ignored", "--exclude-standard"], pathspecs);
}

async function listed(root: string, asked: readonly string[], pathspecs: readonly string[]): Promise<string[]> {
	const { stdout } = await git(["ls-files", "-z", ...asked, "--", ...pathspecs], { cwd: root });
	const isThere = (file: string) => lstatSync(join(root, file), { throwIfNoEntry: false })?.isFile() === true;
	return splitZ(stdout).filter((file) => !/(?:^|\/)node_modules\//.test(file) && isThere(file));
}
