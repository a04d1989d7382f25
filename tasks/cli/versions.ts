import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../contract/problem.ts";
import { git } from "../repo/git.ts";
import { codexVersion } from "../runner/codex/ask.ts";
import { sdkVersion } from "../runner/codex/package.ts";
import { oneLine } from "./words/format.ts";
import { messageOf } from "./words/problem-words.ts";
import type { Say } from "./words/say.ts";

/**
 * Versions of this program and of what it runs, a line each; what is missing says so in its line.
 * @param codex path of the Codex program to run; the one that the SDK brings when absent.
 */
export async function versions(packageRoot: string, codex: string | undefined, say: Say): Promise<string> {
	const orMissing = async (name: string, ask: () => Promise<string>): Promise<string> => {
		try {
			return await ask();
		} catch (error) {
			if (!(error instanceof Failure)) throw error;
			return `${name}: ${error.problems.map((problem) => oneLine(messageOf(problem, say).what)).join(" ")}`;
		}
	};
	const lines = await Promise.all([
		readFile(join(packageRoot, "package.json"), "utf8").then((text) => `orchfile ${JSON.parse(text).version}`),
		`@openai/codex-sdk ${sdkVersion()}`,
		orMissing("codex", async () => {
			const { version, program } = await codexVersion(codex);
			return `${oneLine(version)} (${program})`;
		}),
		orMissing("git", async () => {
			const { stdout } = await git(["version"], { cwd: packageRoot });
			return oneLine(stdout).replace("git version", "git");
		}),
		`node ${process.versions.node}`,
	]);
	return lines.join("\n");
}
