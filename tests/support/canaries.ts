import { execFile, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { existsSync, type Stats, statSync } from "node:fs";
import { chmod, link, mkdir, readlink, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";

/** Where there is something to escape to. */
export interface CanaryPlace {
	/** An empty folder, in which it is all made. */
	readonly folder: string;
	/** What a confined command may write; in `folder` when absent. */
	readonly own?: string;
	/** Where a socket is that a private `/tmp` has to hide; in `folder` when absent. */
	readonly temporary?: string;
	/** Whose it all is; this user's when absent. */
	readonly user?: number | undefined;
}

/** Makes everything that there is to escape to, which escapes.ts names as `c`. */
export async function makeCanaries({ folder, own, temporary = folder, user }: CanaryPlace) {
	const place = (name: string) => join(folder, name);
	for (const each of ["outside/worktree", "outside/secrets", "own/.git", "home/.ssh"])
		await mkdir(place(each), { recursive: true });
	const contents = {
		"outside/file": "outside\n",
		"outside/worktree/file": "theirs\n",
		"outside/secret": "secret\n",
		"outside/secrets/key": "secret\n",
		"own/.git/config": "git\n",
		"home/.netrc": "secret\n",
		"home/.ssh/key": "secret\n",
		"home/.profile": "mine\n",
		"orchestrators-own": "",
	};
	for (const [name, content] of Object.entries(contents)) await writeFile(place(name), content);
	await link(place("outside/secret"), place("outside/linked"));
	const servers: Server[] = [];
	const listen = async (to: string | number): Promise<Server> => {
		const server = createServer((socket) => socket.on("error", () => {}).end()).listen(to);
		await once(server, "listening");
		servers.push(server);
		if (typeof to === "string" && to.startsWith("/")) await chmod(to, 0o666);
		return server;
	};
	const sockets = {
		tmp: join(temporary, "agent.sock"),
		outside: place("outside/engine.sock"),
		home: place("home/home.sock"),
		appears: place("home/appears.sock"),
		own: join(own ?? place("own"), "daemons/host.sock"),
		relative: place("outside/relative.sock"),
	};
	const ids = user === undefined ? {} : { uid: user, gid: user };
	if (user !== undefined) await chmod(place("outside"), 0o777);
	await mkdir(dirname(sockets.own), { recursive: true });
	for (const name of ["tmp", "outside", "home", "own"] as const) await listen(sockets[name]);
	const abstract = `orchfile-test-${process.pid}-${folder.slice(-6)}`;
	await listen(`\0${abstract}`);
	const daemon = spawn(
		process.execPath,
		["-e", 'require("net").createServer((each) => each.end()).listen("relative.sock")'],
		{
			cwd: place("outside"),
			stdio: "ignore",
			...ids,
		},
	);
	while (!existsSync(sockets.relative)) await delay(5);
	const tcp = await listen(0);
	const udp = createSocket("udp4").bind(0, "127.0.0.1");
	udp.on("message", (_, from) => udp.send("y", from.port, from.address));
	await once(udp, "listening");
	const other = spawn("sleep", ["1000"], { argv0: "canary-of-processes", stdio: "ignore", ...ids });
	if (user !== undefined) await promisify(execFile)("chown", ["-R", `${user}:${user}`, folder, dirname(sockets.own)]);
	const namespaces = ["user", "ipc", "pid", "net", "uts", "mnt"];
	const canaries = {
		outside: place("outside"),
		own: own ?? place("own"),
		git: own === undefined ? place("own/.git/config") : join(own, ".git"),
		home: place("home"),
		gate: false,
		/** Variables that it has by design. */
		known: [] as string[],
		tcp: portOf(tcp),
		udp: udp.address().port,
		abstract,
		sockets,
		pid: other.pid ?? 0,
		device: deviceOf(statSync("/dev/full")),
		namespaces: await Promise.all(namespaces.map((name) => readlink(`/proc/self/ns/${name}`))),
	};
	return {
		canaries,
		place,
		/** Has the last socket appear. */
		appear: () => listen(sockets.appears),
		/** Has it appear as soon as the script asks for it. */
		async openGate(): Promise<void> {
			while (!existsSync(join(canaries.own, "started"))) await delay(5);
			await listen(sockets.appears);
			await writeFile(join(canaries.own, "go"), "");
		},
		async [Symbol.asyncDispose]() {
			other.kill("SIGKILL");
			daemon.kill("SIGKILL");
			udp.close();
			for (const server of servers) server.close();
		},
	};
}

function portOf(server: Server): number {
	const address = server.address();
	return typeof address === "object" && address !== null ? address.port : 0;
}

/** What tells a file of this machine's apart. */
function deviceOf({ dev, ino }: Stats): string {
	return `${dev}:${ino}`;
}
