// What runs in the sandbox of an agent's commands, as Codex has it and completed: npm run suites, or npm run suites -- Vitest.
// BUBBLEWRAP=/usr/bin/bwrap completes it by that one, and not by the one that comes with Codex.

import { spawnSync } from "node:child_process";
import { chownSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runCodex } from "../../tasks/runner/codex/ask.ts";
import { completeSandbox } from "../../tasks/runner/codex/complete-sandbox.ts";
import { agentEnvironment } from "../../tasks/runner/codex/environment.ts";
import { untrusted } from "../../tasks/runner/codex/options.ts";
import { bundledBubblewraps, codexBinary } from "../../tasks/runner/codex/package.ts";
import { permissionOverrides } from "../../tasks/runner/codex/permissions.ts";
import { codexHome, secretFiles } from "../../tasks/runner/codex/secret-files.ts";
import { withTemporaryFolder } from "../../tasks/system/temporary-folder.ts";
import { FOLDER, idOf, needsUser, pathOfSuites, SUITES, type Suite, toolsOf } from "./suites.ts";

/** Seconds, after which what waits for something that never comes is ended. */
const LONGEST = 25;

const names = process.argv.slice(2);
if (names.length === 0) console.log("| suite | Codex's sandbox alone | completed | with |\n|---|---|---|---|");
for (const suite of SUITES.filter(({ name }) => names.length === 0 || names.includes(name))) {
	if (needsUser(suite)) await runAsUser(suite.name);
	else console.log(`| ${(await cellsOf(suite)).join(" | ")} |`);
}

async function cellsOf(suite: Suite): Promise<string[]> {
	const tools = toolsOf(suite);
	if (tools === undefined) return [suite.name, "", "", "not here"];
	const cells = [];
	for (const isCompleted of [false, true]) {
		const { output, time } = await runIn(isCompleted, suite.command);
		cells.push(`${suite.passed(output)} of ${suite.tests}, ${time}`);
		if (isCompleted && suite.passed(output) < suite.tests) console.error(output);
	}
	return [suite.name, ...cells, versionsIn(tools)];
}

function versionsIn(tools: string): string {
	return [...new Set(tools.match(/\d+\.\d+[\d.]*/g))].join(", ");
}

function runIn(isCompleted: boolean, command: string) {
	return withTemporaryFolder(async (folder) => {
		const [working, agent] = [join(folder, "worktree"), join(folder, "agent")] as const;
		await mkdir(agent);
		await cp(FOLDER, working, { recursive: true });
		const denied = secretFiles();
		const permissions = permissionOverrides({ name: "suites", writable: [agent], denied, network: false });
		const overrides = ['approval_policy="never"', untrusted([working]), ...permissions].flatMap((each) => ["-c", each]);
		const codex = codexBinary();
		const place = { folder: join(folder, "sandbox"), writable: [working, agent], kept: [codexHome(), codex], denied };
		const PATH = agentEnvironment({ ...process.env, PATH: pathOfSuites() }).PATH ?? "";
		process.env.PATH = PATH;
		const bubblewrap = process.env.BUBBLEWRAP || bundledBubblewraps(codex)[0] || "";
		const { path, variables } = isCompleted
			? await completeSandbox(place, bubblewrap, PATH)
			: { path: PATH, variables: { TMPDIR: agent } };
		const set = Object.entries(variables).map((each) => each.join("="));
		const words = ["env", ...set, "timeout", String(LONGEST), "sh", "-c", `${command} 2>&1`];
		const from = performance.now();
		const args = ["sandbox", "-P", "suites", "-C", working, ...overrides, "--", ...words];
		const { exitCode, stdout, stderr } = await runCodex(codex, args, working, undefined, { PATH: path });
		const seconds = ((performance.now() - from) / 1000).toFixed(1);
		return { output: stdout + stderr, time: exitCode === 124 ? "then hangs" : `${seconds} s` };
	});
}

/** As the user that PostgreSQL's packages make. */
async function runAsUser(name: string): Promise<void> {
	const id = await idOf("postgres");
	// Not below /tmp, where Codex makes no link to itself, by which it is found where a bubblewrap is older than 0.9.
	const home = await mkdtemp("/var/tmp/suites-");
	chownSync(home, id, id);
	const args = [...process.execArgv, fileURLToPath(import.meta.url), name];
	const env = { PATH: process.env.PATH, HOME: home, BUBBLEWRAP: process.env.BUBBLEWRAP };
	spawnSync(process.execPath, args, { env, uid: id, gid: id, stdio: "inherit" });
	await rm(home, { recursive: true });
}
