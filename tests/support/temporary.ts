import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { World } from "./world.ts";

/** The environment in which a run's temporary files go with its world: one that is killed can't remove them. */
export async function ownTemporaryFolder({ repository }: World): Promise<Record<string, string>> {
	const folder = join(repository.folder, "tmp");
	await mkdir(folder);
	return { TMPDIR: folder };
}
