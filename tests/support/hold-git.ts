import { appendFile, chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { World } from "./world.ts";

/** Name of the file that says that git waits, in the folder around the repository. */
export const REACHED = "filter-reached";

/** Has git wait in a filter of the user's own, for the files of a worktree that have `filter=hold`, until it is released. */
export async function holdGit({ repository }: World, filter: "clean" | "smudge") {
	const reached = join(repository.folder, REACHED);
	const released = join(repository.folder, "filter-released");
	const script = join(repository.folder, "hold");
	// Not where a run tries filters out before it begins, which is in the checkout's name.
	const where = 'case "$(git rev-parse --absolute-git-dir)" in */worktrees/*) ;; *) exec cat ;; esac';
	const wait = `touch '${reached}'\nuntil [ -e '${released}' ]; do sleep 0.02; done\nexec cat`;
	await writeFile(script, `#!/bin/sh\n${where}\n${wait}\n`);
	await chmod(script, 0o755);
	await appendFile(join(repository.home, ".gitconfig"), `[filter "hold"]\n\t${filter} = ${script}\n`);
	return { reached, release: () => writeFile(released, "") };
}
