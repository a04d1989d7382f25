import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ROOT } from "../support/documents.ts";

/** A small suite of tests, as repositories have them: what a sandbox has to let run. */
export interface Suite {
	readonly name: string;
	/** A line of shell that fails where its tools are not there, and else says which they are. */
	readonly tools: string;
	/** A line of shell, typed in a copy of this folder. */
	readonly command: string;
	/** How many tests there are. */
	readonly tests: number;
	/** How many have passed, by what was printed. */
	passed(output: string): number;
	/** Does not run as root, wherever it is. */
	readonly refusesRoot?: boolean;
}

const number = (pattern: RegExp) => (output: string) => Number(pattern.exec(output)?.[1] ?? 0);
const lines = (pattern: RegExp) => (output: string) => output.match(pattern)?.length ?? 0;
const said = lines(/^ok: /gm);

/** The folder that has them, one of each's own. */
export const FOLDER = fileURLToPath(new URL(".", import.meta.url));

export const SUITES: readonly Suite[] = [
	{
		name: "node --test",
		tools: "node --version",
		command: "cd node && node --test checks.test.mjs",
		tests: 8,
		passed: number(/^\S+ pass (\d+)$/m),
	},
	{
		name: "node --test, why a file failed",
		tools: "node --version",
		command: "cd node && node --test fails.mjs",
		tests: 1,
		passed: (output) => Number(/why this file failed/.test(output)),
	},
	{
		name: "pytest",
		tools: "python3 --version && python3 -m pytest --version",
		command: "cd pytest && python3 -m pytest -q",
		tests: 5,
		passed: number(/(\d+) passed/),
	},
	{
		name: "Vitest",
		tools: "vitest --version",
		command: "cd vitest && vitest run --root . --config config.mjs",
		tests: 3,
		passed: number(/Tests .*?(\d+) passed/),
	},
	{
		name: "cargo test",
		tools: "cargo --version",
		command: "cd cargo && cargo test --offline --lib",
		tests: 2,
		passed: number(/(\d+) passed/),
	},
	{
		name: "go test, httptest",
		tools: "go version",
		command: "cd go && GOTOOLCHAIN=local go test -v ./...",
		tests: 2,
		passed: lines(/^--- PASS/gm),
	},
	{
		name: "make with socat",
		tools: "make --version | head -1 && socat -V | grep version.*on",
		command: "make -C make",
		tests: 2,
		passed: said,
	},
	{ name: "Java", tools: "javac --version", command: "java java/Checks.java", tests: 2, passed: said },
	{ name: "SQLite", tools: "sqlite3 --version", command: "sh sqlite/checks.sh", tests: 1, passed: said },
	{ name: "Redis", tools: "redis-server --version", command: "sh redis/checks.sh", tests: 2, passed: said },
	{
		name: "PostgreSQL",
		tools: "pgbench --version && postgres --version && psql --version",
		command: "sh postgres/checks.sh",
		tests: 3,
		passed: said,
		refusesRoot: true,
	},
	{
		name: "Playwright with Chromium",
		// Too much for everybody's `npm ci`: npm install --no-package-lock, in the suite's folder.
		tools: "chromium --version && node playwright/node_modules/playwright-core/cli.js --version",
		command: "cd playwright && CHROMIUM=$(command -v chromium) node --test checks.mjs",
		tests: 1,
		passed: number(/^\S+ pass (\d+)$/m),
	},
	{ name: "Chromium", tools: "chromium --version", command: "node chromium/checks.mjs", tests: 1, passed: said },
];

/** A `PATH` on which lie our own Vitest, and PostgreSQL where Debian keeps it. */
export function pathOfSuites(): string {
	const ofPostgres = "/usr/lib/postgresql";
	const postgres = existsSync(ofPostgres)
		? readdirSync(ofPostgres).map((version) => join(ofPostgres, version, "bin"))
		: [];
	// The folder itself too: where this checkout lies below /tmp, only what is on PATH is seen by an agent.
	const own = [join(ROOT, "node_modules"), join(ROOT, "node_modules/.bin")];
	return [process.env.PATH, ...own, ...postgres].join(delimiter);
}

/** What a suite's tools call themselves, in lines; nothing where they are not there. */
export function toolsOf({ tools }: Suite): string | undefined {
	const env = { ...process.env, PATH: pathOfSuites() };
	const { status, stdout } = spawnSync("/bin/sh", ["-c", tools], { cwd: FOLDER, env, encoding: "utf8" });
	return status === 0 ? stdout : undefined;
}

/** Whether a suite has to be run by somebody else here. */
export function needsUser({ refusesRoot = false }: Suite): boolean {
	return refusesRoot && process.getuid?.() === 0;
}

/** The id of a user of this machine. */
export async function idOf(user: string): Promise<number> {
	const line = (await readFile("/etc/passwd", "utf8")).split("\n").find((each) => each.startsWith(`${user}:`));
	if (line === undefined) throw new Error(`there is no user ${user}`);
	return Number(line.split(":")[2]);
}
