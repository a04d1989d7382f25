import type { Reporter, TestModule } from "vitest/node";
import type { Choice } from "./choice.ts";

/** Says at the end what was left out, and how all of it is run. */
export class ChoiceReporter implements Reporter {
	readonly #choice: Choice;

	constructor(choice: Choice) {
		this.#choice = choice;
	}

	onTestRunEnd(modules: readonly TestModule[]): void {
		const tests = modules.flatMap((each) => [...each.children.allTests()]);
		const left = tests.filter((test) => test.meta().isLeftOut).length;
		if (left > 0) process.stdout.write(`${said(this.#choice, tests.length, left)}\n\n`);
	}
}

/** What is said of a choice. */
export function said({ commit, part, parts }: Choice, all: number, left: number): string {
	const whose =
		commit === undefined ? "the choice where there is no commit" : `the choice of commit ${commit.slice(0, 10)}`;
	return [
		`${all - left} of ${all} tests are ${whose}: of those that take long, part ${part + 1} of ${parts}.`,
		"To run all of them: npm run test:all",
	].join("\n");
}
