import { execFile } from "node:child_process";
import { lstatSync } from "node:fs";
import { readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRepository, type TestRepository } from "./support/repository.ts";
import type { Prompted, Script } from "./support/scripted-model.ts";
import { editAndPass } from "./support/scripts.ts";
import { snapshot } from "./support/snapshot.ts";
import { typed } from "./support/typed.ts";
import { createWorld, type World } from "./support/world.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** As in `plan --json`. */
interface Planned {
	readonly id: string;
	readonly blockers: readonly string[];
}

describe("this repository's own milestone M1", () => {
	let world: World;
	let plan: readonly Planned[];
	const prompts: Prompted[] = [];
	const script: Script = (prompted) => {
		prompts.push(prompted);
		return editAndPass(prompted);
	};

	beforeAll(async () => {
		world = await createWorld([], { repository: await copyOfThisRepository(), script });
		plan = JSON.parse((await world.run(["plan", "M1", "--json"])).stdout);
	});
	afterAll(() => world?.[Symbol.asyncDispose]());

	test("plan lists its open issues, none before what it waits for", async () => {
		const { stdout, exitCode, stderr } = await world.run(["plan", "M1"]);
		expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
		const ids = plan.map(({ id }) => id);
		expect(ids.length).toBeGreaterThan(0);
		expect([...ids].sort()).toEqual(await openIssues(world.repository));
		const rows = stdout.split("\n").filter((line) => /^\d+ {2}/.test(line));
		expect(rows.map((row) => row.split(/ {2,}/)[1])).toEqual(ids);
		for (const [at, { blockers }] of plan.entries()) {
			for (const blocker of blockers) expect(ids.slice(0, at)).toContain(blocker);
		}
	});

	test("the README's first command has one judged in an empty container, by the sources as they stand, and leaves the checkout as it was", {
		tags: ["always"],
	}, async () => {
		const { repository } = world;
		await symlink(join(ROOT, "node_modules"), join(repository.path, "node_modules"));
		const before = await snapshot(repository);
		// Neither a home, nor an identity for git, nor a login.
		const empty = { HOME: join(repository.folder, "nowhere"), CODEX_HOME: "" };
		const finished = await typed(world, await firstCommand(), { env: empty });

		expect(finished.exitCode, finished.stderr).toBe(0);
		const [heading, ...rows] = finished.stdout.trimEnd().split("\n");
		expect(heading).toMatch(/^REHEARSAL +STATUS +CHECKS /);
		const [first] = plan;
		expect(rows.map((row) => row.split(/ {2,}/).slice(0, 2))).toEqual([[first?.id, "accepted"]]);
		expect(world.model.issuesSeen).toEqual([]);
		const { refs, ...rest } = await snapshot(repository);
		const last = await repository.git(["log", "-1", "--format=", "--name-only", `rehearsal/${first?.id}`]);
		expect(last).toBe(`rehearsal-${first?.id}.md`);
		delete (refs as Record<string, string>)[`refs/heads/rehearsal/${first?.id}`];
		expect({ refs, ...rest }).toEqual(before);
	});

	test("dev passes all of them, in that order, each told by its own documents, and leaves the checkout as it was", async () => {
		const { repository, model } = world;
		const before = await snapshot(repository);
		// Started in the clone whose orchfile it is, for a repository that lies elsewhere.
		const finished = await world.run(["dev", "M1", "-C", repository.path], { cwd: ROOT });

		expect(finished).toMatchObject({ exitCode: 0 });
		const ids = plan.map(({ id }) => id);
		expect(model.issuesSeen).toEqual(ids);
		const [, ...rows] = finished.stdout.trimEnd().split("\n");
		expect(rows.pop()).toBe(join(repository.path, "logs/orch/M1/report.html"));
		expect(rows.map((row) => row.split(/ {2,}/).slice(0, 3))).toEqual(ids.map((id) => [id, "pass", "1"]));
		for (const id of ids) {
			// A branch holds its own work on top of that of all issues it waits for.
			const last = await repository.git(["log", "-1", "--format=", "--name-only", `issue/${id}`]);
			expect(last).toBe(`${id}.txt`);
		}
		for (const [at, { context, prompt }] of prompts.entries()) {
			expect(await repository.read(`${context.issueDocPath}`)).toContain(`\nid: ${ids[at]}\n`);
			expect(await repository.read(`${context.milestoneDocPath}`)).toContain("M1");
			for (const file of ["skills/autonomous-development/SKILL.md", "prompts/dev-auto-parallel.md"]) {
				const headings = (await repository.read(file)).match(/^#+ .+$/gm) ?? [];
				expect(headings.length).toBeGreaterThan(1);
				expect(headings.filter((heading) => !prompt.includes(heading))).toEqual([]);
			}
		}
		expect(await snapshot(repository)).toEqual(before);
	});
});

/** The first command of the README, without the part that installs what is installed here. */
async function firstCommand(): Promise<string> {
	const readme = await readFile(join(ROOT, "README.md"), "utf8");
	const [, command = ""] = /^```sh\n(.+)\n```$/m.exec(readme) ?? [];
	expect(command).toMatch(/^npm ci && npx tsx /);
	return command.replace("npm ci && ", "");
}

/**
 * Copies the files that git tracks here into a repository of their own, as they stand in the checkout, without the tests: more than half
 * of what the README's first command has checked would be they.
 */
async function copyOfThisRepository(): Promise<TestRepository> {
	const repository = await createRepository();
	const { stdout } = await promisify(execFile)("git", ["ls-files", "-z"], { cwd: ROOT });
	const files = stdout
		.split("\0")
		.filter((file) => file && !file.startsWith("tests/") && lstatSync(join(ROOT, file), { throwIfNoEntry: false }));
	// One program for all: to copy a file is three calls, and there are more than a thousand.
	const list = join(repository.folder, "files");
	await writeFile(list, files.join("\0"));
	const copy = `tar -c --null -T "$1" | tar -x -C "$2"`;
	await promisify(execFile)("bash", ["-c", `set -o pipefail; ${copy}`, "copy", list, repository.path], { cwd: ROOT });
	await repository.commit("this repository");
	return repository;
}

/** Ids of the open issues of M1, read from the documents with nothing but patterns. */
async function openIssues({ git, path }: TestRepository): Promise<string[]> {
	const files = (await git(["ls-files", "docs/projects/*/issues/*.md"])).split("\n");
	const documents = await Promise.all(files.map((file) => readFile(join(path, file), "utf8")));
	const value = (text: string, key: string) => new RegExp(`^${key}: *(.+)$`, "m").exec(text)?.[1];
	return documents
		.filter(
			(text) => value(text, "milestone") === "M1" && !/^(done|cancell?ed|duplicate)$/.test(value(text, "state") ?? ""),
		)
		.map((text) => value(text, "id") ?? "")
		.sort();
}
