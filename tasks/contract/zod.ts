import { createRequire } from "node:module";

/**
 * zod, the whole of it. As CommonJS: as modules it is 95 files, most of them languages of its messages, and tsx asks about each through
 * its hooks, which takes longer than all else that a look does before it asks git.
 */
export const z: typeof import("zod") = createRequire(import.meta.url)("zod");
