// Makes worktrees by our own function, all asked for at once, or by plain git, and prints the milliseconds.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { addWorktree } from "../../../tasks/repo/worktree/add.ts";

const run = promisify(execFile);
const [how = "", root = "", count = "", ...settings] = process.argv.slice(2);
const ids = Array.from({ length: Number(count) }, (_, at) => `I-${at + 1}`);
const head = (await run("git", ["-C", root, "rev-parse", "main"])).stdout.trim();
const path = (id: string) => join(`${root}.worktrees`, id);
const from = performance.now();
if (how === "ours") await Promise.all(ids.map(addOurs));
else if (how === "at-once") await Promise.all(ids.map(addPlain));
else for (const id of ids) await addPlain(id);
process.stdout.write(String(performance.now() - from));

async function addOurs(id: string): Promise<void> {
	const issue = {
		id,
		repository: { root, commonDir: join(root, ".git") },
		base: { name: "main", commit: head },
		branch: `issue/${id}`,
		worktreePath: path(id),
	};
	await addWorktree(issue, undefined, head, new AbortController().signal, { atOnce: true });
}

/** Side by side, some fail because they read what another is just writing; then it is tried again. */
async function addPlain(id: string): Promise<void> {
	const options = settings.flatMap((setting) => ["-c", setting]);
	const add = () => run("git", ["-C", root, ...options, "worktree", "add", "-q", "-B", `issue/${id}`, path(id), head]);
	for (let failed = 0; ; failed++) {
		try {
			await add();
			return;
		} catch (error) {
			if (how !== "at-once" || failed === 10) throw error;
		}
	}
}
