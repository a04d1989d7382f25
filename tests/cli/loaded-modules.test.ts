import { expect, test } from "vitest";
import { loadedModules } from "../support/loaded-modules.ts";
import { createRepository } from "../support/repository.ts";

// Under tsx each module takes a millisecond or two, whatever is in it. The bounds are what there is, and a few to spare: before one
// is raised, look which of the modules can be loaded when they are needed.

test.for([
	["--help", ["--help"], 50, /^(?:commander|fastest-levenshtein)$/],
	["plan", ["plan", "M1"], 152, /^(?:commander|fastest-levenshtein|zx|gray-matter|js-yaml)$/],
	["a run that is refused", ["dev", "NOSUCH"], 178, /^(?:commander|fastest-levenshtein|zx|gray-matter|js-yaml)$/],
] as const)("%s loads no more modules than it has to", async ([, args, most, packages]) => {
	await using repository = await createRepository([{ id: "A-1" }]);
	const loaded = await loadedModules(["-C", repository.path, ...args]);
	const ours = loaded.filter((file) => !file.startsWith("node_modules/"));
	expect(ours.length, ours.join("\n")).toBeGreaterThan(most * 0.8);
	expect(ours.length, ours.join("\n")).toBeLessThanOrEqual(most);
	// zod is CommonJS here: none of its files is asked about.
	for (const file of loaded.filter((each) => !ours.includes(each)))
		expect(/node_modules\/([^/]+)/.exec(file)?.[1]).toMatch(packages);
});
