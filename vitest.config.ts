import { defineConfig } from "vitest/config";

export default defineConfig({
	test: {
		include: ["tests/**/*.test.ts"],
		tags: [
			{ name: "always", description: "Every commit's choice has it." },
			{ name: "together", description: "A commit's choice has all of these tests, or none." },
		],
		globalSetup: "tests/support/global-setup.ts",
		// For what hangs, and not for what is slow: a turn of the real Codex takes half a second on an idle machine, seconds where
		// many run at once, and some tests take dozens.
		testTimeout: 240_000,
		hookTimeout: 240_000,
		// Most of the time is spent in other processes, git and Codex, and some of it waiting for them: two leave a fifth of two cores idle.
		maxWorkers: 3,
		// Of the tests of a file that have a world each. With more, processes get into each other's way.
		maxConcurrency: 2,
		// What a file leaves behind it clears away itself; to load every module anew for each file takes longer than many.
		isolate: false,
		// What is bundled for the tests is imported as Node imports it, not as Vitest does.
		server: { deps: { external: [/\/orchfile-bundle-/] } },
	},
});
