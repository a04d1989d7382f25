import { mkdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { UsedFilter } from "../contract/diagnosis.ts";
import type { Base, RepositoryPaths } from "../contract/issue.ts";
import { type Problem, problemOf } from "../contract/problem.ts";
import { homeFolder } from "../system/home-folder.ts";
import { withTemporaryFolder } from "../system/temporary-folder.ts";
import type { Setting } from "./commands/config-list.ts";
import { type Driver, driversIn, goes, strictly, type Way } from "./commands/filter-drivers.ts";
import { type FilterFailed, readFilterFailed } from "./commands/filter-words.ts";
import { splitZ } from "./commands/split.ts";
import { parseSkipped } from "./commands/tree.ts";
import { wordsOfGit } from "./commands/words.ts";
import { git } from "./git.ts";
import type { FilterLimits } from "./hung-filter.ts";

/** A filter that attributes name, with some of its files. */
interface Used {
	readonly name: string;
	readonly files: readonly string[];
}

/** What the filters of a base come to. */
export interface TriedFilters {
	/** Those that let a file out and take it in again. */
	readonly good: readonly UsedFilter[];
	/** Those that no setting defines: git goes on with their files as they are. */
	readonly undefined: readonly UsedFilter[];
	/** The others, as `filter-failed`. */
	readonly failed: readonly Problem[];
}

const NONE: TriedFilters = { good: [], undefined: [], failed: [] };

/** Files of a filter that are tried: one by itself may be such as it does not take in. */
const MOST_FILES = 3;

/**
 * Has each filter that files of the base have check out one of them, and take it in again, in a folder that is gone afterwards. Nothing is
 * written to the repository. Where nothing names a filter, one process of git tells.
 */
export async function tryFilters(
	repository: RepositoryPaths,
	base: Base,
	settings: readonly Setting[],
	signal: AbortSignal,
	limits?: FilterLimits,
): Promise<TriedFilters> {
	try {
		if (!(await isNamed(repository, base.commit, settings, signal))) return NONE;
		return await tryEach(repository, base, settings, signal, limits);
	} catch (error) {
		// What of the base is not there, others say.
		if (problemOf(error)?.kind !== "objects-unfetched") throw error;
		return NONE;
	}
}

function tryEach(
	repository: RepositoryPaths,
	base: Base,
	settings: readonly Setting[],
	signal: AbortSignal,
	limits: FilterLimits | undefined,
): Promise<TriedFilters> {
	return withTemporaryFolder(async (folder) => {
		const cwd = repository.root;
		const index = join(folder, "index");
		await git(["read-tree", base.commit], { cwd, index, signal });
		const files = await findFiles(cwd, index, settings, signal);
		const used = await findUsed(cwd, index, files, signal);
		if (used.length === 0) return NONE;
		const gitDir = (await git(["rev-parse", "--absolute-git-dir"], { cwd, signal })).stdout.trim();
		const drivers = driversIn(settings);
		const found: { -readonly [K in keyof TriedFilters]: TriedFilters[K][number][] } = {
			good: [],
			undefined: [],
			failed: [],
		};
		for (const { name, files: own } of used) {
			const each = { name, file: own[0] ?? "" };
			const driver = drivers.find((driver) => driver.name === name);
			if (!driver || !(goes(driver, "clean") || goes(driver, "smudge"))) {
				found.undefined.push(each);
				continue;
			}
			const worktree = { path: join(folder, `files-${found.good.length + found.failed.length}`), gitDir };
			await mkdir(worktree.path);
			const options = { cwd: worktree.path, worktree, index, signal, filtered: true, ...(limits ? { limits } : {}) };
			const failed = await tryOne(driver, own, (path) => files.has(path), options);
			if (failed) {
				const { command: _, ...facts } = failed;
				found.failed.push({ ...facts, path: cwd, filter: name });
			} else found.good.push(each);
		}
		return found;
	});
}

/** @returns the first thing that failed, when a file can't be checked out, or none can be taken in. */
async function tryOne(
	driver: Driver,
	files: readonly string[],
	isThere: (path: string) => boolean,
	options: Parameters<typeof git>[1],
): Promise<FilterFailed | undefined> {
	let first: FilterFailed | undefined;
	for (const file of files) {
		const run = (way: Way, args: readonly string[], input = "") =>
			failureOf(git([...strictly([driver], way), ...args], { ...options, input }), file);
		const input = [...attributesAbove(file).filter(isThere), file].map((each) => `${each}\0`).join("");
		const out = await run("smudge", ["checkout-index", "-q", "-f", "-z", "--stdin"], input);
		if (out) return out;
		const taken = await run("clean", ["hash-object", "--path", file, "--", join(options.cwd, file)]);
		if (!taken) return undefined;
		first ??= taken;
	}
	return first;
}

async function failureOf(running: Promise<unknown>, file: string): Promise<FilterFailed | undefined> {
	try {
		await running;
		return undefined;
	} catch (error) {
		const said = problemOf(error)?.kind === "git-failed" ? readFilterFailed(wordsOfGit(error)) : undefined;
		if (!said) throw error;
		return { ...said, file };
	}
}

/** The files of attributes that can say something of a file. */
function attributesAbove(file: string): string[] {
	const folders = file.split("/").slice(0, -1);
	return ["", ...folders.map((_, at) => `${folders.slice(0, at + 1).join("/")}/`)].map(
		(each) => `${each}.gitattributes`,
	);
}

/** Whether any attributes that hold for the base speak of filters. */
async function isNamed(
	{ root, commonDir }: RepositoryPaths,
	commit: string,
	settings: readonly Setting[],
	signal: AbortSignal,
): Promise<boolean> {
	const own = settings.findLast(({ key }) => key === "core.attributesfile")?.value;
	const home = process.env.XDG_CONFIG_HOME || join(homeFolder(), ".config");
	const user = own === undefined ? join(home, "git/attributes") : resolve(root, own.replace(/^~(?=\/)/, homeFolder()));
	for (const file of [join(commonDir, "info/attributes"), user, "/etc/gitattributes"]) {
		if (/\bfilter\b/.test(await readFile(file, "utf8").catch(() => ""))) return true;
	}
	const asked = ["grep", "-q", "-I", "-w", "-e", "filter", commit, "--", ":(top,glob)**/.gitattributes"];
	return (await git(asked, { cwd: root, signal, expect: [1] })).exitCode === 0;
}

/** The files that a worktree has. */
async function findFiles(
	cwd: string,
	index: string,
	settings: readonly Setting[],
	signal: AbortSignal,
): Promise<ReadonlySet<string>> {
	const listed = splitZ((await git(["ls-files", "-s", "-z"], { cwd, index, signal })).stdout);
	const isSparse = settings.findLast(({ key }) => key === "core.sparsecheckout")?.value === "true";
	const { isLeftOut } = parseSkipped(isSparse ? (await git(["ls-files", "-z", "-t"], { cwd, signal })).stdout : "");
	const paths = listed.flatMap((entry) => /^100\d+ [0-9a-f]+ 0\t([\s\S]*)$/.exec(entry)?.[1] ?? []);
	return new Set(paths.filter((path) => !isLeftOut(path)));
}

/** The filters that attributes name, each with the first of its files. */
async function findUsed(cwd: string, index: string, files: ReadonlySet<string>, signal: AbortSignal): Promise<Used[]> {
	const input = [...files].map((file) => `${file}\0`).join("");
	const asked = ["check-attr", "-z", "--cached", "--stdin", "filter"];
	const answers = splitZ((await git(asked, { cwd, index, signal, input })).stdout);
	const used = new Map<string, string[]>();
	for (let at = 0; at + 2 < answers.length; at += 3) {
		const [file = "", , name = ""] = answers.slice(at, at + 3);
		const own = used.get(name);
		if (!own) used.set(name, [file]);
		else if (own.length < MOST_FILES) own.push(file);
	}
	for (const none of ["unspecified", "unset", "set"]) used.delete(none);
	return [...used].map(([name, own]) => ({ name, files: own }));
}
