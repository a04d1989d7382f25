import { appendFile, chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { World } from "./world.ts";

/** Name of the file that says that git waits, in the folder around the repository. */
export const REACHED = "filter-reached";

/** Has git wait in a filter of the user's own, for the files that have `filter=hold`, until it is released. */
export async function holdGit({ repository }: World, filter: "clean" | "smudge") {
	const reached = join(repository.folder, REACHED);
	const released = join(repository.folder, "filter-released");
	const script = join(repository.folder, "hold");
	await writeFile(script, `#!/bin/sh\ntouch '${reached}'\nuntil [ -e '${released}' ]; do sleep 0.02; done\nexec cat\n`);
	await chmod(script, 0o755);
	await appendFile(join(repository.home, ".gitconfig"), `[filter "hold"]\n\t${filter} = ${script}\n`);
	return { reached, release: () => writeFile(released, "") };
}
