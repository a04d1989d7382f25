import { basename } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { findInvocation } from "./invocation.ts";
import type { Orchfile } from "./orchfile.ts";
import { runProgram } from "./program.ts";
import { ownStart } from "./surroundings.ts";

/**
 * The command line of an orchfile: reads the arguments, does what they ask for and sets the exit code.
 * Does nothing when the orchfile is imported by another module.
 * @param url `import.meta.url` of the orchfile.
 */
export async function main(graph: Orchfile, url: string): Promise<void> {
	const orchfile = fileURLToPath(url);
	const invocation = findInvocation(orchfile);
	if (invocation) process.exitCode = await runProgram(graph, basename(orchfile), invocation, ownStart());
}
