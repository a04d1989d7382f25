import { basename, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { Failure } from "../contract/problem.ts";
import type { Mistake } from "../engine/mistakes.ts";
import { findInvocation } from "./invocation.ts";
import type { Orchfile } from "./orchfile.ts";
import { runProgram, sayAs } from "./program.ts";
import { watchLoading } from "./strays.ts";
import { ownStart } from "./surroundings.ts";
import { tellFailure } from "./tell-failure.ts";

let hasBegun = false;

// What a mistake throws in an orchfile that is started by itself, nobody else can tell in words.
const [, started = ""] = process.argv;
if (/(?:^|[\\/])orchfile\.[cm]?[jt]s$/.test(started)) watchLoading(resolve(started), () => hasBegun);

/**
 * The command line of an orchfile: reads the arguments, does what they ask for and sets the exit code.
 * Does nothing when the orchfile is imported by another module.
 * @param url `import.meta.url` of the orchfile.
 */
export async function main(graph: Orchfile, url: string): Promise<void> {
	const site = new Error("called");
	const isAddress = typeof url === "string" && url.startsWith("file:");
	const lineOfCall = async () => (await import("../system/stack.ts")).lineOfTheirs(site);
	const orchfile = isAddress ? fileURLToPath(url) : (await lineOfCall())?.file;
	const invocation = orchfile === undefined ? undefined : findInvocation(orchfile);
	if (orchfile === undefined || !invocation) return;
	const start = ownStart();
	if (hasBegun) {
		const twice = new Failure({ kind: "main-twice", path: orchfile, ...(await lineOfCall()) });
		const say = sayAs(invocation.command, start, () => start.cwd);
		const exitCode = await tellFailure(
			start,
			say,
			() => start.cwd,
			() => Promise.reject(twice),
		);
		process.exitCode ||= exitCode;
		return;
	}
	hasBegun = true;
	const mistakes: Mistake[] = isAddress
		? []
		: [{ site, what: `main was given ${JSON.stringify(url)} for its address`, expected: "import.meta.url" }];
	const exitCode = await runProgram(graph, basename(orchfile), { ...invocation, orchfile }, start, mistakes);
	// A second call may have told its own.
	process.exitCode = exitCode || process.exitCode || 0;
}
