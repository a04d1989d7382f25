import { execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type NetConnectOpts, type Server } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { given } from "../../tasks/contract/given.ts";
import { shellQuoted } from "../../tasks/rehearsal/answers.ts";
import type { TestRepository } from "../support/repository.ts";
import type { Script } from "../support/scripted-model.ts";
import { devResult } from "../support/scripts.ts";
import { createWorld, type World } from "../support/world.ts";

const PROBE = fileURLToPath(new URL("../support/room-probe.mjs", import.meta.url));
/** Not below `/tmp`, which is hidden as a whole, as long as this checkout is not. */
const ELSEWHERE = fileURLToPath(new URL("../../node_modules", import.meta.url));

/** Where tools keep what they have fetched. */
const CACHES = [".npm/_cacache", ".cargo/registry", ".cache/pip"];
/** Beside them, and elsewhere in the home. */
const SECRETS = [".cargo/credentials.toml", ".npmrc", ".ssh/id", ".codex/auth.json"];

/** Whoever runs it; only root can be somebody else. */
const USERS = [undefined, ...(process.getuid?.() === 0 ? [12345] : [])];

test.skipIf(process.platform !== "linux").each(USERS)(
	"what tests do works in an agent's commands, and nothing outside is reached (user %s)",
	async (user) => {
		const outputs: string[] = [];
		const script: Script = async function* (prompted) {
			const { repository } = world;
			const about = JSON.stringify({
				servers: services.addresses,
				realHome: repository.home,
				caches: CACHES,
				secrets: SECRETS,
			});
			for (const port of [1, 2])
				outputs.push(
					yield { kind: "run", command: `${process.execPath} probe.mjs ${shellQuoted(about)}; echo ${port}` },
				);
			yield { kind: "answer", text: JSON.stringify(devResult(prompted)) };
		};
		await using world: World = await createWorld([
			{ id: "A-1", script },
			{ id: "A-2", script },
		]);
		const { repository } = world;
		await using services = await serveOnMachine(repository.folder);
		const known = CACHES.map((folder) => join(repository.home, folder, "known"));
		for (const file of [...known, ...SECRETS.map((path) => join(repository.home, path))]) {
			await mkdir(dirname(file), { recursive: true });
			await writeFile(file, "known\n");
		}
		await repository.write("probe.mjs", await readFile(PROBE));
		await repository.commit();
		if (user !== undefined) await handOver(user, repository);
		// Both at once: what listens on a port in one worktree is not in the way of the other.
		const finished = await world.run(["dev", "M1", "-j", "2"], { ...given({ user }), ownProcess: true });

		expect(finished, finished.stderr).toMatchObject({ exitCode: 0 });
		expect(finished.stderr).not.toContain("can't be completed");
		expect(outputs).toHaveLength(4);
		for (const output of outputs) {
			const lines = output.split("\n").filter((line) => /^(?:works|closed): /.test(line));
			expect(lines.length, output).toBeGreaterThan(25);
			expect(lines.filter((line) => line.startsWith("works") && !line.endsWith(": yes"))).toEqual([]);
			expect(lines.filter((line) => line.startsWith("closed") && line.endsWith(": yes"))).toEqual([]);
		}
		// The servers can be reached from outside of the sandbox.
		for (const address of Object.values(services.addresses)) expect(await isReached(address)).toBe(true);
		for (const path of [
			"/tmp/of-an-agent",
			"/var/tmp/of-an-agent-too",
			join(repository.home, "of-an-agent"),
			...CACHES.map((folder) => join(repository.home, folder, "new")),
		])
			expect(existsSync(path), path).toBe(false);
		for (const file of known) expect(await readFile(file, "utf8")).toBe("known\n");
	},
);

/** Servers as a machine has them: on its loopback, on sockets with a path and without. */
async function serveOnMachine(folder: string) {
	const elsewhere = await mkdtemp(join(ELSEWHERE, ".room-"));
	const name = `\0${folder}`;
	const places = {
		"a server of this machine": { port: 0, host: "127.0.0.1" },
		"a socket of this machine": { path: join(elsewhere, "socket") },
		"a socket of this machine in /tmp": { path: join(folder, "socket") },
		"a socket of this machine without a path": { path: name },
	};
	const addresses: Record<string, NetConnectOpts> = {};
	const servers: Server[] = [];
	for (const [what, place] of Object.entries(places)) {
		const server = createServer((socket) => socket.end("reached")).listen(place);
		await once(server, "listening");
		servers.push(server);
		addresses[what] = "port" in place ? { ...place, port: (server.address() as AddressInfo).port } : place;
	}
	return {
		addresses,
		async [Symbol.asyncDispose]() {
			for (const server of servers) server.close();
			await rm(elsewhere, { recursive: true });
		},
	};
}

async function isReached(address: NetConnectOpts): Promise<boolean> {
	const [said] = await once(connect(address), "data");
	return String(said) === "reached";
}

/** Makes everything in a world another user's, and lets this one look at it all the same. */
async function handOver(user: number, repository: TestRepository): Promise<void> {
	await repository.git(["config", "--global", "safe.directory", "*"]);
	await promisify(execFile)("chown", ["-R", `${user}:${user}`, repository.folder]);
}
