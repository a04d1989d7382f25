import childProcess, { type ChildProcess } from "node:child_process";
import fs from "node:fs";
import fsPromises, { type FileHandle } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { basename, dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import type { FaultKind, FaultPoint } from "./faults.ts";

// A preload of the orchfile (`node --import`): it stands between the program and the world, so that a fault can happen at
// any step without a hook in the program. Everything the program changes in the world goes through one of these
// functions; each call is a step with a name that is the same in every run.

// biome-ignore lint/suspicious/noExplicitAny: functions of any shape are wrapped alike.
type Anything = any;

const point: FaultPoint = JSON.parse(process.env.FAULT_POINT ?? "{}");
const { existsSync, mkdirSync, readdirSync } = fs;
const { spawn } = childProcess;

const NO_SPACE = "No space left on device";
/** What takes no room on a disk. */
const FREEING = /^(?:rm|rmdir|unlink|rename|git worktree remove|git update-ref -d|fork|codex)\b/;
/** Commands of git that only read. */
const READING =
	/^git (?:rev-parse|rev-list|merge-base|for-each-ref|show-ref|ls-files|ls-tree|cat-file|grep|status|diff|log|config|var|version|symbolic-ref -q|worktree list)\b/;

const record = point.record === undefined ? undefined : fs.openSync(point.record, "a");
const seen = new Map<string, number>();
let isDiskFull = false;

/** Counts a step; returns what is to happen at it. */
function reach(name: string): FaultKind | undefined {
	const times = (seen.get(name) ?? 0) + 1;
	seen.set(name, times);
	const step = times === 1 ? name : `${name} #${times}`;
	if (record !== undefined) fs.writeSync(record, `${step}\n`);
	const kind = step === point.step ? point.kind : undefined;
	if (kind === "kill-before") die();
	if (kind === "no-space") isDiskFull = true;
	return isDiskFull && !FREEING.test(name) ? "no-space" : kind;
}

function die(): void {
	if (point.leaves) {
		const file = join(point.root ?? "", point.leaves.file);
		mkdirSync(dirname(file), { recursive: true });
		const left = fs.openSync(file, "a");
		fs.writeSync(left, point.leaves.content ?? "");
	}
	process.kill(process.pid, "SIGKILL");
}

function noSpace(call: string, path: string): NodeJS.ErrnoException {
	const error = new Error(`ENOSPC: ${NO_SPACE.toLowerCase()}, ${call} '${path}'`);
	return Object.assign(error, { code: "ENOSPC", errno: -28, syscall: call, path });
}

/** A path as it is in every run, or nothing for one outside of the test's folder. */
function nameOf(path: unknown): string | undefined {
	if (!point.root || typeof path !== "string" || !path.startsWith(`${point.root}/`)) return undefined;
	return relative(point.root, path)
		.replace(/^repo\/logs\/orch\/(?:M1\/)?/, "logs/")
		.replace(/^repo\.worktrees/, "worktrees")
		.replace(/^worktrees\/@checks\/[^/]+/, "checks")
		.replace(/(\/tried-)[^/]+/, "$1*")
		.replace(/^(logs\/checks\/\.?)[0-9a-f]{32}((?:\.[^/]+?)??)(?:\.[0-9a-f]{8})?(?=\.)/, "$1<key>$2")
		.replace(/\d{4}-\d\d-\d\dT[\d-]+\.\d+Z/, "<start>")
		.replace(/\/\.([^/]+)\.[0-9a-f-]{36}\.orchfile-tmp$/, "/$1.tmp")
		.replace(/^(tmp\/[a-z]+-).*/, "$1*");
}

const isWriting = (flags: unknown) => typeof flags === "string" && flags !== "r";
const handles = new WeakMap<FileHandle, string>();

/** The step that a call is, or nothing when the call changes nothing that counts. */
function stepOf(call: string, args: readonly unknown[]): string | undefined {
	const [path, second] = args;
	if (call === "open" && !isWriting(second)) return undefined;
	// What a rename brings about is named, not what it takes away.
	const name = nameOf(call === "rename" ? second : path);
	return name && `${call} ${name}`;
}

function wrapFile(call: string, original: Anything, name: (self: unknown, args: unknown[]) => string | undefined) {
	return async function (this: unknown, ...args: unknown[]) {
		const step = name(this, args);
		const fault = step === undefined ? undefined : reach(step);
		if (fault === "no-space" || fault === "no-space-once") throw noSpace(call, String(args[0]));
		const result = await original.apply(this, args);
		if (call === "open" && step !== undefined) handles.set(result, step.slice("open ".length));
		if (fault === "kill-after") die();
		return result;
	};
}

for (const call of ["open", "mkdir", "mkdtemp", "rm", "rmdir", "unlink", "rename", "writeFile", "appendFile", "link"]) {
	const promised = fsPromises as Anything;
	promised[call] = wrapFile(call, promised[call], (_, args) => stepOf(call, args));
}
for (const call of ["mkdirSync", "mkdtempSync", "rmSync", "rmdirSync", "unlinkSync", "renameSync", "writeFileSync"]) {
	const plain = fs as Anything;
	const original = plain[call];
	plain[call] = (...args: unknown[]) => {
		const step = stepOf(call.replace("Sync", ""), args);
		const fault = step === undefined ? undefined : reach(step);
		if (fault === "no-space" || fault === "no-space-once") throw noSpace(call, String(args[0]));
		const result = original(...args);
		if (fault === "kill-after") die();
		return result;
	};
}

const someFile = await fsPromises.open(process.execPath, "r");
const handle = Object.getPrototypeOf(someFile);
await someFile.close();
for (const call of ["writeFile", "sync"]) {
	handle[call] = wrapFile(call, handle[call], (self) => {
		const name = handles.get(self as FileHandle);
		return name && `${call} ${name}`;
	});
}

// A stream's writes come in chunks that differ from run to run: its opening and the first of them are steps.
const { createWriteStream } = fs;
const openFile = fs.open as Anything;
(fs as Anything).createWriteStream = (path: string, options: object) => {
	const name = nameOf(path);
	if (name === undefined) return createWriteStream(path, options);
	let isFirst = true;
	let full = false;
	const write = (original: Anything) =>
		function (this: unknown, ...args: unknown[]) {
			const fault = isFirst ? reach(`write ${name}`) : undefined;
			isFirst = false;
			full ||= fault === "no-space-once" || isDiskFull;
			const done = args.at(-1) as (error: Error | null, ...rest: unknown[]) => void;
			if (full) return process.nextTick(done, noSpace("write", path));
			const after = (error: Error | null, ...rest: unknown[]) => {
				if (fault === "kill-after") die();
				done(error, ...rest);
			};
			original.call(this, ...args.slice(0, -1), after);
		};
	const ownFs = {
		close: fs.close,
		write: write(fs.write),
		writev: write(fs.writev),
		open: (file: string, flags: string, mode: number, done: (error: Error | null, fd?: number) => void) => {
			const fault = reach(`open ${name}`);
			if (fault?.startsWith("no-space")) return process.nextTick(done, noSpace("open", path));
			openFile(file, flags, mode, (error: Error | null, fd: number) => {
				if (fault === "kill-after") die();
				done(error, fd);
			});
		},
	};
	return createWriteStream(path, { ...options, fs: ownFs } as Anything);
};

/** `git worktree add`, `git update-ref refs/heads/issue/A-1`, `codex doctor`, `fork codex-child`. */
function commandStep(file: string, args: readonly unknown[]): string | undefined {
	const words = [file, ...args].join(" ").split(/\s+/);
	const program = basename(words.shift() ?? "");
	if (isTriedOut(program, words[0])) return undefined;
	if (program !== "git") return `${program} ${words[0] ?? ""}`;
	while (words[0] === "-c") words.splice(0, 2);
	const [verb = "", ...rest] = words;
	const flag = rest[0] === "-d" || rest[0] === "-q" ? [rest.shift()] : [];
	const object = /^(?:worktree|update-ref|symbolic-ref)$/.test(verb) ? [...flag, rest[0]] : [];
	const step = ["git", verb, ...object].join(" ");
	return READING.test(step) ? undefined : step;
}

/** Whether a program is asked what it can do, or makes something in a temporary folder, which goes with that. */
function isTriedOut(program: string, first: string | undefined): boolean {
	return program === "mkfifo" || (program === "bwrap" && (first === "--help" || first === "--unshare-user"));
}

/** The lock files that git holds, and the marks of worktrees that are being made. */
function locks(): string[] {
	if (!point.root) return [];
	const git = join(point.root, "repo/.git");
	const inside = (folder: string) =>
		existsSync(join(git, folder)) ? readdirSync(join(git, folder), { recursive: true, encoding: "utf8" }) : [];
	return ["", "refs", "worktrees"]
		.flatMap((folder) => (folder === "" ? readdirSync(git) : inside(folder)))
		.filter((name) => name.endsWith(".lock") || name.endsWith("/locked"));
}

/** Kills git in the middle of what it does: once a file is there, or as soon as it holds a lock that nobody held before. */
function killWithinGit(child: ChildProcess, before: readonly string[], andSelf: boolean): void {
	const look = (): void => {
		if (child.exitCode === null && child.signalCode === null) {
			const isTime = point.until
				? existsSync(join(point.root ?? "", point.until))
				: locks().some((lock) => !before.includes(lock));
			if (!isTime) {
				setImmediate(look);
				return;
			}
			// It leads a process group.
			process.kill(-(child.pid as number), "SIGKILL");
		}
		if (andSelf) die();
	};
	look();
}

(childProcess as Anything).spawn = (file: string, args: Anything, options: Anything) => {
	const step = commandStep(file, Array.isArray(args) ? args : []);
	const fault = step === undefined ? undefined : reach(step);
	if (fault === undefined) return spawn(file, args, options);
	const failing = `echo 'fatal: write error: ${NO_SPACE}' >&2; exit 128`;
	if (fault === "no-space" || fault === "no-space-once") return spawn("/bin/sh", ["-c", failing], options);
	if (fault === "no-space-late") return spawn("/bin/sh", ["-c", `"$@"; ${failing}`, "sh", file, ...args], options);
	const before = locks();
	const child = spawn(file, args, options);
	if (fault === "kill-after") child.once("exit", die);
	if (fault === "kill-during" || fault === "kill-git") killWithinGit(child, before, fault === "kill-during");
	return child;
};

const { fork, execFile } = childProcess;
(childProcess as Anything).fork = (file: string, ...rest: Anything[]) => {
	const fault = reach(`fork ${basename(file).replace(/\.m?[jt]s$/, "")}`);
	const child = (fork as Anything)(file, ...rest);
	if (fault === "kill-after") die();
	return child;
};

const promised = promisify(execFile) as Anything;
(childProcess as Anything).execFile = Object.assign((...args: Anything[]) => (execFile as Anything)(...args), {
	[promisify.custom]: async (file: string, args: string[], ...rest: unknown[]) => {
		const fault = reach(commandStep(file, args) ?? file);
		const result = await promised(file, args, ...rest);
		if (fault === "kill-after") die();
		return result;
	},
});

syncBuiltinESMExports();
