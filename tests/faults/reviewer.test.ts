import { execFile } from "node:child_process";
import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { given } from "../../tasks/contract/given.ts";
import type { AttemptRecord } from "../../tasks/contract/record.ts";
import { answer, reviewAnswer, run, shellQuoted } from "../../tasks/rehearsal/answers.ts";
import { codexBinary } from "../../tasks/runner/codex/package.ts";
import { reviewOrchfile } from "../support/review-orchfile.ts";
import type { Script } from "../support/scripted-model.ts";
import { devResult } from "../support/scripts.ts";
import { createWorld, type World } from "../support/world.ts";

const IS_ROOT = process.getuid?.() === 0;
const NOBODY = 65_534;
/** What the reviewer's sandbox is made of, and whose it is. Codex's alone leaves the kernel's settings open to root, and is refused. */
const PLACES: readonly (readonly [
	string,
	{ readonly codex?: string; readonly bubblewrap?: string; readonly user?: number },
])[] = [
	["completed, with a layer", {}],
	...(IS_ROOT ? [["completed, with a layer, as a user", { user: NOBODY }] as const] : []),
	[
		"completed, where nothing can be laid over",
		{ bubblewrap: '[ "$1" != --help ] || { "$bwrap" --help | grep -v overlay; exit; }; exec "$bwrap" "$@"' },
	],
	["Codex's alone", { codex: `PATH=\${PATH#*/sandbox/bin:} exec "$codex" "$@"`, ...(IS_ROOT ? { user: NOBODY } : {}) }],
];
const SECRET = "said-in-the-thread-of-dev";

/** Ways to change the worktree or its branch, `$W`, and to read what was said in another thread. */
const ATTEMPTS = `
echo new > "$W/new.txt"; echo more >> "$W/A.txt"; rm -f "$W/README.md"; mkdir "$W/folder"; chmod 777 "$W"; touch -d 2001-01-01 "$W/A.txt"
ln "$W/A.txt" "$TMPDIR/linked" && echo more >> "$TMPDIR/linked"
ln -s "$W" "$TMPDIR/way" && echo more > "$TMPDIR/way/by-link.txt"
echo "gitdir: /nowhere" > "$W/.git"
echo more > "/proc/1/root$W/by-root.txt"; echo more > "/proc/self/cwd/by-cwd.txt"
mv "$W" "$W-moved"; mv "\${W%/*}" "\${W%/*}-moved"
mount -o remount,rw,bind "$W" && echo more > "$W/by-remount.txt"
umount -l "$W" && echo more > "$W/by-umount.txt"
unshare -Urm sh -c 'mount -o remount,rw,bind "$0"; umount -l "$0"; echo more > "$0/by-unshare.txt"' "$W"
cd "$W" && git add -A; git commit -q -m mine --allow-empty; git branch mine; git stash -u; git update-ref HEAD HEAD~1; git checkout -q --detach
`;

test.skipIf(process.platform !== "linux").each(PLACES)(
	"a reviewer changes neither the worktree nor its branch, and reads no other thread: %s",
	async (_, { codex = 'exec "$codex" "$@"', bubblewrap = 'exec "$bwrap" "$@"', user }) => {
		const outputs: string[] = [];
		const script: Script = async function* (prompted) {
			if (prompted.prompt.includes("\n# Phase: dev\n")) {
				yield run(`echo ${SECRET}; echo written > A.txt`);
				yield answer(devResult(prompted));
				return;
			}
			const { repository, codexHome } = world;
			const variables = `W=${shellQuoted(prompted.context.worktreePath)}; L=${shellQuoted(repository.path)}/logs; C=${shellQuoted(codexHome)}`;
			outputs.push(yield run(`{ ${variables}; ${ATTEMPTS} } 2>&1 | tail -c 5000`));
			outputs.push(
				yield run(
					`${variables}; grep -rlaF ${SECRET} "$L" "$C" "/proc/1/root$L" "/proc/1/root$C" 2>/dev/null; echo looked`,
				),
			);
			// What a suite does that writes beside its sources.
			outputs.push(yield run('mkdir -p coverage && echo done > coverage/report && cat coverage/report; echo "$?"'));
			yield answer(reviewAnswer(prompted, { summary: "Does what the issue asks for." }));
		};
		await using world: World = await createWorld([{ id: "A", script }]);
		const { repository } = world;
		const program = await makeCodex(join(repository.folder, "codex"), codex, bubblewrap);
		const worktree = join(`${repository.path}.worktrees`, "A");
		if (user !== undefined) {
			await repository.git(["config", "--global", "safe.directory", "*"]);
			await promisify(execFile)("chown", ["-R", `${user}:${user}`, repository.folder]);
		}
		const as = { ...(await reviewOrchfile()), ...given({ user }), ownProcess: true };
		const first = await world.run(["verify", "A", "--codex", program], as);
		expect(first, first.stderr).toMatchObject({ exitCode: 0 });
		const before = await look(world, worktree);
		const finished = await world.run(["phase:review-1", "A", "--codex", program], as);

		expect(finished, finished.stderr).toMatchObject({ exitCode: 0 });
		expect(await world.log<AttemptRecord>("M1/A/review-1-run.json")).toMatchObject({ outcome: "pass", reason: null });
		expect(await look(world, worktree), outputs.join("\n")).toEqual(before);
		expect(before.files).toMatchObject({ "A.txt": "written\n" });
		expect(outputs[1]?.trim().split("\n").at(-1)).toBe("looked");
		expect(outputs[1]).not.toContain("/");
		// They would be found where nothing is denied.
		expect(await readFile(join(repository.path, "logs/orch/M1/A/dev.jsonl"), "utf8")).toContain(SECRET);
		const isLaidOver = bubblewrap === 'exec "$bwrap" "$@"' && codex === 'exec "$codex" "$@"';
		expect(outputs[2]).toMatch(isLaidOver ? /^done\n0$/m : /Read-only file system|Permission denied/);
	},
);

async function look({ repository }: World, worktree: string) {
	const names = (await readdir(worktree)).filter((name) => name !== "docs").sort();
	const contents = await Promise.all(names.map((name) => readFile(join(worktree, name), "utf8")));
	return {
		files: Object.fromEntries(names.map((name, at) => [name, contents[at]])),
		beside: (await readdir(dirname(worktree))).sort(),
		refs: await repository.git(["for-each-ref", "--format=%(refname) %(objectname)"]),
		status: await repository.git(["-C", worktree, "-c", "safe.directory=*", "status", "--porcelain", "--branch"]),
	};
}

/** A Codex with the bubblewrap that it brings, each behind a script. */
async function makeCodex(folder: string, codex: string, bubblewrap: string): Promise<string> {
	const real = codexBinary();
	const bwrap = join(dirname(dirname(real)), "codex-resources/bwrap");
	for (const [name, text] of Object.entries({ "bin/codex": codex, "codex-resources/bwrap": bubblewrap })) {
		await mkdir(dirname(join(folder, name)), { recursive: true });
		const variables = `codex=${shellQuoted(real)} bwrap=${shellQuoted(bwrap)}`;
		await writeFile(join(folder, name), `#!/bin/sh\n${variables}\n${text}\n`);
		await chmod(join(folder, name), 0o755);
	}
	return join(folder, "bin/codex");
}
