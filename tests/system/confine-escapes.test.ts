import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, open, readdir, readFile, realpath, writeFile } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { codexBinary } from "../../tasks/runner/codex/package.ts";
import { secretPaths } from "../../tasks/runner/confinement.ts";
import { removeFolder } from "../../tasks/system/remove-folder.ts";
import { makeCanaries } from "../support/canaries.ts";
import type { DriverJob, DriverRequest, DriverResult } from "../support/confine-driver.ts";
import { ROOT, temporaryFolder } from "../support/documents.ts";
import { build } from "../support/esbuild.ts";
import { ESCAPES, type Escape, EXPECTED, OPEN, scriptOf } from "../support/escapes.ts";
import { fileOf, processIds } from "../support/processes.ts";

const onLinux = test.skipIf(process.platform !== "linux");
const BUNDLED = join(dirname(codexBinary()), "../codex-resources/bwrap");
const IS_ROOT = process.getuid?.() === 0;
const NOBODY = 65_534;
/** What the secrets of checks and of agents are beside those that are made here. */
const OF_MACHINE = secretPaths().filter((path) => path.startsWith("/etc/"));
/** A mark that no other process has. */
const STRAY = `770${process.pid}.5`;

let programs: Awaited<ReturnType<typeof temporaryFolder>>;
let driver: string;
beforeAll(async () => {
	programs = await temporaryFolder();
	await chmod(programs.path, 0o755);
	const entryPoints = [join(ROOT, "tests/support/confine-driver.ts")];
	driver = join(programs.path, "driver.mjs");
	await build({ entryPoints, outfile: driver, bundle: true, format: "esm", platform: "node" });
	const old = `#!/bin/sh\n[ "$1" = --help ] || exec ${BUNDLED} "$@"\n`;
	await writeFile(join(programs.path, "bwrap"), old, { mode: 0o755 });
});
afterAll(() => programs[Symbol.asyncDispose]());

/** The bubblewraps that there are, one that knows no overlays among them. */
function bubblewraps(): string[] {
	const found = (process.env.PATH ?? "").split(":").map((folder) => join(folder, "bwrap"));
	return [BUNDLED, join(programs.path, "bwrap"), ...found.filter(existsSync).slice(0, 1)];
}

const users: readonly (readonly [string, number | undefined])[] = IS_ROOT
	? [
			["root", undefined],
			["a user", NOBODY],
		]
	: [["this user", undefined]];

onLinux.each(users)("what may not be reached is not, and what tools expect is there: as %s", async (_, user) => {
	for (const bubblewrap of bubblewraps()) {
		await using world = await createPlace(user);
		const script = scriptOf([...ESCAPES, ...OPEN, ...EXPECTED], { ...world.canaries, gate: true });
		void world.openGate();
		const [result] = await world.drive(bubblewrap, [{ command: [process.execPath, "-e", script] }]);
		const found = JSON.parse(result?.output ?? "") as Record<string, unknown>;
		const worked = (rows: readonly Escape[], is: boolean) =>
			rows.map(({ name }) => name).filter((name) => (found[name] === true) === is);
		expect(
			{ escapes: worked(ESCAPES, true), open: worked(OPEN, false), missing: worked(EXPECTED, false) },
			`${bubblewrap}: ${result?.output}`,
		).toEqual({
			escapes: [],
			open: [],
			missing: [],
		});
		expect(await readFile(join(world.canaries.outside, "file"), "utf8")).toBe("outside\n");
		expect(await readdir(world.canaries.home)).toEqual([".netrc", ".profile", ".ssh", "appears.sock", "home.sock"]);
		expect(await readFile(join(world.canaries.home, ".profile"), "utf8")).toBe("mine\n");
	}
});

onLinux("each of these escapes works where nothing is confined", async () => {
	await using world = await createPlace(undefined);
	const traps = ESCAPES.filter(({ isTrap = true }) => isTrap);
	const found = await world.unconfined(scriptOf(traps, world.canaries));
	expect(traps.filter(({ name }) => found[name] !== true).map(({ name }) => `${name}: ${found[name]}`)).toEqual([]);
});

/** Takes the stream on which bubblewrap says its errors from the first process, and writes to it (pidfd_open, pidfd_getfd). */
const FLOOD = `open(F, ">&=", syscall(438, syscall(434, 1, 0), 2, 0)) or die; $x = "x" x 1e6;
for (1 .. 300) { syswrite(F, $x) or die } exit 7`;

onLinux.each(users)("a command ends at its limits, and nothing of it is left: as %s", async (_, user) => {
	await using world = await createPlace(user);
	const sh = (script: string): DriverJob["command"] => ["sh", "-c", script];
	const daemon = `setsid sh -c '(trap "" TERM HUP; sleep ${STRAY} & sleep ${STRAY} & wait) &' >/dev/null 2>&1 &`;
	const serve = `require("http").createServer((_, response) => response.end()).listen(8080, async () => {
		await fetch("http://localhost:8080"); setTimeout(() => process.exit(7), 300); })`;
	const results = await world.drive(BUNDLED, [
		{ command: [process.execPath, "-e", serve] },
		{ command: [process.execPath, "-e", serve], isBeside: true },
		{ command: sh(`${daemon} echo out; echo err >&2; sleep 0.1; exit 3`), isBeside: true },
		{ command: sh(`${daemon} exec sleep ${STRAY}`), limits: { timeout: 300 } },
		{ command: sh(`${daemon} exec sleep ${STRAY}`), interruptAfter: 300, isBeside: true },
		{ command: sh("sleep 3; touch late"), interruptAfter: "midway", isBeside: true },
		{ command: sh(`kill -9 $$`), isBeside: true },
		{ command: ["/no/such/program"], isBeside: true },
		{
			command: sh("echo begin; head -c 300000000 /dev/zero; echo; echo end"),
			limits: { output: 500_000 },
			isBeside: true,
		},
		{ command: ["perl", "-e", FLOOD], isBeside: true },
		{ command: sh("i=0; while [ $i -lt 400 ]; do sleep 100 & i=$((i+1)); done; wait"), limits: { processes: 80 } },
		{
			command: [process.execPath, "-e", "const a = []; for (;;) a.push(Buffer.alloc(5e6, 1))"],
			limits: { memory: 3e8 },
		},
		{ command: sh("head -c 400000000 /dev/zero >/dev/shm/hog; sleep 100"), limits: { memory: 3e8 } },
	]);
	expect(results.map(({ end, thrown }) => thrown ?? end)).toEqual([
		{ kind: "ended", exitCode: 7 },
		{ kind: "ended", exitCode: 7 },
		{ kind: "ended", exitCode: 3 },
		{ kind: "timed-out", limit: 300 },
		expect.stringContaining("TimeoutError"),
		"Error: interrupted midway",
		{ kind: "ended", exitCode: 137 },
		{ kind: "ended", exitCode: 127 },
		{ kind: "ended", exitCode: 0 },
		{ kind: "ended", exitCode: 7 },
		{ kind: "too-many-processes", limit: 80 },
		{ kind: "too-much-memory", limit: 3e8 },
		{ kind: "too-much-memory", limit: 3e8 },
	]);
	expect(results[2]?.output).toBe("out\nerr\n");
	// What is interrupted while it is started does not run to its limit.
	expect(existsSync(join(world.canaries.own, "late"))).toBe(false);
	const kept = /^begin\n(\0+)\n\[(\d+) bytes are left out\]\n(\0+)\nend\n$/s.exec(results[8]?.output ?? "");
	const [, begin = "", leftOut, end = ""] = kept ?? [];
	expect(begin.length + Number(leftOut) + end.length).toBe(300_000_000);
	expect(results.at(-1)?.peak).toBeLessThan(250e6);
	expect(end.length).toBeGreaterThan(200_000);
	expect(begin.length + end.length).toBeLessThan(500_000);
	expect(strays()).toEqual([]);
});

onLinux("in the machine's network its servers are reached, and its sockets with a path are not", async () => {
	await using world = await createPlace(undefined);
	const rows = ESCAPES.filter(({ name }) => /server|socket|interface/.test(name));
	const [result] = await world.drive(
		BUNDLED,
		[{ command: [process.execPath, "-e", scriptOf(rows, world.canaries)] }],
		"host",
	);
	const found = Object.entries(JSON.parse(result?.output ?? "")).filter(([, worked]) => worked === true);
	expect(found.map(([name]) => name)).toEqual([
		"a server on this machine",
		"a server on this machine, by name",
		"a UDP server on this machine",
		"an abstract socket",
		...Object.keys(networkInterfaces())
			.flatMap((name) => (name === "lo" ? [] : ["an interface other than its loopback"]))
			.slice(0, 1),
	]);
});

onLinux.each(users)("a run that is killed takes along what it had confined: as %s", async (_, user) => {
	await using world = await createPlace(user);
	const job = { command: ["sh", "-c", `setsid sleep ${STRAY} & echo x >started; exec sleep ${STRAY}`] } as const;
	const child = world.start(BUNDLED, [job]);
	while (!existsSync(join(world.canaries.own, "started")) || strays().length < 2) await delay(10);
	child.kill("SIGKILL");
	const killed = performance.now();
	while (strays().length > 0 && performance.now() - killed < 3_000) await delay(10);
	expect(strays()).toEqual([]);
});

/** Processes that sleep as no others do. */
function strays(): number[] {
	return processIds().filter(
		(pid) => /^(?:\S*\/)?sleep\0/.test(fileOf(pid, "cmdline")) && fileOf(pid, "cmdline").includes(`\0${STRAY}\0`),
	);
}

/** Everything that there is to escape to, as a user's. */
async function createPlace(user: number | undefined) {
	const folder = await realpath(await mkdtemp("/tmp/orchfile-test-"));
	const made = await makeCanaries({ folder, user });
	const { canaries, place } = made;
	const environment = { PATH: process.env.PATH, HOME: canaries.home, TMPDIR: "/tmp", CANARY_OF: "the-orchestrator" };
	const file = await open(place("orchestrators-own"), "r+");
	// Beyond those that Node closes by itself, as a shell's may be.
	const stdio = [...Array(20)].map((_, fd) =>
		fd === 0 || (fd > 2 && fd < 19) ? "ignore" : fd === 19 ? file.fd : "pipe",
	) as StdioOptions;
	const settings = { env: environment, stdio, ...idsOf(user) };
	const start = (bubblewrap: string, jobs: readonly DriverJob[], network?: "host"): ChildProcess => {
		const request: DriverRequest = {
			bubblewrap,
			folder: place("driver"),
			keep: [canaries.outside, process.execPath],
			writable: [canaries.own],
			readOnly: [join(canaries.own, ".git")],
			secrets: [...["outside/secret", "outside/secrets", "home/.netrc", "home/.ssh"].map(place), ...OF_MACHINE],
			jobs,
			...(network && { network }),
		};
		return spawn(process.execPath, [driver, JSON.stringify(request)], settings);
	};
	return {
		canaries,
		openGate: made.openGate,
		start,
		async drive(bubblewrap: string, jobs: readonly DriverJob[], network?: "host"): Promise<DriverResult[]> {
			return JSON.parse(await outputOf(start(bubblewrap, jobs, network)));
		},
		async unconfined(script: string): Promise<Record<string, unknown>> {
			await made.appear();
			return JSON.parse(await outputOf(spawn(process.execPath, ["-e", script], settings)));
		},
		async [Symbol.asyncDispose]() {
			await made[Symbol.asyncDispose]();
			await file.close();
			await removeFolder(folder);
		},
	};
}

function idsOf(user: number | undefined): { readonly uid?: number; readonly gid?: number } {
	return user === undefined ? {} : { uid: user, gid: user };
}

/** What a process says, once it has ended; what it says of errors when it says nothing else. */
async function outputOf(child: ChildProcess): Promise<string> {
	const [output, errors] = await Promise.all([child.stdout, child.stderr].map((stream) => text(stream as Readable)));
	if (!output) throw new Error(errors);
	return output;
}
