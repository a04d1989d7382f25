import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { transform } from "./esbuild.ts";
import type { RunSettings } from "./world.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Something of the orchfile to be replaced. */
export type Edit = readonly [from: string | RegExp, to: string];

/** What stands in the place of this repository's checks. */
const CHECKS = /verb\.verify\(\[.*?^\]\)/ms;

/** This repository's orchfile as a person edits it who takes its comment on `worktree:setup` at its word. */
export async function editedOrchfile(command: string): Promise<string> {
	return edited(await readFile(join(ROOT, "orchfile.ts"), "utf8"), [
		['const worktree = perIssue("worktree:create"', 'const created = perIssue("worktree:create"'],
		["// const worktree = ", "const worktree = "],
		['"npm ci"', JSON.stringify(command)],
		["...first, worktree, ", "...first, created, worktree, "],
	]);
}

function edited(text: string, edits: readonly Edit[]): string {
	return edits.reduce((now, [from, to]) => {
		const next = now.replace(from, to);
		if (next === now) throw new Error(`the orchfile does not have this: ${from}`);
		return next;
	}, text);
}

/** How to run the edited orchfile. */
export async function orchfileWithSetup(command: string): Promise<RunSettings> {
	return asWritten(await editedOrchfile(command));
}

/** This repository's orchfile with these checks. @param given what `verb.verify` is given, as it is written. */
export async function deliverOrchfile(given: string, setUp?: string, ...edits: readonly Edit[]): Promise<RunSettings> {
	const text = setUp === undefined ? await readFile(join(ROOT, "orchfile.ts"), "utf8") : await editedOrchfile(setUp);
	return asWritten(edited(text, [[CHECKS, `verb.verify(${given.replaceAll("$", "$$$$")})`], ...edits]));
}

/** The same, in which `dev` is what is checked and no more: no agent judges it. */
export function orchfileWithChecks(given: string, setUp?: string): Promise<RunSettings> {
	return deliverOrchfile(given, setUp, [
		"tasks: [dev, saved, cleaned, page]",
		"tasks: [dev, saved, tested, cleaned, page]",
	]);
}

let number = 0;

/** How to run an orchfile that stands in no file: what it imports is the program that runs in the tests' own processes. */
export async function asWritten(contents: string): Promise<RunSettings> {
	// Where every run is a process of its own, as in the soak, it is the same program.
	const { ORCHFILE_PROGRAM, ORCHFILE_BUNDLE = "" } = process.env;
	const file = ORCHFILE_PROGRAM || join(dirname(ORCHFILE_BUNDLE), "in-process/program.js");
	const program = JSON.stringify(pathToFileURL(file).href);
	const { code } = await transform(contents, { loader: "ts", format: "esm" });
	const orchfile = newFile();
	await writeFile(
		orchfile,
		code.replaceAll('"./tasks/index.ts"', () => program),
	);
	return { orchfile, withoutTsx: true, sharesProgram: true };
}

/** Beside the orchfile that the other tests run. */
function newFile(): string {
	return join(dirname(process.env.ORCHFILE_BUNDLE ?? ""), `orchfile-${process.pid}-${++number}.js`);
}
