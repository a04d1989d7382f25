import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { homedir } from "node:os";
import { given } from "../contract/given.ts";
import { Failure } from "../contract/problem.ts";
import { configured } from "../system/configured-zx.ts";
import { isDiskFullText, isNothingLeft } from "../system/disk-space.ts";
import { absolutePath, findProgram } from "../system/find-program.ts";
import { RUN_VARIABLE, THIS_RUN } from "../system/this-run.ts";
import { verifyGitFiles } from "./guard.ts";

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
	/** Milliseconds; for commands that may wait for a person, as signing does. */
	readonly timeout?: number;
	/** Exit codes beside 0 that are an answer, not a failure. */
	readonly expect?: readonly number[];
}

/** A git command that did not end as expected. */
export interface GitResult {
	readonly stdout: string;
	/** Warnings, where git went on all the same. */
	readonly stderr: string;
	readonly exitCode: number;
}

/**
 * Settings of every git call. Hooks, fsmonitor and bare repositories are ways in which files that an agent wrote would
 * run on this machine; the rest keeps git from waiting, fetching or tidying up behind our back.
 */
const HARDENED = [
	"core.hooksPath=/dev/null",
	"core.fsmonitor=false",
	"safe.bareRepository=explicit",
	"protocol.allow=never",
	"gc.auto=0",
	"maintenance.auto=false",
	"core.quotePath=false",
	"advice.detachedHead=false",
].flatMap((setting) => ["-c", setting]);

/** What git needs of the environment: a home for the user's configuration, and what signing and locales ask for. */
const PASSED_ON = ["HOME", "XDG_CONFIG_HOME", "GNUPGHOME", "SSH_AUTH_SOCK", "TMPDIR", "USER", "LOGNAME", "GPG_TTY"];

let program: string | undefined;

/**
 * Runs git: the one door to it. Returns its standard output and exit code.
 * @throws Failure `git-failed` (with git's own words), `disk-full`, `program-missing`, or `repository-tampered`.
 */
export async function git(args: readonly string[], options: GitOptions): Promise<GitResult> {
	await verifyGitFiles(options.worktree?.gitDir);
	program ??= findProgram("git");
	const where = options.worktree
		? { GIT_DIR: options.worktree.gitDir, GIT_WORK_TREE: options.worktree.path }
		: undefined;
	const index = options.index === undefined ? undefined : { GIT_INDEX_FILE: options.index };
	const running = configured({
		cwd: options.cwd,
		env: { ...environment(), ...where, ...index },
		input: options.input ?? "",
		// zx would start a shell that starts git, which takes as long as most of what git is asked.
		spawn: withoutShell(program, [...HARDENED, ...args]),
		shell: true,
		quote: String,
		quiet: true,
		nothrow: true,
		// In a group of its own: Ctrl-C in a terminal goes to the whole foreground group, and would end a commit half-way.
		detached: true,
		...given({ signal: options.signal, timeout: options.timeout }),
	})`git`;
	// A git that ends before it has read its input closes the pipe; unheard, that error would end this process.
	running.stdin.on("error", () => {});
	// zx leaves the pipe open where there is nothing to write; a git that reads would wait for its end for ever.
	if (!options.input) running.stdin.end();
	const output = await running;
	const { exitCode, stdout, stderr } = output;
	options.signal?.throwIfAborted();
	if (exitCode === 0 || (exitCode !== null && options.expect?.includes(exitCode))) {
		return { stdout, stderr, exitCode };
	}
	const path = options.worktree?.path ?? options.cwd;
	if (await isOutOfSpace(stderr, path, options)) throw new Failure({ kind: "disk-full", path });
	throw new Failure({
		kind: "git-failed",
		command: `git ${args.join(" ")}`.slice(0, 300),
		exitCode,
		stderr: stderr.trim() || `ended by ${output.signal ?? "an error"}`,
		path,
	});
}

/** Starts a program itself in place of zx's shell with a command line. */
function withoutShell(file: string, args: readonly string[]): typeof spawn {
	const start = (_command: string, _args: readonly string[], options: SpawnOptions): ChildProcess =>
		spawn(file, args, { ...options, shell: false });
	return start as typeof spawn;
}

/** git does not always say why it could not write. */
async function isOutOfSpace(stderr: string, path: string, { cwd, worktree }: GitOptions): Promise<boolean> {
	if (isDiskFullText(stderr)) return true;
	if (!/(?:couldn't|could not|unable to|failed to) write|write error/i.test(stderr)) return false;
	return isNothingLeft([path, cwd, ...(worktree ? [worktree.gitDir] : [])]);
}

function environment(): Record<string, string> {
	const passed = PASSED_ON.flatMap((name) => {
		const value = process.env[name];
		return value === undefined ? [] : [[name, value] as const];
	});
	return {
		HOME: homedir(),
		...Object.fromEntries(passed),
		PATH: absolutePath(),
		LC_ALL: "C",
		GIT_TERMINAL_PROMPT: "0",
		GIT_OPTIONAL_LOCKS: "0",
		// An editor that opens would wait for ever.
		GIT_EDITOR: "false",
		[RUN_VARIABLE]: THIS_RUN.nonce,
	};
}
