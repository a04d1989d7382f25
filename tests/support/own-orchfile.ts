import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./documents.ts";
import { asWritten } from "./edited-orchfile.ts";
import type { RunSettings } from "./world.ts";

/** Something of the orchfile to be replaced, once. */
export type Edit = readonly [from: string, to: string];

/** How to run this repository's orchfile as somebody has edited it. */
export async function ownOrchfile(...edits: readonly Edit[]): Promise<RunSettings> {
	const text = readFileSync(join(ROOT, "orchfile.ts"), "utf8");
	const edited = edits.reduce((now, [from, to]) => {
		if (now.split(from).length !== 2) throw new Error(`the orchfile does not have this once: ${from}`);
		return now.replace(from, () => to);
	}, text);
	return asWritten(edited);
}

/** Adds a per-issue task between persist and teardown, in the goal dev. */
export function withTask(name: string, spec: string, imports = ""): Edit[] {
	return [
		[
			"import { codexRunner,",
			`${imports === "" ? "" : `import { ${imports} } from "./tasks/index.ts";\n`}import { codexRunner,`,
		],
		["const cleaned = ", `const extra = perIssue(${JSON.stringify(name)}, ${spec});\nconst cleaned = `],
		["after: { worktree, ...turns }", "after: { worktree, ...turns, extra }"],
		["...Object.values(turns), cleaned,", "...Object.values(turns), extra, cleaned,"],
		["tasks: [dev, saved, cleaned, page]", "tasks: [dev, saved, extra, cleaned, page]"],
	];
}
