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

test("the engine knows nothing but itself", () => {
	const engine = SOURCES.filter((file) => file.startsWith("tasks/engine/"));
	expect(engine.length).toBeGreaterThan(5);
	for (const file of engine) {
		for (const name of importsOf(file)) expect(name, file).toMatch(/^tasks\/engine\//);
	}
});

test("each thing outside has one door", () => {
	expect(importersOf(/^zx\b/)).toEqual(["tasks/repo/configured-zx.ts"]);
	// git's, and the one to what a user's own orchfile has run.
	expect(importersOf(/configured-zx/)).toEqual(["tasks/repo/git.ts", "tasks/runner/user-command.ts"]);
	expect(importersOf(/^node:child_process$/)).toEqual([
		"tasks/repo/git.ts",
		"tasks/runner/ask-codex.ts",
		"tasks/runner/codex-processes.ts",
	]);
	for (const file of importersOf(/^@openai\//)) expect(file).toMatch(/^tasks\/runner\//);
	for (const file of importersOf(/^(?:listr2|commander)$/)) expect(file).toMatch(/^tasks\/cli\//);
	expect(importersOf(/^gray-matter$/)).toEqual(["tasks/contract/front-matter.ts"]);
});

test("a rehearsal stands beside the program: only the command line starts one, and it knows no git and no runner", () => {
	const inside = SOURCES.filter((file) => file.startsWith("tasks/rehearsal/"));
	expect(inside.length).toBeGreaterThan(5);
	for (const file of inside) {
		for (const name of importsOf(file)) expect(name, file).toMatch(/^(?:node:|tasks\/(?:contract|store|rehearsal)\/)/);
	}
	const importers = importersOf(/^tasks\/rehearsal\//).filter((file) => !inside.includes(file));
	expect(importers).toEqual(["tasks/cli/run.ts"]);
});

test("imports run one way: nothing below the verbs imports a verb, and only the orchfile and the command line know cli", () => {
	for (const file of SOURCES) {
		const folder = file.split("/")[1] ?? "";
		const isVerb = folder.endsWith(".ts");
		for (const name of importsOf(file).filter((each) => each.startsWith("tasks/"))) {
			const target = name.split("/")[1] ?? "";
			// The package's entry stands for the orchfile, which is what imports it.
			expect(name).not.toBe("tasks/index.ts");
			if (target === "cli" && file !== "tasks/index.ts") expect(folder, `${file} imports ${name}`).toBe("cli");
			if (target.endsWith(".ts")) expect(isVerb || folder === "cli", `${file} imports ${name}`).toBe(true);
			if (folder === "contract") expect(target, `${file} imports ${name}`).toBe("contract");
		}
	}
});
