import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { cp } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";
import { FOLDER, idOf, needsUser, pathOfSuites, SUITES, type Suite, toolsOf } from "./suites/suites.ts";
import { ROOT } from "./support/documents.ts";
import type { Script } from "./support/scripted-model.ts";
import { devResult } from "./support/scripts.ts";
import { createWorld, type RunSettings } from "./support/world.ts";

// One agent runs all of them.
// @module-tag together

const isLinux = process.platform === "linux";
const there = isLinux ? SUITES.filter(toolsOf) : [];
const outputs = new Map<Suite, string>();

beforeAll(async () => {
	// With the home of whoever runs this: tools that lie in it are used through what lies over it in the sandbox.
	await runAll(
		there.filter((suite) => !needsUser(suite)),
		{ env: { HOME: homedir() } },
	);
	const ofUser = there.filter(needsUser);
	if (ofUser.length > 0) await runAll(ofUser, { user: await idOf("postgres") });
});

for (const suite of SUITES) {
	const { name, tests, passed } = suite;
	const why = there.includes(suite) ? "" : ` (not here: ${suite.tools})`;
	test.skipIf(why)(`an agent's command runs it, and all tests pass: ${name}${why}`, () => {
		const output = outputs.get(suite) ?? "";
		expect(passed(output), output).toBe(tests);
	});
}

test("the guide has a row a suite, with all tests passing", () => {
	const rows = readFileSync(join(ROOT, "docs/guides/sandbox.md"), "utf8").matchAll(
		/^\| (.+?) \| .+? \| (\d+ of \d+) \|/gm,
	);
	expect([...rows].map(([, name, passed]) => [name, passed])).toEqual(
		SUITES.map(({ name, tests }) => [name, `${tests} of ${tests}`]),
	);
});

/** Has the agent of one issue run these suites, a command each. */
async function runAll(suites: readonly Suite[], { env, user }: RunSettings): Promise<void> {
	const script: Script = async function* (prompted) {
		for (const [at, suite] of suites.entries()) {
			const file = `/tmp/output-${at}`;
			// What takes longer than Codex waits for it goes on, and is looked at again.
			let output = yield {
				kind: "run",
				command: `(${suite.command}) > ${file} 2>&1; echo ENDED >> ${file}; ${show(file)}`,
			};
			while (!output.includes("ENDED")) output = yield { kind: "run", command: `sleep 2; ${show(file)}` };
			outputs.set(suite, output);
		}
		yield { kind: "answer", text: JSON.stringify(devResult(prompted)) };
	};
	await using world = await createWorld([{ id: "A-1", script }]);
	const { repository } = world;
	await cp(FOLDER, repository.path, { recursive: true });
	await repository.commit();
	if (user !== undefined) {
		await repository.git(["config", "--global", "safe.directory", "*"]);
		await promisify(execFile)("chown", ["-R", `${user}:${user}`, repository.folder]);
	}
	const git = { GIT_CONFIG_GLOBAL: join(repository.home, ".gitconfig") };
	const settings = { ...(user === undefined ? {} : { user }), env: { PATH: pathOfSuites(), ...git, ...env } };
	const { exitCode, stderr } = await world.run(["dev", "M1"], settings);
	expect(exitCode, stderr).toBe(0);
	expect(stderr).not.toContain("can't be completed");
}

const show = (file: string) => `tail -c 20000 ${file}`;
