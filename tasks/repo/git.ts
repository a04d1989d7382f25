import { setMaxListeners } from "node:events";
import { given } from "../contract/given.ts";
import { Failure } from "../contract/problem.ts";
import { closeAfter } from "../system/close-after.ts";
import { configured, withoutShell } from "../system/configured-zx.ts";
import { isDiskFullText, isNothingLeft } from "../system/disk-space.ts";
import { findProgram } from "../system/find-program.ts";
import { THIS_RUN } from "../system/this-run.ts";
import { readFilterFailed } from "./commands/filter-words.ts";
import { isFetchRefused, isUnfetched } from "./commands/words.ts";
import { FIXED } from "./fixed-settings.ts";
import { environment } from "./git-environment.ts";
import { verifyGitFiles } from "./guard.ts";
import type { FilterLimits } from "./hung-filter.ts";

/** Where and how one git command runs. */
export interface GitOptions {
	/** Working directory; the main checkout, never a folder that an agent wrote. */
	readonly cwd: string;
	/** A worktree to work on: named by its own git directory, since the pointer file in it could have been replaced. */
	readonly worktree?: { readonly path: string; readonly gitDir: string };
	/** An index file of one's own, so that the worktree's stays as it is. */
	readonly index?: string;
	readonly input?: string;
	readonly signal?: AbortSignal;
	/** Whose a commit is, where it is not to be the user's. */
	readonly person?: Person;
	/** Milliseconds; for commands that may wait for a person, as signing does. */
	readonly timeout?: number;
	/**
	 * As a person at this terminal would run it: with all settings, variables and hooks of theirs, for as long as they have these take, and
	 * ended by the Ctrl-C that ends this program.
	 */
	readonly asPerson?: boolean;
	/** A filter that fails is a failure, required or not: git itself goes on with the file as it is. */
	readonly filtered?: boolean;
	/** git's arguments with which a person brings what a partial clone lacks for this: no call of ours fetches. */
	readonly broughtBy?: readonly string[];
	/** What a filter may take, where git works on files. */
	readonly limits?: FilterLimits;
	/** Exit codes beside 0 that are an answer, not a failure. */
	readonly expect?: readonly number[];
	/** Bytes of output after which git is ended. */
	readonly most?: number;
}

/** A name that commits are made in. */
export interface Person {
	readonly name: string;
	readonly email: string;
}

/** A git command that did not end as expected. */
export interface GitResult {
	readonly stdout: string;
	/** Warnings, where git went on all the same. */
	readonly stderr: string;
	readonly exitCode: number;
	/** There would have been more output than `most`. */
	readonly isCut?: true;
}

const OPTIONS = FIXED.flatMap((setting) => ["-c", setting]);

/** The variable by which what one git has started is known, wherever it went. */
const MARK = "ORCHFILE_GIT";

const FILTER_LIMITS: FilterLimits = { stall: 60_000, longest: 1_800_000 };

let program: string | undefined;
let calls = 0;

/**
 * Runs git: the one door to it. Returns its standard output and exit code.
 * @throws Failure `git-failed` (with git's own words), `objects-unfetched`, `disk-full`, `program-missing`, or `repository-tampered`.
 */
export async function git(args: readonly string[], options: GitOptions): Promise<GitResult> {
	await verifyGitFiles(options.worktree?.gitDir);
	// Nobody listens yet: one that is not to run any more would run on, with whatever it has started.
	options.signal?.throwIfAborted();
	program ??= findProgram("git");
	const where = options.worktree
		? { GIT_DIR: options.worktree.gitDir, GIT_WORK_TREE: options.worktree.path }
		: undefined;
	// So many at once listen to one that Node takes it for a leak, and says so among what a person reads.
	if (options.signal) setMaxListeners(0, options.signal);
	const index = options.index === undefined ? undefined : { GIT_INDEX_FILE: options.index };
	const mark = `${THIS_RUN.nonce}-${++calls}`;
	const running = configured({
		cwd: options.cwd,
		env: { ...environment(options.asPerson), ...nameOf(options.person), ...where, ...index, [MARK]: mark },
		input: options.input ?? "",
		// zx would start a shell that starts git, which takes as long as most of what git is asked.
		spawn: withoutShell(program, options.asPerson ? args : [...OPTIONS, ...args]),
		shell: true,
		quote: String,
		quiet: true,
		nothrow: true,
		// In a group of its own: Ctrl-C in a terminal goes to the whole foreground group, and would end a commit half-way.
		detached: !options.asPerson,
		...given({ signal: options.signal, timeout: options.timeout }),
	})`git`;
	// A git that ends before it has read its input closes the pipe; unheard, that error would end this process.
	running.stdin.on("error", () => {});
	// zx leaves the pipe open where there is nothing to write; a git that reads would wait for its end for ever.
	if (!options.input) running.stdin.end();
	const isCut = closeAfter(running.stdout, options.most);
	const unwatch = watchFilters(running.pid ?? 0, mark, options);
	const output = await running;
	const hung = await unwatch();
	const { exitCode, stdout } = output;
	if (isCut()) return { stdout, stderr: output.stderr, exitCode: 0, isCut: true };
	const stderr = hung === undefined ? output.stderr : `${hung}\n${output.stderr}`;
	options.signal?.throwIfAborted();
	const isUnfiltered = hung !== undefined || (options.filtered && readFilterFailed(stderr) !== undefined);
	// Without what it would have to fetch, git does not know the answer, whatever exit code it says so with.
	const isAnswer = exitCode !== null && options.expect?.includes(exitCode) && !isUnfetched(stderr);
	if (!isUnfiltered && (exitCode === 0 || isAnswer)) return { stdout, stderr, exitCode: exitCode ?? 0 };
	const path = options.worktree?.path ?? options.cwd;
	if (isUnfetched(stderr) || isFetchRefused(stderr))
		throw new Failure({ kind: "objects-unfetched", path: options.cwd, ...given({ broughtBy: options.broughtBy }) });
	if (await isOutOfSpace(stderr, path, options)) throw new Failure({ kind: "disk-full", path });
	throw new Failure({
		kind: "git-failed",
		command: `git ${args.join(" ")}`.slice(0, 300),
		exitCode,
		stderr: stderr.trim() || `ended by ${output.signal ?? "an error"}`,
		path,
	});
}

/** Has filters ended that hang. @returns what to call once git has ended, which tells what was wrong with one. */
function watchFilters(pid: number, mark: string, { signal, limits = FILTER_LIMITS, ...options }: GitOptions) {
	// What has a limit already may wait for a person, as signing does.
	if (options.timeout !== undefined || !(options.filtered || options.worktree)) return async () => undefined;
	const ended = new AbortController();
	const load = () => import("./hung-filter.ts");
	const running = { pid, mark: `${MARK}=${mark}` };
	let hung: Promise<string | undefined> | undefined;
	const look = async () => (await load()).endHungFilters(running, limits, ended.signal);
	const timer = setTimeout(() => (hung = look()), Math.min(limits.stall, limits.longest) / 4).unref();
	const interrupt = async () => (await load()).endStubbornFilters(running, ended.signal);
	signal?.addEventListener("abort", interrupt, { signal: ended.signal });
	return async () => {
		clearTimeout(timer);
		ended.abort();
		// git has been told to end; what it had started may take no notice.
		if (signal?.aborted) await (await load()).endStarted(running);
		return hung;
	};
}

/** git does not always say why it could not write. */
async function isOutOfSpace(stderr: string, path: string, { cwd, worktree }: GitOptions): Promise<boolean> {
	if (isDiskFullText(stderr)) return true;
	if (!/(?:couldn't|could not|unable to|failed to) write|write error/i.test(stderr)) return false;
	return isNothingLeft([path, cwd, ...(worktree ? [worktree.gitDir] : [])]);
}

/** As variables, which go before the user's own and before settings. */
function nameOf(person: Person | undefined): Record<string, string> {
	if (!person) return {};
	const { name, email } = person;
	return { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email };
}
