import { defineConfig } from "vitest/config";

// What takes long, or finds something only once in a hundred times; see AGENTS.md.
export default defineConfig({
	test: {
		include: ["tests/soak/**/*.soak.ts"],
		globalSetup: "tests/support/global-setup.ts",
		// Runs are killed here, and load the machine: each is a process.
		env: { ORCHFILE_PROGRAM: "" },
		testTimeout: 3_600_000,
		hookTimeout: 60_000,
		// One after the other: each loads the machine by itself.
		maxWorkers: 1,
		// Progress is printed as it comes.
		disableConsoleIntercept: true,
	},
});
