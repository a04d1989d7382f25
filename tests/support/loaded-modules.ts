import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "./documents.ts";

/** The files that this repository's orchfile loads as modules for a command, under tsx; those of packages begin with `node_modules/`. */
export async function loadedModules(args: readonly string[]): Promise<string[]> {
	const folder = await mkdtemp(join(tmpdir(), "orchfile-modules-"));
	try {
		const list = join(folder, "list");
		const hooks = `import { appendFileSync } from "node:fs";
export function load(url, context, next) {
	if (url.startsWith("file:")) appendFileSync(${JSON.stringify(list)}, url + "\\n");
	return next(url, context);
}
`;
		await writeFile(join(folder, "hooks.mjs"), hooks);
		const register = join(folder, "register.mjs");
		await writeFile(register, 'import { register } from "node:module";\nregister("./hooks.mjs", import.meta.url);\n');
		// However it ends: what it loads is the question.
		await new Promise<void>((resolve) => {
			const words = ["--import", "tsx", "--import", register, "orchfile.ts", ...args];
			execFile(process.execPath, words, { cwd: ROOT }, () => resolve());
		});
		const root = pathToFileURL(ROOT).href.replace(/\/?$/, "/");
		const urls = (await readFile(list, "utf8")).trim().split("\n");
		return [...new Set(urls.map((url) => url.replace(/\?.*$/, "").replace(root, "")))].sort();
	} finally {
		await rm(folder, { recursive: true });
	}
}
