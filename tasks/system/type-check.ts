import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve, sep } from "node:path";
import { given } from "../contract/given.ts";
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
/** How strictly a file is looked at where no `tsconfig.json` says it. */
const USUAL = { strict: true, noImplicitAny: false };
/** As tsx runs it, which is neither built nor emitted, whatever the rest of the repository is. */
const AS_IT_RUNS = {
	target: "es2023",
	module: "esnext",
	moduleResolution: "bundler",
	allowImportingTsExtensions: true,
	noEmit: true,
	skipLibCheck: true,
	...off("composite", "incremental", "declaration", "declarationMap", "emitDeclarationOnly", "isolatedDeclarations"),
	...{ rootDir: null, outDir: null, outFile: null, declarationDir: null, tsBuildInfoFile: null },
};

/**
 * Asks the TypeScript that a file can import for the types of it and of what it imports, packages aside, by the nearest `tsconfig.json`.
 * @param cwd what paths are relative to.
 * @param limit milliseconds.
 */
export async function typeCheck(file: string, cwd: string, limit = TIMEOUT): Promise<TypeAnswer> {
	const { resolve } = createRequire(file);
	let tsc: string;
	try {
		const path = resolve("typescript/package.json");
		tsc = join(dirname(path), JSON.parse(readFileSync(path, "utf8")).bin.tsc);
	} catch {
		return { kind: "missing" };
	}
	const types = folderAbove(resolve, "@types/node/package.json") === undefined ? {} : { types: ["node"] };
	const usual = { ...types, ...USUAL, ...AS_IT_RUNS };
	const theirs = findConfig(dirname(file));
	let answer = await ask(tsc, usual, file, cwd, limit, theirs);
	// What is wrong with their settings keeps TypeScript from looking at the file, and is about another program.
	if (theirs !== undefined && !answer.isLate && /^(?:error TS|.*\.json\()/m.test(answer.output))
		answer = await ask(tsc, usual, file, cwd, limit);
	const { exitCode, output, isLate } = answer;
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

function off(...options: readonly string[]): Record<string, false> {
	return Object.fromEntries(options.map((option) => [option, false]));
}

/** Asks for the types of one file. @param theirs the settings that it is written by. */
async function ask(tsc: string, usual: object, file: string, cwd: string, limit: number, theirs?: string) {
	const folder = await mkdtemp(join(resolve(tmpdir()), "orchfile-types-"));
	try {
		const config = join(folder, "tsconfig.json");
		const isWhole = theirs === undefined || !/"typeRoots"/.test(readFileSync(theirs, "utf8"));
		const settings = {
			...given({ extends: theirs }),
			compilerOptions: {
				...(isWhole ? { typeRoots: typeRootsOf(dirname(file)) } : {}),
				...(theirs === undefined ? usual : AS_IT_RUNS),
			},
			files: [file],
			include: [],
			references: [],
		};
		await writeFile(config, JSON.stringify(settings));
		return await run([tsc, "--pretty", "false", "--project", config], cwd, limit);
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

/** The nearest `tsconfig.json` up to the top of the repository, as editors find it. */
function findConfig(folder: string): string | undefined {
	for (let at = folder; ; at = dirname(at)) {
		const config = join(at, "tsconfig.json");
		if (existsSync(config)) return config;
		if (existsSync(join(at, ".git")) || dirname(at) === at) return undefined;
	}
}

/** Where types of packages lie for a file: TypeScript would look from the settings' own folder. */
function typeRootsOf(folder: string): string[] {
	return [join(folder, "node_modules/@types"), ...(dirname(folder) === folder ? [] : typeRootsOf(dirname(folder)))];
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
