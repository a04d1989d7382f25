import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { git } from "../repo/git.ts";
import { sdkVersion } from "../runner/codex-package.ts";

/** Versions of this program and of what it runs, a line each. */
export async function versions(packageRoot: string): Promise<string> {
	const own = JSON.parse(await readFile(join(packageRoot, "package.json"), "utf8")).version;
	const { stdout } = await git(["version"], { cwd: packageRoot });
	return [
		`orchfile ${own}`,
		`@openai/codex-sdk ${sdkVersion()} (brings the Codex binary of the same version)`,
		stdout.trim().replace("git version", "git"),
		`node ${process.version.slice(1)}`,
	].join("\n");
}
