import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { RepositoryPaths } from "../contract/issue.ts";
import { splitZ } from "./commands/split.ts";
import { git } from "./git.ts";

const ATTRIBUTE = "linguist-generated";

/** Those of these paths that git's attributes call generated, as they are in the checkout. git is asked only where one says so at all. */
export async function findGenerated(
	{ root, commonDir }: RepositoryPaths,
	paths: readonly string[],
	signal: AbortSignal,
): Promise<Set<string>> {
	const files = [join(root, ".gitattributes"), join(commonDir, "info/attributes")];
	const texts = await Promise.all(files.map((file) => readFile(file, "utf8").catch(() => "")));
	if (paths.length === 0 || !texts.some((text) => text.includes(ATTRIBUTE))) return new Set();
	const input = [...new Set(paths)].map((path) => `${path}\0`).join("");
	const { stdout } = await git(["check-attr", "-z", "--stdin", ATTRIBUTE], { cwd: root, signal, input });
	const fields = splitZ(stdout);
	return new Set(fields.filter((_, at) => at % 3 === 0 && ["set", "true"].includes(fields[at + 2] ?? "")));
}
