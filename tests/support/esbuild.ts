import { transform } from "esbuild";

export { build, transform } from "esbuild";

// The program of esbuild starts with the first call and lives as long as this process. A call in a test could come while a run
// has the process's variables; the program would be taken for one of that world's, and be ended with it.
await transform("");
