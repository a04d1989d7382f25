import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { asInstalled } from "./tasks/cli/as-installed.ts";

// Builds `dist/`, which is what an installed package runs. `npm pack` starts it.

const ROOT = fileURLToPath(new URL(".", import.meta.url));
const DIST = join(ROOT, "dist");

rmSync(DIST, { recursive: true, force: true });
await build({
	absWorkingDir: ROOT,
	entryPoints: ["tasks/index.ts", "tasks/cli/bin.ts"],
	outdir: DIST,
	outbase: "tasks",
	bundle: true,
	// What is imported lazily stays in files of its own.
	splitting: true,
	chunkNames: "chunks/[name]-[hash]",
	format: "esm",
	platform: "node",
	target: "node20.19",
	packages: "external",
});
chmodSync(join(DIST, "cli/bin.js"), 0o755);
// A process, and so a file, of its own; and what a page has in it.
for (const file of [
	"runner/codex/codex-child.mjs",
	...["page.css", "page.js", "live.js"].map((name) => `cli/page/${name}`),
]) {
	mkdirSync(dirname(join(DIST, file)), { recursive: true });
	copyFileSync(join(ROOT, "tasks", file), join(DIST, file));
}
execFileSync(join(ROOT, "node_modules/.bin/tsc"), ["-p", "tsconfig.build.json"], { cwd: ROOT, stdio: "inherit" });
removeUnusedTypes();
mkdirSync(join(DIST, "sample"));
writeFileSync(join(DIST, "sample/orchfile.ts"), asInstalled(readFileSync(join(ROOT, "orchfile.ts"), "utf8")));

/** Removes the declarations that those of the entry do not lead to. */
function removeUnusedTypes(): void {
	const used = new Set<string>();
	const visit = (file: string) => {
		if (used.has(file)) return;
		used.add(file);
		for (const [, name = ""] of readFileSync(file, "utf8").matchAll(/(?:from|import\() ?"(\.[^"]+)\.ts"/g))
			visit(`${join(dirname(file), name)}.d.ts`);
	};
	visit(join(DIST, "index.d.ts"));
	for (const name of readdirSync(DIST, { recursive: true, encoding: "utf8" })) {
		const file = join(DIST, name);
		if (name.endsWith(".d.ts") && !used.has(file)) rmSync(file);
	}
}
