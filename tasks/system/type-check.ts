import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import { PACKAGE_ROOT } from "./package-root.ts";
import { endGroup } from "./process-group.ts";

/** What TypeScript says of a file: its path relative to where it was asked, and the line. */
export interface TypeMistake {
	readonly file: string;
	readonly line: number;
	readonly code: string;
	readonly message: string;
}

/** What came of asking TypeScript. */
export type TypeAnswer =
	| { readonly kind: "asked"; readonly mistakes: readonly TypeMistake[] }
	| { readonly kind: "missing" }
	/** In words. */
	| { readonly kind: "failed"; readonly why: string };

/** Milliseconds; a graph takes one second or two. */
const TIMEOUT = 30_000;
/** Milliseconds between asking it to end and killing it. */
const GRACE = 1_000;
/** The file has been loaded: what it imports is there, and what only lacks declarations is no mistake. */
const UNTOLD: readonly string[] = ["TS2307", "TS2580", "TS2591", "TS2792", "TS7016"];
const FLAGS =
	"--noEmit --pretty false --strict --noImplicitAny false --skipLibCheck --target es2023 --module nodenext --moduleResolution nodenext --allowImportingTsExtensions";

/**
 * Asks the TypeScript that a file can import for the types of it and of what it imports, packages aside.
 * @param cwd what paths are relative to.
 * @param limit milliseconds.
 */
export async function typeCheck(file: string, cwd: string, limit = TIMEOUT): Promise<TypeAnswer> {
	const { resolve } = createRequire(file);
	let tsc: string;
	let version: string;
	try {
		const path = resolve("typescript/package.json");
		const found = JSON.parse(readFileSync(path, "utf8"));
		tsc = join(dirname(path), found.bin.tsc);
		version = found.version;
	} catch {
		return { kind: "missing" };
	}
	// It looks below the folder where it is started, and the packages may be beside the file.
	const typeRoot = folderAbove(resolve, "@types/node/package.json");
	const types = typeRoot === undefined ? [] : ["--typeRoots", typeRoot, "--types", "node"];
	// Since 6, a tsconfig.json beside a file that is named is an error; before, this option was one.
	const ignoring = Number.parseInt(version, 10) >= 6 ? ["--ignoreConfig"] : [];
	const { exitCode, output, isLate } = await run([tsc, ...FLAGS.split(" "), ...types, ...ignoring, file], cwd, limit);
	if (isLate) return { kind: "failed", why: `it took longer than ${limit / 1000} s` };
	const all = [...output.matchAll(/^(.+?)\((\d+),\d+\): error (TS\d+): (.*)$/gm)].map(
		([, path = "", line, code = "", message = ""]) => ({ file: path, line: Number(line), code, message }),
	);
	if (exitCode !== 0 && all.length === 0) {
		const lines = output.trim().split("\n");
		return {
			kind: "failed",
			why: (lines.find((line) => /\berror\b/i.test(line)) ?? lines.at(-1)) || `exit code ${exitCode}`,
		};
	}
	// A package that is linked is not under node_modules.
	const own = join(PACKAGE_ROOT, "tasks") + sep;
	const isTheirs = (each: TypeMistake) =>
		!each.file.split(/[\\/]/).includes("node_modules") && !join(cwd, each.file).startsWith(own);
	return { kind: "asked", mistakes: all.filter((each) => isTheirs(each) && !UNTOLD.includes(each.code)) };
}

/** The folder that a package's folder is in, which holds those beside it; nothing where there is no such package. */
function folderAbove(resolve: NodeJS.RequireResolve, manifest: string): string | undefined {
	try {
		return dirname(dirname(resolve(manifest)));
	} catch {
		return undefined;
	}
}

async function run(args: readonly string[], cwd: string, limit: number) {
	// A group of its own: from 7 on, it starts a program that would outlive it.
	const child = spawn(process.execPath, args, { cwd, detached: true, stdio: ["ignore", "pipe", "pipe"] });
	let output = "";
	for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
	let isLate = false;
	const timer = setTimeout(() => {
		isLate = true;
		if (child.pid !== undefined) void endGroup(child.pid, GRACE);
	}, limit);
	const exitCode = await new Promise<number | string | null>((done) => {
		child.on("error", ({ message }) => done(message));
		child.on("close", done);
	});
	clearTimeout(timer);
	return { exitCode, output, isLate };
}
