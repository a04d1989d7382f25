import { fileURLToPath } from "node:url";
import type { Plugin } from "esbuild";

/** Has zod in a bundle, and of it what is used: a program that is started hundreds of times is to find it read already. */
export const bundledZod: Plugin = {
	name: "bundled-zod",
	setup({ onLoad }) {
		onLoad({ filter: /\/tasks\/contract\/zod\.ts$/ }, () => ({
			contents: 'export * as z from "zod";',
			resolveDir: fileURLToPath(new URL("../..", import.meta.url)),
		}));
	},
};
