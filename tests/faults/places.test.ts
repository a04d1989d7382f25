import { copyFile, mkdir, rename, symlink, unlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { editAndPass } from "../support/scripts.ts";
import { snapshot } from "../support/snapshot.ts";
import { createWorld } from "../support/world.ts";

test.concurrent("what an agent of the run could write to is refused before anything is made, wherever links lead", async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }, { id: "A-2" }]);
	const { repository } = world;
	const { folder, path } = repository;
	const worktrees = `${path}.worktrees`;
	const planned = join(worktrees, "A-1");
	const refuse = async (place: RegExp, lies: string, env: Record<string, string> = {}, args: string[] = []) => {
		const before = await snapshot(repository, { everything: true });
		const refused = await world.run(["dev", "M1", ...args], { env });
		expect(refused).toMatchObject({ exitCode: 2, stdout: "" });
		expect(refused.stderr).toMatch(new RegExp(`^${place.source} \\(\\S+\\) lies in ${lies}, which an agent`, "m"));
		expect(await snapshot(repository, { everything: true })).toEqual(before);
	};
	const codexHome = join(planned, "home/x");
	await refuse(/CODEX_HOME/, planned, { CODEX_HOME: codexHome });
	await refuse(/CODEX_HOME/, join(path, ".git"), { CODEX_HOME: join(path, ".git/x") }, ["--git-access"]);

	// What only a link brings there: the folder of worktrees is the one that its parts lie in.
	await symlink(planned, join(folder, "link"));
	await refuse(/CODEX_HOME/, planned, { CODEX_HOME: join(folder, "link") });
	await mkdir(join(folder, "real/A-1/tmp"), { recursive: true });
	await symlink(join(folder, "real"), worktrees);
	const real = join(folder, "real/A-1");
	await refuse(/The folder for temporary files/, real, { TMPDIR: join(real, "tmp") });
	await copyFile("/bin/true", join(real, "codex"));
	await refuse(/The Codex program/, real, { ORCH_CODEX: join(real, "codex") });
	await symlink(join(real, "logs"), join(path, "logs"));
	await refuse(/The repository's log folder/, real);
	await unlink(join(path, "logs"));
	await rename(join(path, ".git"), join(real, "git"));
	await symlink(join(real, "git"), join(path, ".git"));
	await refuse(/The repository's git folder/, real);
	await unlink(join(path, ".git"));
	await rename(join(real, "git"), join(path, ".git"));
	// A repository that is where one of its worktrees would be.
	await rename(path, join(folder, "A-2"));
	await symlink(join(folder, "A-2"), path);
	await symlink(folder, join(folder, "A-2.worktrees"));
	await refuse(/The repository/, join(folder, "A-2"));
});
