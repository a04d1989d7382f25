import { transform } from "esbuild";

export { build, transform } from "esbuild";

/** Begins a bundle of modules: some packages are CommonJS and ask for Node's own modules by `require`. */
export const REQUIRE =
	'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);';

// The program of esbuild starts with the first call and lives as long as this process. A call in a test could come while a run
// has the process's variables; the program would be taken for one of that world's, and be ended with it.
await transform("");
