import { createHash } from "node:crypto";
import { lstat, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { homeOf, type IssuePlan, logsOf } from "../contract/issue.ts";
import type { ActionOptions } from "../contract/options.ts";
import { checksFolder } from "../repo/addresses.ts";
import { addDetached, removeDetached } from "../repo/worktree/detached.ts";
import { copyIncluded, readInclude } from "../repo/worktree/include.ts";
import { findMadeThere, type MadeThere } from "../repo/worktree/made-there.ts";
import { makeRunFolder, removeRunFolder, sweepRunFolders } from "../repo/worktree/run-folder.ts";
import type { Worktree } from "../repo/worktree/worktree.ts";
import { checksLogs, sweepAbandoned } from "../store/checks-logs.ts";
import { copyEntry } from "../system/copy-tree.ts";
import { askedOnce } from "../system/once.ts";
import type { KnownTrials } from "./base-trials.ts";
import { type SetUpPlace, setUpForChecks } from "./set-up-for-checks.ts";

/** A commit's files as a worktree has them, and what a set-up has made of the base's. */
export interface Prepared {
	readonly worktree: Worktree;
	readonly made: MadeThere;
}

/** A folder in which checks find a commit. */
export interface CommitFolder {
	readonly path: string;
	/** Folders that are found in it as they were made by the set-up. */
	readonly inner: readonly { readonly at: string; readonly lower: string }[];
}

/** What an issue is prepared for. */
type Issue = Pick<IssuePlan, "id" | "repository" | "base">;
type Options = Pick<ActionOptions, "jobs" | "layout" | "timeout">;

/** Where a run makes the folders that its checks run in; kept until the last of them has run. */
export class ChecksPlace {
	readonly folder: string;
	readonly #repository: IssuePlan["repository"];
	readonly #options: Options;
	readonly #prepared = askedOnce<Prepared>();
	readonly #starts = askedOnce<CommitFolder>();
	/** How checks went on the commits that issues start from. */
	readonly baseTrials: KnownTrials = askedOnce();
	#made = 0;

	private constructor(folder: string, repository: IssuePlan["repository"], options: Options) {
		this.folder = folder;
		this.#repository = repository;
		this.#options = options;
	}

	/** Makes it; what dead runs have left beside it goes. @throws Failure `disk-full`. */
	static async open(repository: IssuePlan["repository"], options: Options): Promise<ChecksPlace> {
		const place = checksFolder(options.layout, homeOf(repository));
		await sweepRunFolders(repository, place);
		await sweepAbandoned(checksLogs(logsOf(repository), options.layout.logs));
		return new ChecksPlace(await makeRunFolder(place), repository, options);
	}

	/** Removes it with all that is in it. */
	async close(): Promise<void> {
		await removeRunFolder(this.#repository, this.folder);
	}

	/** A path at which nothing stands; git's name for a worktree there is no issue's. */
	next(): string {
		this.#made += 1;
		return join(this.folder, `c@${this.#made}`);
	}

	/**
	 * A worktree of a commit of the base, set up by a command as an issue's worktree is: made once, for all issues that start from it.
	 * @throws Failure `set-up-failed`, `set-up-not-ignored`, `disk-full`, …
	 */
	prepare(issue: Issue, commit: string, command: string | undefined, signal: AbortSignal): Promise<Prepared> {
		return this.#prepared(preparedKey(commit, command), async () => {
			const path = this.next();
			const worktree = await addDetached(this.#repository, path, commit, signal, this.#options.jobs > 1);
			try {
				const from = { repository: issue.repository, base: { ...issue.base, commit } };
				const patterns = await readInclude(from, signal);
				if (patterns !== undefined) await copyIncluded(from, worktree, patterns, signal);
				if (command !== undefined) await setUpForChecks(this.#placeOf(issue, commit, command, path), signal);
				const isAsItWas = patterns === undefined && command === undefined;
				const made = isAsItWas ? NOTHING : await findMadeThere(this.#repository, worktree, signal);
				return { worktree, made };
			} catch (error) {
				await removeDetached(this.#repository, path);
				throw error;
			}
		});
	}

	#placeOf({ id, repository }: Issue, commit: string, command: string, path: string): SetUpPlace {
		const { layout, timeout } = this.#options;
		const logs = checksLogs(logsOf(repository), layout.logs);
		return { issue: id, command, path, logs, name: preparedKey(commit, command), timeout };
	}

	/** A folder with the files of a commit, in which the checks find what the set-up has made where the commit has nothing in its place. */
	async furnish(commit: string, { worktree, made }: Prepared, signal: AbortSignal): Promise<CommitFolder> {
		const path = this.next();
		await addDetached(this.#repository, path, commit, signal, this.#options.jobs > 1);
		for (const file of made.files) {
			if (!(await isFree(path, file))) continue;
			await mkdir(dirname(join(path, file)), { recursive: true });
			await copyEntry(join(worktree.path, file), join(path, file));
		}
		const inner: { at: string; lower: string }[] = [];
		for (const at of made.folders) {
			if (await isFree(path, at)) inner.push({ at, lower: join(worktree.path, at) });
		}
		return { path, inner };
	}

	/** The same of a commit that issues start from: one for all of them, kept as what was prepared. */
	start(commit: string, base: string, prepared: Prepared, signal: AbortSignal): Promise<CommitFolder> {
		const { path } = prepared.worktree;
		if (commit === base) return Promise.resolve({ path, inner: [] });
		return this.#starts(`${path} ${commit}`, () => this.furnish(commit, prepared, signal));
	}

	/** Removes such a folder. */
	async remove({ path }: CommitFolder): Promise<void> {
		await removeDetached(this.#repository, path);
	}
}

const NOTHING: MadeThere = { folders: [], files: [] };

function preparedKey(commit: string, command: string | undefined): string {
	return createHash("sha256")
		.update(`${commit}\0${command ?? ""}`)
		.digest("hex")
		.slice(0, 16);
}

/** Whether a commit has nothing at a path, nor a file or a link on the way there. */
async function isFree(folder: string, path: string): Promise<boolean> {
	const parts = path.split("/");
	for (const [at] of parts.entries()) {
		const stats = await lstat(join(folder, ...parts.slice(0, at + 1))).catch(() => undefined);
		if (!stats) return true;
		if (at === parts.length - 1 || !stats.isDirectory()) return false;
	}
	return true;
}
