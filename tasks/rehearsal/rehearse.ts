import { rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { Failure } from "../contract/problem.ts";
import type { Scenario } from "../contract/scenario.ts";
import { withTemporaryFolder } from "../system/temporary-folder.ts";
import { type Rehearsed, scriptOf } from "./scenarios.ts";
import { startScriptedModel } from "./scripted-model.ts";

/** Of a name that Codex does not have in its list it would warn in every turn. */
const KNOWN_MODEL = "gpt-5.5";
/** Credentials have no use here, and a proxy would be asked for a server that only this machine has. */
const LEFT_OUT = ["CODEX_API_KEY", "OPENAI_API_KEY", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];

/**
 * Does something while a scripted model runs on this machine, and a temporary `CODEX_HOME` that leads to it stands in
 * this process's environment: everything that starts Codex takes it from there, and a process has one run.
 * @throws Failure `disk-full`, `runner-unavailable` where there is no folder for temporary files.
 */
export async function rehearse<T>(scenario: Scenario, rehearsed: Rehearsed, action: () => Promise<T>): Promise<T> {
	const model = await startScriptedModel(scriptOf(scenario, rehearsed), { retries: 1, model: KNOWN_MODEL });
	try {
		return await withTemporaryFolder(async (home) => {
			// A second Ctrl-C ends the process at once.
			const drop = () => rmSync(home, { recursive: true, force: true, maxRetries: 3 });
			process.once("exit", drop);
			await writeFile(join(home, "config.toml"), model.configToml);
			try {
				return await withVariables({ CODEX_HOME: home }, LEFT_OUT, action);
			} finally {
				process.removeListener("exit", drop);
			}
		}).catch((error: NodeJS.ErrnoException) => {
			if (error.syscall !== "mkdtemp") throw error;
			const check = { check: "temporary folder", summary: error.message, remedy: null };
			throw new Failure({ kind: "runner-unavailable", ...check }, { cause: error });
		});
	} finally {
		await model.close();
	}
}

async function withVariables<T>(
	variables: Readonly<Record<string, string>>,
	leftOut: readonly string[],
	action: () => Promise<T>,
): Promise<T> {
	const before = { ...process.env };
	for (const name of leftOut) for (const each of [name, name.toLowerCase()]) delete process.env[each];
	Object.assign(process.env, variables);
	try {
		return await action();
	} finally {
		for (const name of Object.keys(variables)) delete process.env[name];
		Object.assign(process.env, before);
	}
}
