import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { promisify } from "node:util";
import { expectNoneLeft } from "./observe.ts";
import type { World } from "./world.ts";

/** A world as it was when this was made. */
export interface Beginning extends AsyncDisposable {
	/** Has all files of the world as they were: tests that begin alike pay once for how they begin. */
	again(): Promise<void>;
}

/** Keeps a copy of a world's files, to begin with for more than one test; paths in them hold, since the world stays where it is. */
export async function beginningOf(world: World): Promise<Beginning> {
	const { folder } = world.repository;
	const kept = `${folder}-beginning`;
	await copy(world, folder, kept);
	return {
		again: () => copy(world, kept, folder),
		[Symbol.asyncDispose]: () => rm(kept, { recursive: true, force: true }),
	};
}

/** Puts a folder in the place of another, with the times that git goes by. */
async function copy(world: World, from: string, to: string): Promise<void> {
	await expectNoneLeft(world);
	await rm(to, { recursive: true, force: true, maxRetries: 10 });
	await promisify(execFile)("cp", ["-a", from, to]);
}
