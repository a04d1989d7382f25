import { readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { expect } from "vitest";
import type { RunSettings, World } from "./world.ts";

/** A line of a stack trace, or the word that announces one. */
export const STACK_TRACE = /^\s+at \S|defect of orchfile|node:internal|UnhandledPromise/m;

/**
 * The paths of everything a world's repository and what lies beside it consist of: branches, worktrees and logs are
 * files, so whatever a run made shows up. Codex keeps its own state in `CODEX_HOME`, which is left out; so are git's own
 * folders, since an empty one means nothing to git.
 */
export async function footprint({ repository }: World): Promise<string[]> {
	const entries = await readdir(repository.folder, { recursive: true, withFileTypes: true });
	return entries
		.map((entry) => ({ entry, path: relative(repository.folder, join(entry.parentPath, entry.name)) }))
		.filter(({ path }) => path.split(sep)[0] !== "codex-home")
		.filter(({ entry, path }) => !entry.isDirectory() || !path.split(sep).includes(".git"))
		.map(({ path }) => path)
		.sort();
}

/**
 * Runs the orchfile and expects it to refuse: exit code 2, a message without a stack, nothing made and no agent asked.
 * @returns the message, without the lines that tell what the run was about to look at.
 */
export async function refused(world: World, args: readonly string[], settings: RunSettings = {}): Promise<string> {
	const before = await footprint(world);
	const { exitCode, stdout, stderr } = await world.run(args, settings);
	expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 2, stdout: "" });
	expect(stderr).not.toBe("");
	expect(stderr).not.toMatch(STACK_TRACE);
	expect(await footprint(world)).toEqual(before);
	expect(world.model.requests).toEqual([]);
	return withoutProgress(stderr);
}

/** What a run said, without how far it had come. */
export function withoutProgress(stderr: string): string {
	return stderr.replace(
		/^(?:\S+ {2}\d\d:\d\d:\d\d {2}.*|.*: reading the backlog, .*|Issue branches start from .*)\n/gm,
		"",
	);
}
