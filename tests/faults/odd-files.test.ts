import { execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { STACK_TRACE } from "../support/footprint.ts";
import { until } from "../support/observe.ts";
import type { Script } from "../support/scripted-model.ts";
import { devResult, gate } from "../support/scripts.ts";
import { commandsIn, typed } from "../support/typed.ts";
import { createWorld, type World } from "../support/world.ts";

const shell = promisify(execFile);

/** Root may read and write everything, so its tests run as somebody else. */
const user = process.getuid?.() === 0 ? 65_534 : undefined;

const DEEP = Array.from({ length: 100 }, (_, at) => `level-${at}`).join("/");

/** What an agent leaves in its worktree, each on an issue of its own. */
const WORK: Readonly<Record<string, string>> = {
	"READ-ONLY": `
		mkdir -p module/v1 && echo work > module/v1/file.txt && chmod a-w module/v1/file.txt module/v1 module
		mkdir -p cache/pkg/closed && echo x > cache/pkg/closed/x && chmod 000 cache/pkg/closed && chmod a-w cache/pkg cache`,
	"CLOSED-FILE": "echo top > top.txt && echo work > 'closed file.txt' && chmod 000 'closed file.txt'",
	"CLOSED-FOLDER": "echo top > top.txt && mkdir -p a/closed && echo work > a/closed/work.txt && chmod 000 a/closed",
	"CLOSED-IGNORED": "echo closed/ >> .gitignore && mkdir closed && echo work > closed/work.txt && chmod 000 closed",
	ODD: `
		mkfifo pipe && ln -s / outwards && ln -s nowhere dangling && mkdir -p ${DEEP} && echo deep > ${DEEP}/file.txt
		echo x > "$(printf 'new\\nline')" && echo x > "$(printf 'latin-\\351')" && echo x > -rf && echo x > ':(top)x'`,
};

test("what git finds hard to read, to commit or to remove is committed, or kept and named", async ({ skip }) => {
	const written = gate();
	const script: Script = async function* (prompted) {
		yield { kind: "run", command: WORK[prompted.issueId] ?? "" };
		if (prompted.issueId === "ODD") await written.wait();
		yield { kind: "answer", text: JSON.stringify(devResult(prompted)) };
	};
	await using world = await createWorld(
		Object.keys(WORK).map((id) => ({ id })),
		{ script },
	);
	const { repository } = world;
	const { git } = repository;
	await repository.write(".gitignore", "cache/\n");
	await repository.commit();
	await handOver(world);
	const settings = user === undefined ? {} : { user };
	const { exitCode: version } = await world.run(["--version"], settings);
	skip(version !== 0, "this program lies where only root can read it");

	const running = world.start(["dev", "M1", "-j", "2"], settings);
	await Promise.race([written.reached, until(running, () => false)]);
	const socket = createServer().listen(join(worktreeOf(world, "ODD"), "socket"));
	await once(socket, "listening");
	written.release();
	const { exitCode, stdout, stderr } = await running.finished;
	socket.close();

	expect(exitCode, stderr).toBe(1);
	expect(stderr).not.toMatch(STACK_TRACE);
	for (const id of ["READ-ONLY", "ODD"]) {
		expect(stdout, stderr).toMatch(new RegExp(`^${id} +pass `, "m"));
		expect(existsSync(worktreeOf(world, id))).toBe(false);
	}
	expect(await git(["show", "issue/READ-ONLY:module/v1/file.txt"])).toBe("work");
	const files = await shell("git", ["diff", "--name-only", "-z", "main...issue/ODD"], {
		cwd: repository.path,
		env: { PATH: process.env.PATH, HOME: repository.home },
		encoding: "latin1",
	});
	const expected = ["-rf", ":(top)x", "dangling", "latin-\u00e9", `${DEEP}/file.txt`, "new\nline", "outwards"];
	expect(files.stdout.split("\0").filter(Boolean).sort()).toEqual(expected.sort());
	expect(await git(["worktree", "list"])).not.toContain("READ-ONLY");

	expect(stdout).toMatch(/^CLOSED-IGNORED +failed: work-ignored /m);
	expect(stderr).toMatch(/^CLOSED-IGNORED {2}In .*: closed\/\. The worktree is kept\.$/m);
	expect(existsSync(worktreeOf(world, "CLOSED-IGNORED"))).toBe(true);
	for (const [id, path] of [
		["CLOSED-FILE", "closed file.txt"],
		["CLOSED-FOLDER", "a/closed"],
	] as const) {
		expect(stdout).toMatch(new RegExp(`^${id} +failed: work-unreadable `, "m"));
		expect(await git(["rev-parse", `issue/${id}`])).toBe(await git(["rev-parse", "main"]));
		const message = stderr.split(/\n\n/).find((paragraph) => paragraph.startsWith(`${id}  The `)) ?? "";
		expect(message).toContain(path);
		const [readable = ""] = commandsIn(message, "chmod ");
		expect(await typed(world, readable)).toMatchObject({ exitCode: 0 });
		expect(await world.run(["dev", id], settings)).toMatchObject({ exitCode: 0 });
		expect(existsSync(worktreeOf(world, id))).toBe(false);
	}
	expect(await git(["show", "issue/CLOSED-FILE:closed file.txt"])).toBe("work");
	expect(await git(["show", "issue/CLOSED-FOLDER:a/closed/work.txt"])).toBe("work");
	expect(world.model.issuesSeen).toHaveLength(5);
});

/** Makes everything in a world the other user's, and lets this one look at it all the same. */
async function handOver({ repository }: World): Promise<void> {
	if (user === undefined) return;
	await repository.git(["config", "--global", "safe.directory", "*"]);
	await shell("chown", ["-R", `${user}:${user}`, repository.folder]);
}

function worktreeOf({ repository }: World, id: string): string {
	return join(`${repository.path}.worktrees`, id);
}
