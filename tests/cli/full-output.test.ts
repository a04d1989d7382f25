import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { shellQuoted } from "../../tasks/rehearsal/answers.ts";
import { editAndPass } from "../support/scripts.ts";
import { createWorld, PROGRAM, type World } from "../support/world.ts";

const hasFull = existsSync("/dev/full");

/** Everything that says something: looks, help, a run, a refusal. */
const WORDS = [
	"plan M1",
	"plan M1 --json",
	"status",
	"why A-1",
	"check",
	"graph M1",
	"discover",
	"clean",
	"doctor",
	"dev M1 -n",
	"--list",
	"--help",
	"help dev",
	"--version",
	"completion bash",
	"complete -- de",
];

test.skipIf(!hasFull)(
	"what can't be written on a full standard output fails, and is told in one sentence",
	async () => {
		await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
		for (const words of WORDS) {
			const { code, stderr } = await shell(world, words, "> /dev/full");
			expect(code, words).toBeGreaterThan(0);
			expect(
				stderr.match(/What was to be said on standard output could not be written: there is no space left\./g),
				words,
			).toHaveLength(1);
			expect(stderr, words).not.toMatch(/\n\s+at |node:|Unhandled/);
		}
	},
);

test.skipIf(!hasFull)("a run whose words go nowhere is done to its end all the same, and fails", async () => {
	for (const where of ["> /dev/full", "2> /dev/full", "--json > /dev/full"]) {
		await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
		const { code, stdout, stderr } = await shell(world, "dev M1", where);
		expect(code, where).toBe(1);
		expect(stdout + stderr, where).toMatch(/could not be written: there is no space left/);
		expect(await world.repository.git(["log", "-1", "--format=%s", "issue/A-1"])).toBe("A-1: Title of A-1");
	}
});

test.skipIf(!hasFull)("on a full standard error, a refusal keeps its exit code, and JSON stays JSON", async () => {
	await using world = await createWorld([{ id: "A-1" }]);
	const refused = await shell(world, "plan M9 --json", "2> /dev/full");
	expect(refused.code).toBe(2);
	expect(JSON.parse(refused.stdout)).toMatchObject({ exitCode: 2 });
});

test("a reader that has seen enough is no failure, and nothing is said of it", async () => {
	await using world = await createWorld(Array.from({ length: 2_000 }, (_, at) => ({ id: `A-${at}` })));
	for (const words of ["plan M1", "status", "plan M1 --json", "--help"]) {
		const { code, stderr } = await shell(world, words, "| head -c 1 > /dev/null");
		expect({ code, stderr }, words).toEqual({ code: 0, stderr: "" });
	}
});

/** Types a command with what a shell does to its output. */
async function shell(world: World, words: string, rest: string) {
	const program = [process.execPath, ...PROGRAM].map(shellQuoted).join(" ");
	const child = spawn("bash", ["-c", `set -o pipefail; ${program} ${words} ${rest}`], {
		cwd: world.repository.path,
		env: world.environment,
		stdio: ["ignore", "pipe", "pipe"],
	});
	const output = { stdout: "", stderr: "" };
	for (const name of ["stdout", "stderr"] as const)
		child[name].setEncoding("utf8").on("data", (text) => {
			output[name] += text;
		});
	const [code] = await once(child, "close");
	return { code: code as number, ...output };
}
