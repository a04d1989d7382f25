import { once } from "node:events";
import { existsSync } from "node:fs";
import { appendFile, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { basename, dirname, join } from "node:path";
import { rootCertificates } from "node:tls";
import { expect, test } from "vitest";
import { codexBinary } from "../../tasks/runner/codex/package.ts";
import { secretFiles } from "../../tasks/runner/codex/secret-files.ts";
import type { Script } from "../support/scripted-model.ts";
import { devResult, runAndPass } from "../support/scripts.ts";
import { snapshot } from "../support/snapshot.ts";
import { createWorld, type World } from "../support/world.ts";

/** Credentials, by where they lie below the home; those in a folder are denied with the folder. */
const IN_HOME = [
	".ssh/id_ed25519",
	".aws/credentials",
	".config/gh/hosts.yml",
	".config/git/credentials",
	".netrc",
	".npmrc",
	".git-credentials",
	".gnupg/private-keys-v1.d/a.key",
	".docker/config.json",
	".pypirc",
	".cargo/credentials.toml",
	".bash_history",
	".local/share/fish/fish_history",
	".local/share/kwalletd/kdewallet.kwl",
	".mozilla/firefox/a.default/logins.json",
	".config/google-chrome/Default/Login Data",
	".config/github-copilot/apps.json",
	".cache/huggingface/token",
	".codex/auth.json",
];
/** The same below `CODEX_HOME`. */
const IN_CODEX_HOME = [
	".credentials.json",
	"history.jsonl",
	"other.config.toml",
	"sessions/2025/01/01/rollout-2025-01-01T00-00-00-old.jsonl",
	"shell_snapshots/old.sh",
];
/** How a secret is closed: it can't be read, or is not there at all. */
const CLOSED = /: (?:Permission denied|No such file or directory)$/gm;
/** Where one is a link, and what it leads to. */
const LINKED = { ".kube": "elsewhere/kube", ".azure": "elsewhere/azure" };

test.concurrent("what an agent must not read it can't, by whatever way, and whatever the user's configuration allows", async () => {
	const outputs: string[] = [];
	const secrets: string[] = [];
	const script: Script = async function* (prompted) {
		const { repository } = world;
		const quoted = secrets.map((path) => `'${path}'`).join(" ");
		for (const command of [
			`for f in ${quoted}; do cat "$f" && echo "READ $f"; cat "/proc/self/root$f" && echo "READ THROUGH ROOT $f"; done 2>&1`,
			`i=0; for f in ${quoted}; do i=$((i+1)); ln -s "$f" link-$i; cat link-$i && echo "READ THROUGH LINK $f"; ln "$f" hard-$i && echo "LINKED $f"; cp "$f" copy-$i && echo "COPIED $f"; done 2>&1`,
			`grep -rlsa secret- "$HOME" '${codexHome}'; grep -rlsa said-by-A-1 '${codexHome}'; ls '${codexHome}'`,
			`for f in '${join(repository.path, "README.md")}' '${writable}/escaped' "$HOME/.bashrc"; do echo escaped > "$f"; done 2>&1; (exec 3<>/dev/tcp/127.0.0.1/${new URL(world.model.url).port}) 2>&1; ${connectTo(join(repository.folder, "socket"))}; echo said-by-A-1`,
		]) {
			outputs.push(yield { kind: "run", command });
		}
		yield { kind: "answer", text: JSON.stringify(devResult(prompted)) };
	};
	await using world: World = await createWorld([
		{ id: "A-1", script },
		{ id: "A-2", script },
	]);
	const { repository, codexHome } = world;
	const { home } = repository;
	await using _service = await listen(join(repository.folder, "socket"));
	const writable = join(repository.folder, "writable");
	const put = async (path: string) => {
		await mkdir(dirname(path), { recursive: true });
		await writeFile(path, `secret-${basename(path)}\n`);
		return path;
	};
	for (const path of IN_HOME) secrets.push(await put(join(home, path)));
	for (const path of IN_CODEX_HOME) secrets.push(await put(join(codexHome, path)));
	for (const [link, target] of Object.entries(LINKED)) {
		secrets.push(await put(join(home, target, "token")), join(home, link, "token"));
		await symlink(join(home, target), join(home, link));
	}
	await symlink(join(home, "nowhere"), join(home, ".password-store"));
	await writeFile(join(codexHome, "auth.json"), JSON.stringify({ OPENAI_API_KEY: "secret-key" }));
	secrets.push(join(codexHome, "auth.json"), join(codexHome, "config.toml"));
	const open = await put(join(home, "notes.txt"));
	await mkdir(writable);
	const hostile = `sandbox_mode = "danger-full-access"
default_permissions = ":danger-full-access"
# secret-configuration
${world.model.configToml}
[sandbox_workspace_write]
writable_roots = ["${writable}", "${repository.path}"]
network_access = true
`;
	await writeFile(join(codexHome, "config.toml"), hostile);
	await writeFile(join(home, ".bash_profile"), 'touch "$HOME/the-profile-was-run"\n');
	const before = await snapshot(repository);
	const names = (await readdir(home, { recursive: true })).sort();
	const finished = await world.run(["dev", "M1"]);

	expect(finished).toMatchObject({ exitCode: 0 });
	expect(outputs).toHaveLength(8);
	for (const [direct = "", linked = "", search = "", writing = ""] of [outputs.slice(0, 4), outputs.slice(4)]) {
		expect(direct).not.toMatch(/READ|secret-/);
		expect(direct.match(CLOSED)).toHaveLength(2 * secrets.length);
		expect(linked).not.toMatch(/READ|COPIED|LINKED|secret-/);
		expect(linked.match(/^cat: link-\d+: (?:Permission denied|No such file or directory)$/gm)).toHaveLength(
			secrets.length,
		);
		// The search finds what is not denied, and nothing else: not what the other agent's thread was about either.
		expect(search.match(/^\/.*$/gm)).toEqual([`/tmp/home/${basename(open)}`]);
		expect(search).toMatch(/^orchfile-sqlite$/m);
		expect(writing).toMatch(/README.md: Read-only file system$/m);
		expect(writing).toMatch(/socket: Connection refused|connect: Connection refused/);
		expect(writing).toMatch(/^connect: ENOENT$/m);
	}
	expect(await snapshot(repository)).toEqual(before);
	expect(await readFile(join(codexHome, "config.toml"), "utf8")).toBe(hostile);
	// Nothing was made where there was nothing to deny, and nobody has run the user's profile, outside of the sandbox too.
	expect((await readdir(home, { recursive: true })).sort()).toEqual(names);
});

test.concurrent("a sandbox that lets through what it should not is no sandbox to start with", async () => {
	await using world = await createWorld([{ id: "A-1", script: runAndPass("true") }]);
	const { home, folder, path } = world.repository;
	// Codex takes brackets in a path for a pattern, and denies something else.
	const odd = join(path, "ho[m]e");
	await mkdir(join(odd, ".ssh"), { recursive: true });
	await writeFile(join(odd, ".gitconfig"), await readFile(join(home, ".gitconfig")));
	const older = join(folder, "older");
	const program = (name: string, sandbox: string) => {
		const lines = ["#!/bin/bash", `[ "$1" = doctor ] && { echo '{"checks":{}}'; exit 0; }`, sandbox, ""];
		return writeFile(join(older, name), lines.join("\n"), { mode: 0o755 });
	};
	await mkdir(older);
	await program("unknowing", "echo \"error: unexpected argument '-P' found\" >&2; exit 2");
	await program("unheeding", 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"');
	await program("uncompleted", `PATH=\${PATH#*/sandbox/bin:} exec '${codexBinary()}' "$@"`);
	const before = await snapshot(world.repository, { everything: true });
	for (const [env, why] of [
		[{ HOME: odd }, `${odd}/.ssh can be read`],
		[{ ORCH_CODEX: join(older, "unknowing") }, "unexpected argument '-P' found"],
		[{ ORCH_CODEX: join(older, "unheeding") }, `${world.codexHome} can be written`],
		...(process.getuid?.() === 0
			? ([[{ ORCH_CODEX: join(older, "uncompleted") }, "/proc/sys/kernel/core_pattern can be written"]] as const)
			: []),
	] as const) {
		const refused = await world.run(["dev", "M1"], { env });
		expect(refused).toMatchObject({ exitCode: 2, stdout: "" });
		expect(refused.stderr).toContain(`The agent can't run (sandbox): ${why}`);
		expect(await snapshot(world.repository, { everything: true })).toEqual(before);
	}
	expect(world.model.requests).toEqual([]);
});

test.concurrent("what the worktree's own .codex names does not run, and the user's configuration stays as it is", async () => {
	await using world = await createWorld([{ id: "A-1", script: runAndPass("cat .codex/config.toml") }]);
	const { repository } = world;
	const canary = (name: string) =>
		`[${["/bin/sh", "-c", `echo ran > '${join(repository.folder, `canary-${name}`)}'`].map((word) => JSON.stringify(word)).join(", ")}]`;
	const command = (name: string) => JSON.stringify(`echo ran > '${join(repository.folder, `canary-${name}`)}'`);
	await repository.write(
		".codex/config.toml",
		`notify = ${canary("notify")}
sandbox_mode = "danger-full-access"
[mcp_servers.canary]
command = "/bin/sh"
args = ["-c", ${command("mcp")}]
[[hooks.SessionStart]]
hooks = [{ type = "command", command = ${command("hook")} }]
[[hooks.PreToolUse]]
hooks = [{ type = "command", command = ${command("tool-hook")} }]
`,
	);
	await repository.write(
		".codex/hooks.json",
		JSON.stringify({
			hooks: {
				SessionStart: [{ hooks: [{ type: "command", command: `touch '${join(repository.folder, "canary-json")}'` }] }],
			},
		}),
	);
	await repository.commit();
	// Whoever has used Codex in these folders has probably said so.
	const trusted = [repository.path, join(`${repository.path}.worktrees`, "A-1")];
	const trust = trusted.map((path) => `[projects.${JSON.stringify(path)}]\ntrust_level = "trusted"\n`);
	await appendFile(join(world.codexHome, "config.toml"), trust.join(""));
	const before = await readFile(join(world.codexHome, "config.toml"), "utf8");
	const finished = await world.run(["dev", "M1"]);

	expect(finished).toMatchObject({ exitCode: 0 });
	const { summary } = await world.log<{ summary: string }>("M1/A-1/dev-result.json");
	expect(summary).toContain("canary-mcp");
	expect((await readdir(repository.folder)).filter((name) => name.startsWith("canary"))).toEqual([]);
	expect(await readFile(join(world.codexHome, "config.toml"), "utf8")).toBe(before);
});

test.concurrent("--network and --env open what they say and nothing else, and say so once", async () => {
	const outputs: string[] = [];
	const certificates: Record<string, boolean> = {};
	let commandLines = "";
	const script: Script = async function* (prompted) {
		const { port } = new URL(world.model.url);
		// Codex reads the two streams apart: without one for both, a line of the one may end within a line of the other.
		const command = `exec 2>&1; env; cat "$HOME/.netrc"; echo escaped > "$HOME/.bashrc"; exec 3<>/dev/tcp/127.0.0.1/${port} && echo reached; ${connectTo(socket)}`;
		outputs.push(yield { kind: "run", command });
		const processes = await world.processes();
		commandLines = processes.map((each) => each.command).join("\n");
		for (const { pid, command } of processes) {
			const [program = ""] = /codex-child|codex exec/.exec(command) ?? [];
			certificates[program] = (await readFile(`/proc/${pid}/environ`, "utf8")).includes("NODE_EXTRA_CA_CERTS=");
		}
		yield { kind: "answer", text: JSON.stringify(devResult(prompted)) };
	};
	await using world: World = await createWorld([
		{ id: "A-1", script },
		{ id: "A-2", script },
	]);
	const socket = join(world.repository.folder, "socket");
	await using _service = await listen(socket);
	await writeFile(join(world.repository.home, ".netrc"), "secret-netrc");
	const names = ["PASSED_ON", "ALSO_KEY", "GITHUB_TOKEN", "OPENAI_API_KEY", "MY_PASSWORD"];
	const env = Object.fromEntries(names.map((name) => [name, `canary-of-${name}`]));
	const pem = join(world.repository.folder, "ca.pem");
	await writeFile(pem, rootCertificates[0] ?? "");
	const args = ["dev", "M1", "--network", "--env", "PASSED_ON", "--env", "ALSO_KEY"];
	const finished = await world.run(args, { env: { ...env, NODE_EXTRA_CA_CERTS: pem } });

	expect(finished).toMatchObject({ exitCode: 0 });
	// Node would read them at its start; the process between has no use for them.
	expect(certificates).toMatchObject({ "codex exec": true, "codex-child": false });
	expect(outputs).toHaveLength(2);
	for (const output of outputs) {
		expect(output.match(/canary-of-\w+/g)?.sort()).toEqual(["canary-of-ALSO_KEY", "canary-of-PASSED_ON"]);
		expect(output).toMatch(/^TMPDIR=\/tmp$/m);
		expect(output).toMatch(/^PATH=/m);
		expect(output).toMatch(/\.netrc: No such file/);
		expect(output).toMatch(/^reached$/m);
		// A service of this machine that listens on a socket with a path is none of the network.
		expect(output).toMatch(/^connect: ENOENT$/m);
	}
	// A command line can be read by every user of the machine.
	expect(commandLines).toMatch(/codex exec/);
	expect(commandLines).not.toContain("canary-of-");
	expect(finished.stderr.match(/--network: /g)).toHaveLength(1);
	expect(finished.stderr.match(/--env: .*PASSED_ON, ALSO_KEY/g)).toHaveLength(1);
	expect(existsSync(join(world.repository.home, ".bashrc"))).toBe(false);
});

/** A service on this machine, such as an ssh-agent's or a container engine's. */
async function listen(path: string): Promise<AsyncDisposable> {
	const server = createServer((socket) => socket.end()).listen(path);
	await once(server, "listening");
	return {
		async [Symbol.asyncDispose]() {
			server.close();
			await once(server, "close");
		},
	};
}

/** A command that tells whether a Unix socket can be connected to. */
function connectTo(path: string): string {
	const source = `
		const say = (word) => (console.log("connect: " + word), process.exit());
		require("net").connect("${path}", () => say("ok")).on("error", ({ code }) => say(code))`;
	return `'${process.execPath}' -e '${source}'`;
}

test("nothing is denied that comes and goes while commands start: a sandbox that is to cover what has just gone does not start", () => {
	for (const path of secretFiles({ HOME: "/nowhere", CODEX_HOME: "/nowhere/codex" })) {
		const pattern = new RegExp(`^${path.replaceAll(".", "\\.").replaceAll("*", ".*")}$`);
		for (const end of ["-shm", "-wal", "-journal"]) expect(`/nowhere/codex/state_5.sqlite${end}`).not.toMatch(pattern);
	}
});
