import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the Nodes are installed: a package of its own, with packages of its own. */
export const FOLDER = fileURLToPath(new URL(".", import.meta.url));

/** A Node that the sources have to run on. */
export interface NodeVersion {
	readonly version: string;
	/** Path of its program. */
	readonly program: string;
	readonly isInstalled: boolean;
}

/** The oldest Node that is supported and the newest ones that are, for this platform as far as npm has them. */
export function nodesToTest(): NodeVersion[] {
	const wanted: Readonly<Record<string, string>> = readJson(join(FOLDER, "package.json")).optionalDependencies;
	return Object.entries(wanted).flatMap(([name, spec]) => {
		if (!name.endsWith(`-${process.platform}-${process.arch}`)) return [];
		const version = spec.slice(spec.lastIndexOf("@") + 1);
		const folder = join(FOLDER, "node_modules", name);
		const program = join(folder, "bin/node");
		// Some of them have a `v` before their version.
		const installed = existsSync(program) ? readJson(join(folder, "package.json")).version.replace(/^v/, "") : "";
		return [{ version, program, isInstalled: installed === version }];
	});
}

function readJson(path: string) {
	return JSON.parse(readFileSync(path, "utf8"));
}
