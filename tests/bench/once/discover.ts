// Discovers the issues in a folder, or only opens the repository for it, or only reads the bytes that it takes, or reads and
// parses them with the packages that we use, and prints the milliseconds.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import matter from "gray-matter";
import { load } from "js-yaml";
import * as z from "zod";
import { DEFAULT_LAYOUT } from "../../../tasks/contract/layout.ts";
import type { RunOptions } from "../../../tasks/contract/options.ts";
import { discoverIssues } from "../../../tasks/discover.ts";
import { openRepository } from "../../../tasks/repo/repository.ts";

const [what, directory = ""] = process.argv.slice(2);
const context = {
	options: { directory, layout: DEFAULT_LAYOUT } as RunOptions,
	signal: new AbortController().signal,
	report() {},
};
const from = performance.now();
const count = await act();
const took = performance.now() - from;
if (count === 0) throw new Error(`nothing was found in ${directory}`);
process.stdout.write(String(took));

async function act(): Promise<number> {
	if (what === "read") return readBytes(directory);
	if (what === "parse") return parseDocuments(directory);
	if (what === "open") return (await openRepository(directory)).root.length;
	return (await discoverIssues(undefined, context)).issues.length;
}

/** As fast as Node does it: one call for all names, and files one after the other without waiting for the event loop. */
function readBytes(root: string): number {
	return documents(root).filter((file) => readFileSync(file).length > 0).length;
}

/** The least with these packages: nothing is checked but the type of one field, and nothing is kept. */
function parseDocuments(root: string): number {
	const schema = z.object({ id: z.string() });
	const options = { engines: { yaml: (text: string) => load(text) as object } };
	return documents(root).filter((file) => schema.safeParse(matter(readFileSync(file, "utf8"), options).data).success)
		.length;
}

function documents(root: string): string[] {
	const entries = readdirSync(join(root, "docs/projects"), { recursive: true, withFileTypes: true });
	return entries
		.filter((entry) => entry.isFile() && entry.name.endsWith(".md"))
		.map((file) => join(file.parentPath, file.name));
}
