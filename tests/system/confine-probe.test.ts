import { execFile } from "node:child_process";
import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, test, vi } from "vitest";
import { messageOf } from "../../tasks/cli/words/problem-words.ts";
import type { ConfinementReason } from "../../tasks/contract/problems/machine.ts";
import { codexBinary } from "../../tasks/runner/codex/package.ts";
import { hostSockets } from "../../tasks/system/confine/host-sockets.ts";
import { type Confinable, probeConfinement } from "../../tasks/system/confine/probe.ts";
import { isOfMoment } from "../../tasks/system/confine/run-confined.ts";
import { reasonOf, type Surroundings } from "../../tasks/system/confine/why-refused.ts";
import { ROOT, temporaryFolder } from "../support/documents.ts";
import { build } from "../support/esbuild.ts";
import { commandOf } from "../support/processes.ts";
import { testSay } from "../support/say.ts";

const onLinux = test.skipIf(process.platform !== "linux");
const BUNDLED = join(dirname(codexBinary()), "../codex-resources/bwrap");

onLinux("where commands can be confined, it is said by what, and nothing is left", async () => {
	await using folder = await temporaryFolder();
	const { TMPDIR } = process.env;
	process.env.TMPDIR = folder.path;
	try {
		expect(await probeConfinement(["/nowhere/bwrap", BUNDLED])).toEqual({
			kind: "confined",
			bubblewrap: BUNDLED,
			home: "overlay",
		});
		expect(await readdir(folder.path)).toEqual([]);
	} finally {
		if (TMPDIR === undefined) delete process.env.TMPDIR;
		else process.env.TMPDIR = TMPDIR;
	}
	expect(await probeConfinement(["/nowhere/bwrap"])).toEqual({ kind: "refused", reason: "missing", message: "" });
	const message = expect.stringMatching(/EACCES|Permission denied/);
	expect(await probeConfinement([join(ROOT, "package.json")])).toEqual({ kind: "refused", reason: "other", message });
});

/** What of bubblewrap's arguments is changed, as an edit of lines, and what that lets through. */
const LEAKS: readonly (readonly [edit: string, leak: string])[] = [
	["s/^--ro-bind-try$/--bind-try/", "a file outside can be written"],
	["s/^--ro-bind$/--bind/", "what is read-only can be written"],
	["s/^--unshare-net$//", "it is in this machine's network"],
	["s/^--unshare-pid$//", "it sees this machine's processes"],
	["/^--seccomp$/,+1d", "namespaces can be made in it"],
	["s#/outside/secrets$#/inside#", "a folder that is secret can be read"],
	...(process.getuid?.() === 0
		? [["s#^/proc/sys$#/proc/bus#; /^--remount-ro$/,+1d", "the kernel's settings can be written"] as const]
		: []),
];

onLinux("a bubblewrap that is killed as it starts leaves nothing that is waited for", async () => {
	await using folder = await temporaryFolder();
	const path = join(folder.path, "bwrap");
	// What it has just made waits for it, holds its output, and has closed what it tells its state by.
	const script = `#!/bin/bash
[ "$1" = --help ] && exec ${BUNDLED} --help
sleep 600 4>&- &
echo $! >>${folder.path}/left
kill -9 $$`;
	await writeFile(path, script, { mode: 0o755 });
	expect(await probeConfinement([path])).toMatchObject({ kind: "refused" });
	const left = (await readFile(join(folder.path, "left"), "utf8")).trim().split("\n");
	// The try-out of the home, and the command.
	expect(left).toHaveLength(2);
	await vi.waitFor(() => expect(left.filter((pid) => commandOf(Number(pid)) !== "")).toEqual([]));
});

onLinux("a bubblewrap that does not keep what it should is not relied on", async () => {
	await using folder = await temporaryFolder();
	const found = await Promise.all(
		LEAKS.map(async ([edit], at) => {
			const path = join(folder.path, `bwrap-${at}`);
			const script = `#!/bin/bash
[ "$1" = --help ] && exec ${BUNDLED} --help
given=()
for arg; do [ "$arg" = -- ] && break; given+=("$arg"); shift; done
readarray -t given < <(printf '%s\n' "\${given[@]}" | sed '${edit}' | grep .)
exec ${BUNDLED} "\${given[@]}" "$@"`;
			await writeFile(path, script, { mode: 0o755 });
			return probeConfinement([path]);
		}),
	);
	expect(found).toEqual(
		LEAKS.map(([, leak]) => ({ kind: "refused", reason: "leaks", message: expect.stringContaining(leak) })),
	);
	const leaking = join(folder.path, "bwrap-0");
	expect(await probeConfinement([leaking, BUNDLED])).toMatchObject({ kind: "confined", bubblewrap: BUNDLED });
});

onLinux("a machine that makes no user namespaces: what to type", async () => {
	await using folder = await temporaryFolder();
	await chmod(folder.path, 0o755);
	const driver = join(folder.path, "driver.mjs");
	const entryPoints = [join(ROOT, "tests/support/confine-driver.ts")];
	await build({ entryPoints, outfile: driver, bundle: true, format: "esm", platform: "node" });
	await mkdir(join(folder.path, "tmp"));
	const none = 'echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"';
	const { stdout } = await promisify(execFile)(
		"unshare",
		["-Ur", "sh", "-c", none, "sh", process.execPath, driver, JSON.stringify({ probe: [BUNDLED] })],
		{ env: { ...process.env, TMPDIR: join(folder.path, "tmp") } },
	);
	const found: Confinable = JSON.parse(stdout);
	expect(found).toMatchObject({ kind: "refused", reason: "too-few" });
	expect(messageOf({ ...found, kind: "confinement-unavailable" } as never, testSay())).toEqual({
		what: expect.stringContaining("Checks can't be confined: the kernel makes no more user namespaces: bwrap: "),
		remedy: "Type: sudo sysctl -w user.max_user_namespaces=15000",
	});
	expect(await readdir(join(folder.path, "tmp"))).toEqual([]);
});

const MACHINE = { isRestricted: false, isContainer: false };
const UBUNTU = { isRestricted: true, isContainer: false };
const CONTAINER = { isRestricted: false, isContainer: true };

onLinux.each<[message: string, Surroundings, ConfinementReason]>([
	["bwrap: setting up uid map: Permission denied", UBUNTU, "apparmor"],
	["bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted", UBUNTU, "apparmor"],
	["bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted", CONTAINER, "container"],
	[
		"bwrap: No permissions to create a new namespace, likely because the kernel does not allow non-privileged user namespaces. On e.g. debian this can be enabled with 'sysctl kernel.unprivileged_userns_clone=1'.",
		MACHINE,
		"namespaces",
	],
	[
		"bwrap: No permissions to create new namespace, likely because the kernel does not allow non-privileged user namespaces. See <https://deb.li/bubblewrap> or <file:///usr/share/doc/bubblewrap/README.Debian.gz>.",
		CONTAINER,
		"container",
	],
	["bwrap: Creating new namespace failed: Operation not permitted", CONTAINER, "container"],
	[
		"bwrap: Creating new namespace failed: nesting depth or /proc/sys/user/max_*_namespaces exceeded (ENOSPC)",
		MACHINE,
		"too-few",
	],
	["bwrap: Can't mount proc on /newroot/proc: Operation not permitted", CONTAINER, "proc"],
	["bwrap: Failed to make / slave: Permission denied", CONTAINER, "container"],
	["bwrap: Unknown option --json-status-fd", MACHINE, "other"],
])("%s", (message, surroundings, reason) => {
	expect(reasonOf(message, surroundings)).toBe(reason);
});

onLinux(
	"sockets of this machine: those that take connections or messages, and have a path that is theirs",
	async () => {
		await using folder = await temporaryFolder();
		const path = join(folder.path, "a  socket");
		const server = createServer().listen(path);
		const line = (flags: string, type: string, name: string) =>
			`0000000000000000: 00000002 00000000 ${flags} ${type} 01 1 ${name}\n`;
		try {
			for (const [flags, type, name, isFound] of [
				["00010000", "0001", path, true],
				["00010000", "0005", path, true],
				["00000000", "0002", path, true],
				["00000000", "0001", path, false],
				["00010000", "0001", `@${path}`, false],
				["00010000", "0001", "socket", false],
				["00010000", "0001", folder.path, false],
				["00010000", "0001", join(folder.path, "gone"), false],
			] as const) {
				expect(hostSockets([], line(flags, type, name)), `${flags} ${type} ${name}`).toEqual(isFound ? [path] : []);
			}
		} finally {
			server.close();
		}
	},
);

test.each([
	["bwrap: Can't mkdir parents for /x/engine.sock: Read-only file system", true],
	["bwrap: Can't create file at /x/engine.sock: Read-only file system", true],
	["bwrap: Can't find source path /x/engine.sock: No such file or directory", true],
	["bwrap: No permissions to create a new namespace", false],
])("what is worth another start: %s", (message, isWorth) => expect(isOfMoment(message)).toBe(isWorth));
