import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, transform } from "./esbuild.ts";
import type { RunSettings } from "./world.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** This repository's orchfile as a person edits it who takes its comment on `worktree:setup` at its word. */
export async function editedOrchfile(command: string): Promise<string> {
	const text = await readFile(join(ROOT, "orchfile.ts"), "utf8");
	const edits: readonly (readonly [string, string])[] = [
		["// const setup = ", "const setup = "],
		['"npm ci"', JSON.stringify(command)],
		["needs: { agent, worktree }", "needs: { agent, worktree: setup }"],
		["ready, agent, worktree, dev,", "ready, agent, worktree, setup, dev,"],
	];
	return edits.reduce((edited, [from, to]) => {
		if (edited.split(from).length !== 2) throw new Error(`the orchfile does not have this once: ${from}`);
		return edited.replace(from, () => to);
	}, text);
}

/** How to run the edited orchfile. */
export async function orchfileWithSetup(command: string): Promise<RunSettings> {
	return asWritten(await editedOrchfile(command));
}

/** This repository's orchfile with checks for what dev has done. @param given what `verb.verify` is given, as it is written. */
export async function orchfileWithChecks(given: string, setUp?: string): Promise<RunSettings> {
	const text = setUp === undefined ? await readFile(join(ROOT, "orchfile.ts"), "utf8") : await editedOrchfile(setUp);
	const worktree = setUp === undefined ? "worktree" : "worktree: setup";
	const edits: readonly (readonly [string | RegExp, string])[] = [
		[
			"const cleaned = ",
			`const verify = verb.verify(${given});
const tested = perIssue("verify", { needs: { ${worktree}, dev, saved }, ...verify("dev") });
const cleaned = `,
		],
		["after: { worktree, dev, saved }", "after: { worktree, dev, saved, tested }"],
		["dev, saved, cleaned],\n", "dev, saved, tested, cleaned],\n"],
		["tasks: [dev, saved, cleaned]", "tasks: [dev, saved, tested, cleaned]"],
	];
	return asWritten(edits.reduce((edited, [from, to]) => edited.replace(from, () => to), text));
}

let number = 0;

/** How to run an orchfile that stands in no file: what it imports is the program that runs in the tests' own processes. */
export async function asWritten(contents: string): Promise<RunSettings> {
	const program = JSON.stringify(pathToFileURL(process.env.ORCHFILE_PROGRAM ?? "").href);
	const { code } = await transform(contents, { loader: "ts", format: "esm" });
	const orchfile = newFile();
	await writeFile(
		orchfile,
		code.replaceAll('"./tasks/index.ts"', () => program),
	);
	return { orchfile, withoutTsx: true, sharesProgram: true };
}

/** Bundles an orchfile that stands in no file, as if it stood in this repository. */
export async function bundled(contents: string): Promise<string> {
	const outfile = newFile();
	await build({
		absWorkingDir: ROOT,
		stdin: { contents, resolveDir: ROOT, loader: "ts" },
		outfile,
		bundle: true,
		format: "esm",
		platform: "node",
		external: ["@openai/codex-sdk", "listr2"],
		banner: {
			js: 'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);',
		},
	});
	return outfile;
}

/** Beside the orchfile that the other tests run. */
function newFile(): string {
	return join(dirname(process.env.ORCHFILE_BUNDLE ?? ""), `orchfile-${process.pid}-${++number}.js`);
}
