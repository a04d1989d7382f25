import { accessSync, constants, existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Failure } from "../../contract/problem.ts";
import { packageManagerOf } from "../../system/package-manager.ts";

/** The SDK's main file; its package exports nothing else to resolve by. */
const SDK = fileURLToPath(import.meta.resolve("@openai/codex-sdk"));

/** Version of the installed SDK; the Codex binary it brings has the same one. */
export function sdkVersion(): string {
	return JSON.parse(readFileSync(join(dirname(SDK), "..", "package.json"), "utf8")).version;
}

/**
 * Path of the Codex binary: the given one, or the one that the SDK brings, in the package for this platform:
 * `vendor/<target>/bin/codex`.
 * @throws Failure `runner-unavailable`.
 */
export function codexBinary(given?: string): string {
	return given !== undefined ? verifyProgram(given) : verifyUnpacked(installedBinary());
}

/**
 * Checks that a program can be started where it lies. Node reads files out of the archives of Yarn's Plug'n'Play, the system starts none.
 * @throws Failure `runner-unavailable`.
 */
export function verifyUnpacked(program: string): string {
	if (!/\.zip[\\/]/.test(program)) return program;
	throw new Failure({
		kind: "runner-unavailable",
		check: "installation",
		summary: `Yarn's Plug'n'Play keeps the Codex binary in an archive, out of which no program can be started: ${program}`,
		remedy: "Type: yarn config set nodeLinker node-modules && yarn install",
	});
}

function installedBinary(): string {
	try {
		const launcher = createRequire(SDK).resolve("@openai/codex/package.json");
		const platform = `@openai/codex-${process.platform}-${process.arch}/package.json`;
		const vendor = join(dirname(createRequire(launcher).resolve(platform)), "vendor");
		const [target = ""] = readdirSync(vendor);
		return join(vendor, target, "bin", process.platform === "win32" ? "codex.exe" : "codex");
	} catch (cause) {
		const summary = "the Codex binary is not installed";
		throw new Failure(
			{
				kind: "runner-unavailable",
				check: "installation",
				summary,
				remedy: `Type: ${packageManagerOf(process.cwd())} install`,
			},
			{ cause },
		);
	}
}

/**
 * Version of a Codex binary, by what its package says beside it.
 * @returns nothing where it does not lie in such a package.
 */
export function versionOf(codex: string): string | undefined {
	try {
		return JSON.parse(readFileSync(join(dirname(dirname(codex)), "codex-package.json"), "utf8")).version;
	} catch {
		return undefined;
	}
}

/** Bubblewrap as it comes with a Codex binary, and with the SDK's: a path without promise, so only where it is there. */
export function bundledBubblewraps(codex: string): string[] {
	const paths = [codex, codexBinary()].map((binary) => join(dirname(dirname(binary)), "codex-resources/bwrap"));
	return [...new Set(paths)].filter(existsSync);
}

/**
 * The words with which a person starts the program that {@link codexBinary} finds. Without one to be found from here, npx would
 * offer to install what a stranger has published under the name.
 */
export function codexWords(given?: string): readonly string[] {
	const binary = codexBinary(given);
	return given === undefined && isFoundByNpx() ? ["npx", "codex"] : [binary];
}

function isFoundByNpx(): boolean {
	const launcher = join(dirname(createRequire(SDK).resolve("@openai/codex/package.json")), "bin/codex.js");
	for (let at = process.cwd(); ; at = dirname(at)) {
		try {
			return realpathSync(join(at, "node_modules/.bin/codex")) === realpathSync(launcher);
		} catch {
			if (dirname(at) === at) return false;
		}
	}
}

function verifyProgram(path: string): string {
	try {
		accessSync(path, constants.X_OK);
		if (statSync(path).isFile()) return path;
	} catch (cause) {
		const isMissing = (cause as NodeJS.ErrnoException).code === "ENOENT";
		throw notRunnable(`${path} ${isMissing ? "does not exist" : "can't be executed"}`, cause);
	}
	throw notRunnable(`${path} is no file`);
}

function notRunnable(summary: string, cause?: unknown): Failure {
	const remedy = "Name the Codex program with --codex PATH, or leave that out to use the one that comes with orchfile";
	return new Failure({ kind: "runner-unavailable", check: "--codex", summary, remedy }, { cause });
}
