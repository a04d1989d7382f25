import { existsSync } from "node:fs";
import { appendFile, readdir, readFile, realpath } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, join, relative } from "node:path";
import { isName } from "./contract/names.ts";
import { findChanged, lastSubjects } from "./repo/init-commit.ts";
import { findRepository } from "./repo/repository.ts";
import { isIgnored } from "./repo/worktree/ignored.ts";
import { addFiles, type NewFile } from "./system/add-files.ts";
import { dependentFolder, LEFT } from "./system/package-manager.ts";

/** What init finds in a repository, before anything is asked or written. */
export interface Found {
	/** The top of the checkout. */
	readonly root: string;
	/** A name for the project, as the repository's folder has it. */
	readonly project: string;
	/** The folder for the orchfile: beside the `package.json` that has this package as a dependency, or the top. */
	readonly folder: string;
	/** The orchfile that stands; nothing where there is none. Relative to the top. */
	readonly orchfile: string | undefined;
	/**
	 * Where an orchfile has to stand here, relative to the top, and what it has to be called: Node takes a `.ts` for a module only
	 * where the package says so.
	 */
	readonly orchfileName: string;
	/** True when the orchfile that stands says where the issues are, or finds them in its own way. */
	readonly saysLayout: boolean;
	/** True when git would take `node_modules` for part of the repository. */
	readonly tracksPackages: boolean;
	/** True when an orchfile in that folder can import the package. */
	readonly hasPackage: boolean;
	/** What an installation of packages has changed, relative to the top. */
	readonly installed: readonly string[];
	/** True when the subjects of commits begin with a type, as `feat: `. */
	readonly hasTypes: boolean;
}

/** What init wrote, or would write, and what it left: paths relative to the top of the checkout. */
export interface Written {
	readonly added: readonly string[];
	readonly appended: readonly string[];
	readonly kept: readonly string[];
}

/** What package managers write when they install something. */
const PACKAGE_FILES = ["package.json", ...LEFT.map(([name]) => name)];
/** The subject of a commit by the rules of conventionalcommits.org. */
const TYPED = /^[a-z]+(?:\([^)]*\))?!?: /;

/**
 * Looks at a repository, which may have no commit yet.
 * @throws Failure when there is none.
 */
export async function findForInit(folder: string): Promise<Found> {
	const { root } = await findRepository(folder);
	const place = dependentFolder(await realpath(folder), "orchfile") ?? root;
	const at = (name: string) => relative(root, join(place, name));
	const orchfile = ["orchfile.ts", "orchfile.mts"].map(at).find((path) => existsSync(join(root, path)));
	const packageFiles = [...new Set(PACKAGE_FILES.flatMap((name) => [at(name), name]))];
	const hasPackage = canImportPackage(place);
	const [isModule, text, ignored, installed, hasTypes] = await Promise.all([
		isModulePackage(place),
		orchfile === undefined ? undefined : readFile(join(root, orchfile), "utf8"),
		isIgnored(root, at("node_modules/orchfile")),
		// What is not installed yet will change those that are there.
		hasPackage ? findChanged(root, packageFiles) : packageFiles.filter((path) => existsSync(join(root, path))),
		typesSubjects(root),
	]);
	const name = basename(root).replaceAll(/[^\w-]+/g, "-");
	return {
		root,
		folder: place,
		project: isName(name) ? name : "main",
		orchfile,
		orchfileName: at(isModule ? "orchfile.ts" : "orchfile.mts"),
		saysLayout: text !== undefined && (/\blayout\b/.test(text) || !/\bverb\.discover\b/.test(text)),
		tracksPackages: !ignored,
		hasPackage,
		installed,
		hasTypes,
	};
}

/**
 * Adds what is missing, all of it or nothing, and replaces nothing.
 * @param files paths relative to the top.
 * @param line to be added to `.gitignore`.
 */
export async function writeInit(
	root: string,
	files: readonly NewFile[],
	line: string | undefined,
	dryRun: boolean,
): Promise<Written> {
	const stands = (path: string) => existsSync(join(root, path));
	const missing = files.filter(({ path }) => !stands(path));
	const kept = files.filter(({ path }) => stands(path)).map(({ path }) => path);
	const ignore = ".gitignore";
	const appends = line !== undefined && stands(ignore);
	const adds = line === undefined || appends ? missing : [...missing, { path: ignore, content: `${line}\n` }];
	if (!dryRun) {
		await addFiles(adds.map(({ path, content }) => ({ path: join(root, path), content })));
		if (appends) {
			const before = await readFile(join(root, ignore), "utf8");
			const end = before.includes("\r\n") ? "\r\n" : "\n";
			await appendFile(join(root, ignore), `${before === "" || before.endsWith("\n") ? "" : end}${line}${end}`);
		}
	}
	return { added: adds.map(({ path }) => path), appended: appends ? [ignore] : [], kept };
}

async function isModulePackage(root: string): Promise<boolean> {
	const text = await readFile(join(root, "package.json"), "utf8").catch(() => "{}");
	try {
		return JSON.parse(text).type === "module";
	} catch {
		return false;
	}
}

/** Whether subjects of commits have to begin with a type: most do, or there is something that looks after it. */
export async function typesSubjects(root: string): Promise<boolean> {
	if ((await readdir(root)).some((name) => /^\.?commitlint/.test(name))) return true;
	const subjects = await lastSubjects(root);
	return subjects.filter((each) => TYPED.test(each)).length * 2 > subjects.length;
}

function canImportPackage(root: string): boolean {
	try {
		createRequire(join(root, "package.json")).resolve("orchfile/package.json");
		return true;
	} catch {
		return false;
	}
}
