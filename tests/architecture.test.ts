import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SOURCES = readdirSync(join(ROOT, "tasks"), { recursive: true, encoding: "utf8" })
	.filter((name) => name.endsWith(".ts"))
	.map((name) => join("tasks", name))
	.sort();

/** What a source file imports: packages by name, other sources by their path in the repository. */
function importsOf(file: string): string[] {
	const text = readFileSync(join(ROOT, file), "utf8");
	const named = [
		...text.matchAll(/^(?:import|export)\b[^"';=]*?\bfrom "([^"]+)"/gm),
		...text.matchAll(/\bimport\("([^"]+)"\)/g),
	];
	return named.map(([, name = ""]) => (name.startsWith(".") ? normalize(join(dirname(file), name)) : name));
}

function importersOf(pattern: RegExp): string[] {
	return SOURCES.filter((file) => importsOf(file).some((name) => pattern.test(name)));
}

/** The rooms of `tasks/`, each with those it may import from. The verbs, which stand on its first level, are one too. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
	engine: [],
	contract: [],
	system: ["contract"],
	backlog: ["contract", "system"],
	store: ["contract", "system"],
	repo: ["contract", "system"],
	runner: ["contract", "system"],
	checks: ["contract", "system"],
	rehearsal: ["contract", "system"],
	verification: ["engine", "contract", "store", "repo", "runner", "checks", "system"],
	standing: ["engine", "backlog", "contract", "store", "repo", "runner", "checks", "system"],
	integration: ["verification", "standing", "engine", "backlog", "contract", "store", "repo", "checks", "system"],
	night: ["contract", "store", "repo", "runner", "system"],
	verbs: [
		"integration",
		"standing",
		"verification",
		"night",
		"engine",
		"backlog",
		"contract",
		"store",
		"repo",
		"runner",
		"checks",
		"system",
	],
	cli: ["verbs", "night", "engine", "backlog", "contract", "store", "repo", "runner", "rehearsal", "system"],
};

/** What an orchfile imports stands for the orchfile. */
const ENTRIES = ["tasks/index.ts"];

/** The room that a source lies in. */
function roomOf(file: string): string {
	const [, first = ""] = file.split("/");
	return first.endsWith(".ts") ? "verbs" : first;
}

test("each room imports from those below it, and from no other", () => {
	expect(new Set(SOURCES.map(roomOf))).toEqual(new Set(Object.keys(ROOMS)));
	const wrong = SOURCES.filter((file) => !ENTRIES.includes(file)).flatMap((file) =>
		importsOf(file)
			.filter((name) => name.startsWith("tasks/"))
			.filter(
				(name) => ENTRIES.includes(name) || ![roomOf(file), ...(ROOMS[roomOf(file)] ?? [])].includes(roomOf(name)),
			)
			.map((name) => `${file} imports ${name}`),
	);
	expect(wrong).toEqual([]);
});

test("the engine, and what is on the ground, stand on no package but zod", () => {
	for (const file of SOURCES.filter((each) => /^(?:engine|contract)$/.test(roomOf(each)))) {
		const outside = importsOf(file).filter((name) => !name.startsWith("tasks/"));
		for (const name of outside) {
			if (roomOf(file) === "engine") expect(name, file).toBe("");
			expect(name, file).toMatch(/^(?:node:|zod$|fastest-levenshtein$)/);
		}
	}
});

test("no file imports itself, however long the way", () => {
	const known = new Set<string>();
	const circles: string[] = [];
	const visit = (file: string, path: readonly string[]): void => {
		const way = [...path, file];
		if (path.includes(file)) circles.push(way.slice(path.indexOf(file)).join(" -> "));
		if (known.has(file)) return;
		known.add(file);
		for (const name of importsOf(file)) if (name.startsWith("tasks/")) visit(name, way);
	};
	for (const file of SOURCES) visit(file, []);
	expect(circles).toEqual([]);
});

test("each thing outside has one door", () => {
	expect(importersOf(/^zx\b/)).toEqual(["tasks/system/configured-zx.ts"]);
	// git's, git's in a person's terminal, and the one to what a user's own orchfile has run.
	expect(importersOf(/configured-zx/)).toEqual([
		"tasks/repo/git.ts",
		"tasks/repo/paged.ts",
		"tasks/system/user-command.ts",
	]);
	expect(importersOf(/^node:child_process$/)).toEqual([
		"tasks/runner/codex/ask.ts",
		"tasks/runner/codex/turn-process.ts",
		"tasks/system/configured-zx.ts",
		// bubblewrap, and what a room is made with.
		"tasks/system/confine/ask-program.ts",
		"tasks/system/confine/run-confined.ts",
		// What shows a page, for `report --open` alone.
		"tasks/system/open-file.ts",
		// TypeScript, for `check` alone.
		"tasks/system/type-check.ts",
	]);
	for (const file of importersOf(/^@openai\//)) expect(file).toMatch(/^tasks\/runner\//);
	for (const file of importersOf(/^(?:listr2|commander)$/)) expect(file).toMatch(/^tasks\/cli\//);
	expect(importersOf(/^gray-matter$/)).toEqual(["tasks/backlog/front-matter.ts"]);
	expect(importersOf(/^sax$/)).toEqual(["tasks/checks/junit-tests.ts"]);
	expect(importersOf(/^@secretlint\//)).toEqual(["tasks/night/secrets.ts"]);
	expect(importersOf(/^picomatch$/)).toEqual(["tasks/checks/globs.ts"]);
});

test("only the command line starts a rehearsal", () => {
	expect(importersOf(/^tasks\/rehearsal\//).filter((file) => roomOf(file) !== "rehearsal")).toEqual([
		"tasks/cli/run-goals.ts",
	]);
});

test("no file is longer than a reader can hold, and most are far shorter", () => {
	const lengths = SOURCES.map((file) => readFileSync(join(ROOT, file), "utf8").split("\n").length - 1).sort(
		(a, b) => a - b,
	);
	expect(lengths.at(-1)).toBeLessThanOrEqual(250);
	expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(60);
});

test("what stands above the graph knows no task by its name, and no verb the word of a phase", () => {
	const named = /["'`](?:phase:|worktree:|persist|preflight|dev)(?:["'`]|\w*["'`])/;
	const knows = (room: string, allowed: readonly string[]) =>
		SOURCES.filter((file) => roomOf(file) === room && !allowed.some((each) => file.endsWith(each))).filter((file) =>
			readFileSync(join(ROOT, file), "utf8")
				.split("\n")
				.some((line) => named.test(line.replace(/^\s*(?:\*|\/\/).*/, ""))),
		);
	expect(knows("verbs", ["verbs.ts", "agent.ts"])).toEqual([]);
	// The names in the orchfile that `init` writes, for a program that has found none yet.
	expect(knows("cli", ["cli/program.ts"])).toEqual([]);
});
