// Discovers the issues in a folder, or only opens the repository for it, or only reads the bytes that it takes, and prints
// the milliseconds.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { RunOptions } from "../../../tasks/contract/options.ts";
import { discoverIssues } from "../../../tasks/discover.ts";
import { openRepository } from "../../../tasks/repo/repository.ts";

const [what, directory = ""] = process.argv.slice(2);
const context = { options: { directory } as RunOptions, signal: new AbortController().signal, report() {} };
const from = performance.now();
const count = await act();
const took = performance.now() - from;
if (count === 0) throw new Error(`nothing was found in ${directory}`);
process.stdout.write(String(took));

async function act(): Promise<number> {
	if (what === "read") return readBytes(directory);
	if (what === "open") return (await openRepository(directory)).root.length;
	return (await discoverIssues(undefined, context)).issues.length;
}

/** As fast as Node does it: one call for all names, and files one after the other without waiting for the event loop. */
function readBytes(root: string): number {
	const entries = readdirSync(join(root, "docs/projects"), { recursive: true, withFileTypes: true });
	const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(".md"));
	return files.filter((file) => readFileSync(join(file.parentPath, file.name)).length > 0).length;
}
