import { defineConfig, mergeConfig } from "vitest/config";
import whole from "../vitest.config.ts";
import { choiceOf, chosenCommit, readCosts } from "./support/choice.ts";
import { ChoiceReporter } from "./support/choice-reporter.ts";
import { CostlyFirst } from "./support/costly-first.ts";

const choice = choiceOf(chosenCommit(), readCosts());

// What `npm test` runs: of the tests that take long, the part that the commit chooses; see AGENTS.md.
export default mergeConfig(
	whole,
	defineConfig({
		test: {
			runner: "tests/support/choosing-runner.ts",
			sequence: { sequencer: CostlyFirst },
			provide: { choice },
			reporters: ["default", new ChoiceReporter(choice)],
		},
	}),
);
