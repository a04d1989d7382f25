import { existsSync } from "node:fs";
import { appendFile, readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { fixedFolder, issuesPattern } from "./backlog/layout-patterns.ts";
import { DEFAULT_LAYOUT } from "./contract/layout.ts";
import { isName } from "./contract/names.ts";
import { findRepository } from "./repo/repository.ts";
import { isIgnored } from "./repo/worktree/ignored.ts";
import { addFiles, type NewFile } from "./system/add-files.ts";

/** What init finds in a repository, before anything is asked or written. */
export interface Found {
	/** The top of the checkout. */
	readonly root: string;
	/** A name for the project, as the repository's folder has it. */
	readonly project: string;
	/** The orchfile that stands; nothing where there is none. */
	readonly orchfile: string | undefined;
	/** What an orchfile has to be called here: Node takes a `.ts` for a module only where the package says so. */
	readonly orchfileName: "orchfile.ts" | "orchfile.mts";
	/** True when there are issue documents, or the orchfile says that they lie elsewhere. */
	readonly hasBacklog: boolean;
	/** True when git would take `node_modules` for part of the repository. */
	readonly tracksPackages: boolean;
	/** True when an orchfile in this repository can import the package. */
	readonly hasPackage: boolean;
}

/** What init wrote, or would write, and what it left: paths relative to the top of the checkout. */
export interface Written {
	readonly added: readonly string[];
	readonly appended: readonly string[];
	readonly kept: readonly string[];
}

/**
 * Looks at a repository, which may have no commit yet.
 * @throws Failure when there is none.
 */
export async function findForInit(folder: string): Promise<Found> {
	const { root } = await findRepository(folder);
	const orchfile = ["orchfile.ts", "orchfile.mts"].find((name) => existsSync(join(root, name)));
	const [isModule, hasIssues, text, ignored] = await Promise.all([
		isModulePackage(root),
		hasIssueDocuments(root),
		orchfile === undefined ? "" : readFile(join(root, orchfile), "utf8"),
		isIgnored(root, "node_modules/orchfile"),
	]);
	const name = basename(root).replaceAll(/[^\w-]+/g, "-");
	return {
		root,
		project: isName(name) ? name : "main",
		orchfile,
		orchfileName: isModule ? "orchfile.ts" : "orchfile.mts",
		hasBacklog: hasIssues || /\blayout\b/.test(text),
		tracksPackages: !ignored,
		hasPackage: canImportPackage(root),
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

async function hasIssueDocuments(root: string): Promise<boolean> {
	const folder = fixedFolder(DEFAULT_LAYOUT.issues);
	const names = await readdir(join(root, folder), { recursive: true }).catch(() => []);
	const isIssue = issuesPattern(DEFAULT_LAYOUT);
	return names.some((name) => isIssue.test(`${folder}/${name}`));
}

function canImportPackage(root: string): boolean {
	try {
		createRequire(join(root, "package.json")).resolve("orchfile/package.json");
		return true;
	} catch {
		return false;
	}
}
