import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Failure } from "../../contract/problem.ts";
import { findIfThere } from "../../system/find-program.ts";
import { homeFolder } from "../../system/home-folder.ts";
import { startsPrograms } from "../../system/starts-programs.ts";
import { withTemporaryFolder } from "../../system/temporary-folder.ts";
import type { CheckRequest } from "../runner.ts";
import { runCodex, unavailable } from "./ask.ts";
import { completeSandbox } from "./complete-sandbox.ts";
import { agentEnvironment } from "./environment.ts";
import { untrusted } from "./options.ts";
import { bundledBubblewraps } from "./package.ts";
import { profileOverride } from "./permissions.ts";
import { codexHome, existing } from "./secret-files.ts";

/** What a turn's thread is started with, as its permissions are. */
export const OF_TURNS = ['approval_policy="never"'];

/** What came of trying the sandbox out. */
export interface Tried {
	/** Why it can't start, or what it lets through; absent where all is well. */
	readonly wrong?: string;
	/** The bubblewrap that completes it; absent where none does. */
	readonly bubblewrap?: string;
}

/**
 * Of the kernel's settings, the one by which a process leaves every sandbox: it names a program that the machine runs as root (core(5)).
 * Codex's own sandbox leaves it open to root.
 */
const KERNEL_SETTING = "/proc/sys/kernel/core_pattern";

/**
 * A shell script that fails, and says why, unless what has to be denied is. First the folders, up to an empty word, that
 * must not be writable; these are not written to, in case they can be. Then what is really written: a file inside, and one
 * outside, which is looked for afterwards. Up to the next empty word, what must not be read; what is left is run.
 */
const CLOSED = `
write() { (echo probe > "$1") 2> /dev/null; }
while [ -n "$1" ]; do [ ! -w "$1" ] || { echo "$1 can be written" >&2; exit 1; }; shift; done
shift
write "$1" || { echo "$1, which is inside, can't be written" >&2; exit 1; }
write "$2"
shift 2
while [ -n "$1" ]; do [ ! -r "$1" ] || { echo "$1 can be read" >&2; exit 1; }; shift; done
[ ! -w ${KERNEL_SETTING} ] || { echo "${KERNEL_SETTING} can be written" >&2; exit 1; }
shift
[ $# -eq 0 ] || exec "$@"`;

/**
 * A script of Node that fails, and says why, unless a server can be reached on the loopback and on a socket, a program be given
 * input, and files be written below /tmp and in the home; and unless nothing outside of all that can be reached: its arguments
 * are a name for files, and the addresses of servers.
 */
const OPEN = `
const [name, port, ...sockets] = process.argv.slice(1);
const { createServer, connect } = require("node:net");
const { spawnSync } = require("node:child_process");
const { writeFileSync } = require("node:fs");
const fail = (what) => { console.error(what); process.exit(1); };
const others = Object.keys(require("node:os").networkInterfaces()).filter((each) => each !== "lo");
if (others.length > 0) fail("a network can be reached: " + others.join(", "));
const given = spawnSync("cat", { input: name });
if (given.error || String(given.stdout) !== name) fail("a program can't be given input: " + given.error);
if (spawnSync("unshare", ["-U", "true"]).status === 0) fail("namespaces can be made");
writeFileSync("/dev/null", name);
for (const folder of ["/tmp", process.env.HOME]) writeFileSync(folder + "/" + name + "-written", name);
const isReached = (address) => new Promise((resolve) => {
	const socket = connect(address).once("connect", () => resolve(true)).once("error", () => resolve(false));
	setTimeout(() => resolve(false), 2000).unref();
	socket.unref();
});
const serve = (address) => new Promise((resolve) => {
	const server = createServer((socket) => socket.end()).once("error", (error) => fail("nobody can listen: " + error));
	server.listen(address, async () => {
		if (!(await isReached(server.address().port ? { port: server.address().port, host: "127.0.0.1" } : address))) fail("who listens can't be reached");
		resolve();
	});
});
(async () => {
	for (const address of [{ port: Number(port), host: "127.0.0.1" }, ...sockets.map((path) => ({ path: path.replace(/^@/, "\\0") }))])
		if (await isReached(address)) fail("a server of this machine can be reached: " + JSON.stringify(address));
	await serve({ port: 0, host: "127.0.0.1" });
	await serve({ path: "/tmp/" + name + ".socket" });
	process.exit(0);
})();`;

/**
 * Tries the sandbox out, completed as far as that can be done here. A turn in a sandbox that can't start would "complete" with every command
 * failed, and a Codex that knows no permission profiles would run unconfined.
 * @throws Failure `runner-unavailable` where there is no folder to try it in.
 */
export async function trySandbox(
	codex: string,
	request: CheckRequest,
	denied: readonly string[],
	signal: AbortSignal,
): Promise<Tried> {
	// The bundled one first: it is as new as Codex, and can lay a home over another.
	for (const bubblewrap of [...bundledBubblewraps(codex), findIfThere("bwrap")]) {
		if (bubblewrap === undefined) continue;
		if ((await tryOnce(codex, request, denied, signal, bubblewrap)) === undefined) return { bubblewrap };
	}
	const wrong = await tryOnce(codex, request, denied, signal);
	if (wrong === undefined) return {};
	// It could not be completed where what does that, a program, is not started.
	const starts = !wrong.startsWith(KERNEL_SETTING) || (await withTemporaryFolder(startsPrograms));
	return { wrong: starts ? wrong : `no program may be started in ${tmpdir()} (noexec)` };
}

/** Why the sandbox, completed by this bubblewrap, is not what it should be; nothing where it is. */
async function tryOnce(
	codex: string,
	{ directory, gitFolder }: CheckRequest,
	denied: readonly string[],
	signal: AbortSignal,
	bubblewrap?: string,
): Promise<string | undefined> {
	return withTemporaryFolder(async (folder) => {
		const name = basename(folder);
		const working = join(folder, "agent");
		await mkdir(working);
		const profile = { name, writable: [working], denied, network: false };
		const overrides = [...OF_TURNS, untrusted([working]), profileOverride(profile)].flatMap((each) => ["-c", each]);
		const kept = [codexHome(), directory, ...(gitFolder === undefined ? [] : [gitFolder])];
		const outside = join(folder, "outside");
		const closed = [
			"/bin/sh",
			"-c",
			CLOSED,
			"sh",
			...kept,
			"",
			join(working, "inside"),
			outside,
			...existing(denied),
			"",
		];
		const ask = (command: readonly string[], environment?: Readonly<Record<string, string>>) => {
			const args = ["sandbox", "-P", name, "-C", working, ...overrides, "--", ...command];
			return runCodex(codex, args, working, signal, environment);
		};
		const askCompleted = async (program: string) => {
			const place = { folder: join(folder, "sandbox"), writable: [working], kept: [...kept, codex], denied };
			const { path, variables } = await completeSandbox(place, program, agentEnvironment().PATH ?? "");
			const servers = await listen(name, folder);
			const open = [process.execPath, "-e", OPEN, name, ...servers.addresses];
			const set = Object.entries(variables).map((each) => each.join("="));
			return ask(["env", ...set, ...closed, ...open], { PATH: path }).finally(servers.close);
		};
		const { exitCode, stderr } = await (bubblewrap === undefined ? ask(closed) : askCompleted(bubblewrap));
		const escaped = [outside, join("/tmp", `${name}-written`), join(homeFolder(), `${name}-written`)].find(existsSync);
		if (escaped === undefined) return exitCode === 0 ? undefined : stderr.trim() || `exit code ${exitCode}`;
		await rm(escaped, { force: true });
		return `${escaped}, which is outside, can be written`;
	}).catch((error: NodeJS.ErrnoException) => {
		if (error.syscall !== "mkdtemp") throw error;
		throw new Failure(unavailable("temporary folder", error.message, null), { cause: error });
	});
}

/** Bytes of a socket's path at most (unix(7)); Node cuts a longer one without a word. */
const LONGEST_SOCKET = 107;

/** Servers as this machine has them: on the loopback, on a socket with a path, on one without. */
async function listen(name: string, folder: string) {
	const path = join(folder, "s");
	const isShort = Buffer.byteLength(path) <= LONGEST_SOCKET;
	const [onLoopback, onName, onPath] = [createServer(), createServer(), createServer()];
	const servers = [onLoopback, onName, ...(isShort ? [onPath] : [])];
	onLoopback.listen(0, "127.0.0.1");
	if (isShort) onPath.listen(path);
	onName.listen(`\0${name}`);
	const close = () => {
		for (const server of servers) server.close();
	};
	for (const server of servers) server.unref();
	try {
		await Promise.all(servers.map((server) => once(server, "listening")));
	} catch (error) {
		close();
		throw error;
	}
	const { port } = onLoopback.address() as AddressInfo;
	return { addresses: [String(port), `@${name}`, ...(isShort ? [path] : [])], close };
}
