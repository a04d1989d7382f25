import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
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

/** How to run the edited orchfile, bundled beside the one that the other tests run. */
export async function orchfileWithSetup(command: string): Promise<RunSettings> {
	return { orchfile: await bundled(await editedOrchfile(command)), withoutTsx: true };
}

let number = 0;

/** Bundles an orchfile that stands in no file, as if it stood in this repository. */
export async function bundled(contents: string): Promise<string> {
	const outfile = join(dirname(process.env.ORCHFILE_BUNDLE ?? ""), `orchfile-${process.pid}-${++number}.js`);
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
