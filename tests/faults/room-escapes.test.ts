import { execFile } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { expect, test, vi } from "vitest";
import { given } from "../../tasks/contract/given.ts";
import { answer, run, shellQuoted } from "../../tasks/rehearsal/answers.ts";
import { codexBinary } from "../../tasks/runner/codex/package.ts";
import { TURN_VARIABLE } from "../../tasks/runner/strays.ts";
import { privateFolders } from "../../tasks/system/confine/room.ts";
import { isInside } from "../../tasks/system/paths.ts";
import { RUN_VARIABLE } from "../../tasks/system/this-run.ts";
import { makeCanaries } from "../support/canaries.ts";
import { ROOT } from "../support/documents.ts";
import { ESCAPES, type Escape, EXPECTED, OPEN, scriptOf } from "../support/escapes.ts";
import { PATIENCE } from "../support/observe.ts";
import type { Script } from "../support/scripted-model.ts";
import { devResult } from "../support/scripts.ts";
import { createWorld } from "../support/world.ts";

const USERS = [undefined, ...(process.getuid?.() === 0 ? [65_534] : [])];

/** What completes Codex's sandbox: each is a Codex that finds it. */
const BACKENDS = {
	"the bundled bubblewrap": { codex: 'exec "$codex" "$@"' },
	"a bubblewrap without overlays": {
		codex: 'exec "$codex" "$@"',
		bubblewrap: '[ "$1" != --help ] || { "$bwrap" --help | grep -v overlay; exit; }; exec "$bwrap" "$@"',
	},
	"Codex's sandbox alone": { codex: `PATH=\${PATH#*/sandbox/bin:} exec "$codex" "$@"` },
} as const;

/** Secrets for each of which Codex opens a file: more than a shell has numbers for, with which the filter has to be handed on. */
const MANY = [".pypirc", ".pgpass", ".my.cnf", ".boto", ".s3cfg", ".vault-token", ".git-credentials", ".databrickscfg"];

/** A folder that a private `/tmp` does not hide. */
const ELSEWHERE = [join(ROOT, "node_modules"), "/opt", homedir()].find(
	(folder) => isWritable(folder) && !privateFolders().some((hidden) => isInside(folder, hidden)),
);

test.skipIf(process.platform !== "linux" || ELSEWHERE === undefined).each(USERS)(
	"an agent reaches nothing that may not be reached, and what tools expect is there (user %s)",
	async (user) => {
		const later: AsyncDisposable[] = [];
		const folder = await mkdtemp(join(ELSEWHERE ?? "", ".orchfile-test-"));
		await chmod(folder, 0o755);
		try {
			for (const [backend, programs] of Object.entries(BACKENDS)) {
				const isCompleted = backend !== "Codex's sandbox alone";
				// As root it is refused, for the kernel's settings.
				if (!isCompleted && user !== USERS.at(-1)) continue;
				// Without sockets some of what tools expect does not even end.
				const expected = isCompleted ? EXPECTED : [];
				const place = join(folder, backend.replaceAll(" ", "-"));
				const { found, renamed, home } = await tryToEscape(place, programs, expected, later, user);
				const worked = (rows: readonly Escape[], is: boolean) =>
					rows.filter(({ name }) => (found[name] === true) === is).map(({ name }) => name);
				const isOpen = ({ open = [] }: Escape) => open.some((to) => (to === "agents") === isCompleted);
				const all = `${backend}: ${JSON.stringify(found)}`;
				const closed = ESCAPES.filter((row) => !isOpen(row));
				expect(worked(closed, true), all).toEqual([]);
				expect(worked(OPEN, false), all).toEqual([]);
				if (!isCompleted) continue;
				expect(worked(EXPECTED, false), all).toEqual([]);
				expect(renamed, backend).not.toContain("reached");
				expect(home).toEqual([".gitconfig", ".netrc", ".profile", ".ssh", "appears.sock", "home.sock"]);
			}
		} finally {
			// A socket that goes as a command starts keeps that from starting, in other tests' runs as well: all at once, at the end.
			await Promise.all(later.map((each) => each[Symbol.asyncDispose]()));
			await rm(folder, { recursive: true, force: true });
		}
	},
);

test.skipIf(process.platform !== "linux").each(USERS)(
	"nothing of a room outlives a run that is killed, whatever its agent made of its home (user %s)",
	async (user) => {
		const script: Script = async function* () {
			// In a session of its own, deaf, and stopped: each is hard to end.
			const hard = `(setsid sh -c '(trap "" TERM HUP INT; sleep 600 & sleep 600; sleep 600) &' &) >/dev/null 2>&1; sleep 600 & kill -STOP $!`;
			yield run(`mkdir -p $HOME/a/b; touch $HOME/a/b/c; chmod 000 $HOME/a $HOME; ${hard}; touch started; sleep 600`);
			yield { kind: "silent" };
		};
		await using world = await createWorld([{ id: "A-1", script }]);
		const { repository } = world;
		const temporary = join(repository.folder, "tmp");
		await mkdir(temporary);
		if (user !== undefined) {
			await repository.git(["config", "--global", "safe.directory", "*"]);
			await promisify(execFile)("chown", ["-R", `${user}:${user}`, repository.folder]);
		}
		const running = world.start(["dev", "A-1"], { ...given({ user }), env: { TMPDIR: temporary } });
		while (!existsSync(join(`${repository.path}.worktrees`, "A-1/started"))) await delay(20);
		const asleep = async () => (await world.processes()).filter(({ command }) => command.includes("sleep 600"));
		await vi.waitFor(async () => expect((await asleep()).length).toBeGreaterThan(3), {
			timeout: PATIENCE,
			interval: 20,
		});
		running.child.kill("SIGKILL");
		await vi.waitFor(async () => expect(await asleep()).toEqual([]), { timeout: 3_000, interval: 10 });
		await vi.waitFor(async () => expect(await readdir(temporary)).toEqual([]), { timeout: 10_000 });
		await vi.waitFor(async () => expect(await world.processes()).toEqual([]), { timeout: 10_000 });
	},
);

/** What an agent's command comes to that tries everything, with a Codex of these programs. */
async function tryToEscape(
	folder: string,
	programs: { readonly codex: string; readonly bubblewrap?: string },
	expected: readonly Escape[],
	later: AsyncDisposable[],
	user: number | undefined,
) {
	let command = "";
	let begin = () => {};
	const outputs: string[] = [];
	const script: Script = async function* (prompted) {
		begin();
		outputs.push(yield run(command));
		outputs.push(yield run("mv daemons moved; cd moved || cd daemons"));
		outputs.push(yield run(`${process.execPath} -e '${REACH}' moved/host.sock daemons/host.sock`));
		yield answer(devResult(prompted));
	};
	await mkdir(folder);
	await chmod(folder, 0o755);
	await using world = await createWorld([{ id: "A-1", script }]);
	const { repository } = world;
	const codex = await makeCodex(join(folder, "codex"), programs);
	const prepared = await world.run(["worktree:create", "A-1"]);
	expect(prepared, prepared.stderr).toMatchObject({ exitCode: 0 });
	const own = join(`${repository.path}.worktrees`, "A-1");
	const made = await makeCanaries({ folder, own, temporary: repository.folder, user });
	later.push(made);
	const { canaries, place } = made;
	if (programs.bubblewrap) for (const name of MANY) await writeFile(join(canaries.home, name), "secret\n");
	await cp(join(repository.home, ".gitconfig"), join(canaries.home, ".gitconfig"));
	await writeFile(
		place("probe.cjs"),
		scriptOf([...ESCAPES, ...OPEN, ...expected], { ...canaries, gate: true, known: [RUN_VARIABLE, TURN_VARIABLE] }),
	);
	command = `${process.execPath} ${shellQuoted(place("probe.cjs"))}`;
	begin = () => void made.openGate();
	const temporary = join(repository.folder, "tmp");
	await mkdir(temporary);
	if (user !== undefined) {
		await repository.git(["config", "--file", join(canaries.home, ".gitconfig"), "safe.directory", "*"]);
		await promisify(execFile)("chown", ["-R", `${user}:${user}`, repository.folder, folder]);
	}
	const env = {
		TMPDIR: temporary,
		HOME: canaries.home,
		GOOGLE_APPLICATION_CREDENTIALS: place("outside/secret"),
		GNUPGHOME: place("outside/secrets"),
		CALLED_WITH: "a value",
		CANARY_OF: "the-orchestrator",
		// Codex itself has a provider's key.
		OPENAI_API_KEY: "CANARY_OF=the-orchestrator",
	};
	const args = ["dev", "A-1", "--codex", codex, "--env", "CALLED_WITH", "--env", "PATH"];
	const finished = await world.run(args, { ...given({ user }), env, ownProcess: true });
	expect(finished, finished.stderr).toMatchObject({ exitCode: 0 });
	expect(await readdir(temporary)).toEqual([]);
	expect(await readFile(place("outside/file"), "utf8")).toBe("outside\n");
	expect(await readFile(place("home/.profile"), "utf8")).toBe("mine\n");
	expect(outputs[0], outputs.join("\n")).toMatch(/^\{.*\}$/m);
	const [line = ""] = /^\{.*\}$/m.exec(outputs[0] ?? "") ?? [];
	const found = JSON.parse(line) as Record<string, unknown>;
	const home = (await readdir(canaries.home)).filter((name) => name !== ".codex" && !MANY.includes(name));
	return { found, renamed: outputs[2], home };
}

/** A script of Node that says which of these sockets somebody listens on. */
const REACH = `for (const path of process.argv.slice(1)) require("net").connect(path).on("connect", function () { console.log("reached", path); this.destroy(); }).on("error", () => {})`;

/** A Codex with the bubblewrap that it brings, where it would have both. */
async function makeCodex(folder: string, { codex, bubblewrap }: { codex: string; bubblewrap?: string }) {
	const real = codexBinary();
	const bwrap = join(dirname(dirname(real)), "codex-resources/bwrap");
	const programs = { "bin/codex": codex, "codex-resources/bwrap": bubblewrap ?? 'exec "$bwrap" "$@"' };
	for (const [name, text] of Object.entries(programs)) {
		await mkdir(dirname(join(folder, name)), { recursive: true });
		const variables = `codex=${shellQuoted(real)} bwrap=${shellQuoted(bwrap)}`;
		await writeFile(join(folder, name), `#!/bin/sh\n${variables}\n${text}\n`, { mode: 0o755 });
	}
	return join(folder, "bin/codex");
}

function isWritable(folder: string): boolean {
	try {
		accessSync(folder, constants.W_OK);
		return true;
	} catch {
		return false;
	}
}
