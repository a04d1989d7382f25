import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { codexBinary } from "../../tasks/runner/codex/package.ts";
import { hostSockets } from "../../tasks/system/confine/host-sockets.ts";
import { mountedSockets } from "../../tasks/system/confine/mounts.ts";
import { prepareRoom, type RoomRequest } from "../../tasks/system/confine/prepare-room.ts";
import { maskOf, mountsOf, type Room } from "../../tasks/system/confine/room.ts";
import { unlistedSockets } from "../../tasks/system/confine/unlisted-sockets.ts";
import { usageOf } from "../../tasks/system/confine/usage.ts";
import { removeFolder } from "../../tasks/system/remove-folder.ts";
import { ROOT, temporaryFolder } from "../support/documents.ts";

const onLinux = test.skipIf(process.platform !== "linux");
const BUNDLED = join(dirname(codexBinary()), "../codex-resources/bwrap");

onLinux(
	"what is written to a room's home, its /tmp and its /run reaches nobody else's, and its secrets are not in it",
	async () => {
		await using made = await madeRoom();
		const { room, real } = made;
		expect(room.home).toMatchObject({ kind: "overlay", at: "/tmp/home", masked: [] });
		const said = await made.run(`cd $HOME; cat .cache/c; ls -A . .config
		echo new > new; echo changed > .cache/c; rm -r tool; mkdir tool; cat .npmrc .ssh/id .config/gh/token; cat .cache/c
		ls /run/user; touch /tmp/t /var/tmp/v /run/lock/l /run/postgresql/p /run/user/$(id -u)/x && stat -c %a /tmp /run/user/*`);
		const listed = ".:\n.cache\n.config\ntool\n\n.config:\nother\n";
		expect(said).toBe(`cached\n${listed}changed\n${process.getuid?.()}\n1777\n700\n`);
		expect(await readdir(real)).toEqual([".cache", ".config", ".npmrc", ".ssh", "tool"]);
		expect(await readFile(join(real, ".cache/c"), "utf8")).toBe("cached\n");
		expect(await made.run("cat $HOME/new; ls -A $HOME/tool; ls /var/tmp/t /tmp/v /run/lock/l")).toBe(
			"new\n/tmp/v\n/var/tmp/t\n",
		);
	},
);

onLinux("two commands at once have one home", async () => {
	await using made = await madeRoom();
	const wait = (file: string) => `until [ -e /tmp/${file} ]; do sleep 0.01; done`;
	const [first] = await Promise.all([
		made.run(
			`touch /tmp/started; ${wait("done")}; rm $HOME/.cache/c && rm -r $HOME/tool && mkdir $HOME/tool && cat $HOME/second`,
		),
		made.run(`${wait("started")}; echo second > $HOME/second; touch /tmp/done`),
	]);
	expect(first).toBe("second\n");
});

onLinux.each<[string, (folder: string) => Partial<RoomRequest>, Room["home"]["kind"]]>([
	["the root", () => ({ home: "/" }), "own"],
	["nowhere", (folder) => ({ home: join(folder, "nowhere") }), "own"],
	["no path", () => ({ home: "home" }), "own"],
	["around the room", (folder) => ({ home: folder }), "own"],
	["one that this bubblewrap can't lay anything over", (folder) => ({ bubblewrap: join(folder, "bwrap") }), "own"],
	["the user's", () => ({}), "overlay"],
])("a home that is %s", async (_, change, kind) => {
	await using made = await madeRoom(change);
	expect(made.room.home.kind).toBe(kind);
	expect(await made.run("echo it > $HOME/it; cat $HOME/it; cat $HOME/.ssh/id")).toBe("it\n");
});

onLinux("what lies in private places and has to stay does, to be read", async () => {
	await using kept = await temporaryFolder();
	await writeFile(join(kept.path, "file"), "kept\n");
	await using made = await madeRoom(() => ({ keep: [kept.path, join(kept.path, "file"), join(kept.path, "nowhere")] }));
	expect(await made.run(`cat ${kept.path}/file; echo x > ${kept.path}/file; echo x > ${kept.path}/new; true`)).toBe(
		"kept\n",
	);
	expect(await readdir(kept.path)).toEqual(["file"]);
});

onLinux("of what is worked on there is no copy in a home elsewhere, where the work would be lost", async () => {
	await using made = await madeRoom((folder) => ({
		linked: ["repo", "worktrees/A-1", "nowhere", ".ssh/repo"].map((name) => join(folder, "home", name)),
	}));
	expect(await made.run("cd $HOME; readlink repo worktrees/A-1; ls -A; ls .ssh")).toBe(
		`${made.real}/repo\n${made.real}/worktrees/A-1\n.cache\n.config\nnowhere\nrepo\ntool\nworktrees\n`,
	);
});

test.skipIf(process.getuid?.() !== 0 || process.platform !== "linux")(
	"a home below which something has been mounted meanwhile is its own, since nothing can be laid over it",
	async () => {
		await using made = await madeRoom();
		expect(made.room.home.kind).toBe("overlay");
		const mounted = join(made.real, "tool");
		await promisify(execFile)("mount", ["-t", "tmpfs", "tmpfs", mounted]);
		try {
			await using later = await madeRoom(() => ({ home: made.real }));
			expect(later.room.home.kind).toBe("own");
			expect(await later.run("echo it > $HOME/it; cat $HOME/it")).toBe("it\n");
		} finally {
			await promisify(execFile)("umount", [mounted]);
		}
	},
);

onLinux("sockets are found where they can be reached, and covered", async () => {
	await using folder = await temporaryFolder();
	const path = join(folder.path, "a socket");
	const server = createServer().listen(path);
	try {
		expect(hostSockets([])).toContain(path);
		expect(hostSockets([folder.path])).not.toContain(path);
		expect(maskOf(path)).toEqual(["--ro-bind", "/dev/null", path]);
	} finally {
		server.close();
	}
	expect(hostSockets([])).not.toContain(path);
});

onLinux(
	"a socket that is mounted by itself, as a container engine's in a container, is found by its mount",
	async () => {
		await using folder = await temporaryFolder();
		const [path, file] = [join(folder.path, "a socket"), join(folder.path, "file")];
		await writeFile(file, "");
		const server = createServer().listen(path);
		try {
			const line = (root: string, at: string, type = "ext4") =>
				`35 28 254:0 ${root} ${at.replaceAll(" ", "\\040")} rw,relatime shared:1 - ${type} /dev/vda rw\n`;
			expect(mountedSockets(line("/", "/") + line("/run/engine.sock", path) + line("/a", file))).toEqual([path]);
			expect(mountedSockets(line("/engine.sock", path, "nfs4") + line("/", path) + line("/a", `${file}-gone`))).toEqual(
				[],
			);
		} finally {
			server.close();
		}
	},
);

test.skipIf(process.getuid?.() !== 0)("a socket that is mounted elsewhere is covered there", async () => {
	await using folder = await temporaryFolder();
	const [path, other] = [join(folder.path, "socket"), join(folder.path, "other")];
	await writeFile(other, "");
	const server = createServer().listen(path);
	try {
		await promisify(execFile)("mount", ["--bind", path, other]);
		expect(unlistedSockets()).toContain(other);
	} finally {
		await promisify(execFile)("umount", [other]);
		server.close();
	}
});

/** A room around a user's home with a cache and secrets. */
async function madeRoom(change: (folder: string) => Partial<RoomRequest> = () => ({})) {
	const { path } = await temporaryFolder();
	const real = join(path, "home");
	const folder = join(path, "room");
	for (const each of [".cache", ".ssh", ".config/gh", "tool"]) await mkdir(join(real, each), { recursive: true });
	for (const each of [".cache/c", ".config/other", ".npmrc", ".ssh/id", ".config/gh/token", "tool/t"]) {
		await writeFile(join(real, each), each === ".cache/c" ? "cached\n" : "secret\n");
	}
	await mkdir(folder);
	const old = `#!/bin/sh\n[ "$1" = --help ] || exec ${BUNDLED} "$@"\n`;
	await writeFile(join(path, "bwrap"), old, { mode: 0o755 });
	const request = { folder, bubblewrap: BUNDLED, home: real, at: "/tmp/home", ...change(path) };
	const secrets = [".ssh", ".npmrc", ".config/gh"].map((each) => join(real, each));
	const room = await prepareRoom({ ...request, secrets });
	let runs = 0;
	return {
		room,
		real,
		/** What a command says in the room; what it says of errors is left out. */
		async run(script: string): Promise<string> {
			const work = join(folder, `work-${runs++}`);
			await mkdir(work);
			const root = ["--unshare-all", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"];
			const home = ["--setenv", "HOME", room.home.at];
			const args = [...root, ...mountsOf(room, work), ...home, "sh", "-c", `${script}\ntrue`];
			return (await promisify(execFile)(request.bubblewrap, args)).stdout;
		},
		[Symbol.asyncDispose]: () => removeFolder(path),
	};
}

onLinux("what runs beside a command that is still being confined is not counted as its own", () => {
	expect(usageOf(process.pid, 1_000_000)).toBeUndefined();
});

onLinux(
	"what lies on this machine's disks is not memory that a command uses; what it puts into its own is",
	async () => {
		const root = ["--unshare-pid", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"];
		const fill = "head -c 64000000 /dev/zero >";
		const used = [
			await usageIn([...root, "--ro-bind", ROOT, "/run"]),
			await usageIn([...root, "--tmpfs", "/run"], `${fill} /run/own`),
			await usageIn(root, `${fill} /dev/own`),
		];
		expect(used.map((each) => Math.floor((each?.memory ?? 0) / 64e6))).toEqual([0, 1, 1]);
	},
);

/** What a command uses in a sandbox once it has done this. */
async function usageIn(sandbox: readonly string[], script = "true") {
	const args = ["--info-fd", "3", ...sandbox, "sh", "-c", `${script}; echo done; cat`];
	const child = spawn(BUNDLED, args, { stdio: ["pipe", "pipe", "inherit", "pipe"] });
	const [stdin, stdout, , told] = child.stdio as unknown as [Writable, Readable, null, Readable];
	try {
		// It is written in pieces.
		const [info] = await Promise.all([text(told), once(stdout, "data")]);
		return usageOf(JSON.parse(info)["child-pid"], 1_000_000);
	} finally {
		stdin.end();
		await once(child, "exit");
	}
}
