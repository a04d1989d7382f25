import { existsSync } from "node:fs";
import { appendFile, chmod, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, sep } from "node:path";
import { expect, test } from "vitest";
import type { Script } from "../support/scripted-model.ts";
import { devResult, printEnvironment } from "../support/scripts.ts";
import { snapshot } from "../support/snapshot.ts";
import { createWorld, type World } from "../support/world.ts";

test.concurrent("what an agent tries to write outside of its worktree is not there afterwards", async ({
	onTestFinished,
}) => {
	const outputs: string[] = [];
	const targets: Record<string, string> = {};
	const script: Script = async function* (prompted) {
		const write = ([name, path]: [string, string]) => `echo escaped > '${path}' || echo "refused: ${name}"`;
		for (const command of [
			Object.entries(targets).map(write).join("\n"),
			`ln -s '${world.repository.path}' out; echo escaped > out/README.md; find out/ -delete; unlink out`,
			"git commit --allow-empty -m mine; git branch mine; git worktree prune",
			'echo kept > kept.txt; echo gone > "$TMPDIR/gone.txt" && echo "written to $TMPDIR"',
		]) {
			outputs.push(yield { kind: "run", command });
		}
		yield { kind: "answer", text: JSON.stringify(devResult(prompted)) };
	};
	await using world: World = await createWorld([{ id: "A-1", script }, { id: "A-2" }]);
	const { repository } = world;
	const temporary = join(repository.folder, "tmp");
	await mkdir(temporary);
	await world.run(["worktree:create", "A-2"]);
	Object.assign(targets, {
		checkout: join(repository.path, "escaped.txt"),
		"a tracked file": join(repository.path, "README.md"),
		logs: join(repository.path, "logs/orch/M1/A-1/dev-result.json"),
		"its own record": join(repository.path, "logs/orch/M1/A-1/dev-run.json"),
		"/tmp": join("/tmp", `${basename(repository.folder)}-escaped.txt`),
		"the temporary folder": join(tmpdir(), `${basename(repository.folder)}-escaped-too.txt`),
		home: join(repository.home, ".bashrc"),
		CODEX_HOME: join(world.codexHome, "config.toml"),
		"git's configuration": join(repository.path, ".git/config"),
		"a hook": join(repository.path, ".git/hooks/post-commit"),
		"a branch": join(repository.path, ".git/refs/heads/main"),
		"the worktree's pointer": join(`${repository.path}.worktrees`, "A-1/.git"),
		"another worktree": join(`${repository.path}.worktrees`, "A-2/README.md"),
	});
	const shared = Object.values(targets).filter((path) => !path.startsWith(repository.folder + sep));
	onTestFinished(async () => {
		for (const path of shared) await rm(path, { force: true });
	});
	const before = await snapshot(repository);
	const configuration = await readFile(join(world.codexHome, "config.toml"), "utf8");
	const finished = await world.run(["dev", "A-1"], { env: { TMPDIR: temporary } });

	expect(finished).toMatchObject({ exitCode: 0 });
	const [written = "", throughLink, throughGit, inside] = outputs;
	// `/tmp` it has to itself, with whatever would lie in it.
	const refused = Object.keys(targets).filter((name) => !["/tmp", "the temporary folder"].includes(name));
	expect([...written.matchAll(/^refused: (.+)$/gm)].map(([, name]) => name)).toEqual(refused);
	for (const [name, path] of Object.entries(targets)) {
		const content = existsSync(path) ? await readFile(path, "utf8") : "";
		expect(content, name).not.toContain("escaped");
	}
	expect(throughLink).toMatch(/out\/README\.md: Read-only file system/);
	expect(throughGit).toMatch(/index\.lock': Read-only file system/);
	// The sandbox does let the agent work: what lies in the worktree is kept, its temporary files are not.
	expect(inside).toMatch(/^written to \//m);
	expect(await repository.git(["show", "issue/A-1:kept.txt"])).toBe("kept");
	expect((await readdir(temporary, { recursive: true })).filter((name) => !name.startsWith("tsx-"))).toEqual([]);
	expect(await repository.git(["log", "--format=%s", "main..issue/A-1"])).toBe("A-1: Title of A-1");
	expect(await readFile(join(world.codexHome, "config.toml"), "utf8")).toBe(configuration);
	expect(await snapshot(repository)).toEqual(before);
});

test.concurrent("secrets of the environment reach neither the agent nor the model nor any log", async () => {
	const names = ["GITHUB_TOKEN", "OPENAI_API_KEY", "NPM_TOKEN", "DATABASE_URL", "MY_PASSWORD"];
	const env = Object.fromEntries(names.map((name) => [name, `canary-of-${name}`]));
	const search: Script = async function* (prompted) {
		// What the agent's own shell was given, and whatever else it can see running.
		const summary = yield { kind: "run", command: "cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'" };
		yield { kind: "answer", text: JSON.stringify(devResult(prompted, { summary })) };
	};
	await using world = await createWorld([
		{ id: "A-1", script: printEnvironment },
		{ id: "A-2", script: search },
	]);
	// Codex itself is given the key of a provider that its configuration names.
	const provider = `\n[model_providers.other]\nname = "other"\nbase_url = "http://127.0.0.1:9"\nenv_key = "MY_PASSWORD"\n`;
	await appendFile(join(world.codexHome, "config.toml"), provider);
	const finished = await world.run(["dev", "M1", "--verbose"], { env });

	expect(finished).toMatchObject({ exitCode: 0 });
	const { summary } = await world.log<{ summary: string }>("M1/A-1/dev-result.json");
	expect(summary).toMatch(/^PATH=/m);
	const found = await world.log<{ summary: string }>("M1/A-2/dev-result.json");
	expect(found.summary).toMatch(/^PATH=/m);
	expect(await filesWith("canary-of-", join(world.repository.path, "logs"))).toEqual([]);
	expect(JSON.stringify(world.model.requests)).not.toContain("canary-of-");
	expect(finished.stdout + finished.stderr).not.toContain("canary-of-");
	expect(await world.repository.git(["log", "-p", "--all"])).not.toContain("canary-of-");
	// The search would find one.
	await writeFile(join(world.repository.path, "logs/orch/M1/A-1/planted"), "canary-of-nothing");
	expect(await filesWith("canary-of-", join(world.repository.path, "logs"))).toEqual(["planted"]);
});

test.concurrent("hooks that an agent writes where git looks for them do not run, and the doctor says so", async () => {
	const kinds = ["pre-commit", "prepare-commit-msg", "commit-msg", "post-commit", "post-checkout", "post-index-change"];
	const all = [...kinds, "reference-transaction", "post-merge", "pre-auto-gc", "post-rewrite"];
	const script: Script = async function* (prompted) {
		const write = (kind: string) =>
			`printf '#!/bin/sh\\necho ran > "%s"\\n' '${canary(kind)}' > .husky/${kind}; chmod +x .husky/${kind}`;
		yield { kind: "run", command: ["mkdir -p .husky", ...all.map(write)].join("\n") };
		yield { kind: "answer", text: JSON.stringify(devResult(prompted)) };
	};
	await using world: World = await createWorld([
		{ id: "A-1", script },
		{ id: "A-2", script },
	]);
	const { repository } = world;
	const canaries = join(repository.folder, "canaries");
	const canary = (kind: string) => join(canaries, kind);
	await mkdir(canaries);
	await repository.write(".husky/pre-commit", `#!/bin/sh\necho ran > '${canary("theirs")}'\n`);
	await chmod(join(repository.path, ".husky/pre-commit"), 0o755);
	await repository.commit();
	await repository.git(["config", "core.hooksPath", ".husky"]);
	const before = await snapshot(repository);
	const finished = await world.run(["dev", "M1", "-j", "2"]);
	const again = await world.run(["dev", "M1", "-B", "--verbose"]);

	expect([finished, again]).toMatchObject([{ exitCode: 0 }, { exitCode: 0 }]);
	// It is so in every run, and thus for the doctor to tell, and for who wants to see everything.
	const told = /hooks are not run .*pre-commit/g;
	expect(finished.stderr).not.toMatch(told);
	expect(again.stderr.match(told)).toHaveLength(1);
	expect((await world.run(["doctor"])).stdout.match(told)).toHaveLength(1);
	expect(await readdir(canaries)).toEqual([]);
	expect(await snapshot(repository)).toEqual(before);
	for (const id of ["A-1", "A-2"]) {
		const files = await repository.git(["ls-tree", "--name-only", `issue/${id}`, ".husky/"]);
		expect(files.split("\n")).toEqual(all.map((kind) => `.husky/${kind}`).sort());
	}
	// They would run if git were asked without care.
	await repository.git(["switch", "-q", "issue/A-1"]);
	await repository.git(["commit", "-q", "--allow-empty", "-m", "with hooks"]);
	expect(await readdir(canaries)).toEqual(
		expect.arrayContaining(["pre-commit", "post-commit", "reference-transaction"]),
	);
});

/** Names of the files below a folder that hold a text. */
async function filesWith(text: string, folder: string): Promise<string[]> {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	const files = entries.filter((entry) => entry.isFile());
	const contents = await Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name))));
	return files.flatMap(({ name }, at) => (contents[at]?.includes(text) ? [name] : []));
}
