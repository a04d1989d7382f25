import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createWorld, type World } from "../support/world.ts";

/** Stands in for Codex and writes as many bytes of events as it is told, as fast as it can. */
export const FLOODING_CODEX = fileURLToPath(new URL("../support/fake-codex.mjs", import.meta.url));

export const MEGABYTE = 1_000_000;

/** A world whose issues `FLOOD-1`, `FLOOD-2` … of milestone `M1` are answered by {@link FLOODING_CODEX}. */
export function createFlood(issues: number): Promise<World> {
	return createWorld(Array.from({ length: issues }, (_, at) => ({ id: `FLOOD-${at + 1}` })));
}

/** Sets how many bytes of events a turn has from now on. */
export async function setFlood({ codexHome }: World, bytes: number): Promise<void> {
	await writeFile(join(codexHome, "sizes.json"), JSON.stringify({ flood: bytes }));
}
