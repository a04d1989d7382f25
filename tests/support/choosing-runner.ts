import { relative } from "node:path";
import type { RunnerTestFile } from "vitest";
import { TestRunner } from "vitest";
import { type Choice, choose } from "./choice.ts";

declare module "vitest" {
	interface ProvidedContext {
		choice: Choice;
	}
	interface TaskMeta {
		/** It was left out by the choice. */
		isLeftOut?: boolean;
	}
}

type Tell = (files: RunnerTestFile[]) => unknown;

/** Runs a commit's choice of the tests. */
export default class ChoosingRunner extends TestRunner {
	#tell: Tell | undefined;

	// Vitest puts a function of its own here, which tells what was collected before it asks a runner's. So what is not chosen
	// would be told as waiting.
	set onCollected(tell: Tell) {
		this.#tell = tell;
	}

	get onCollected(): Tell | undefined {
		const tell = this.#tell;
		if (tell === undefined) return undefined;
		return (files) => {
			// Who asks for tests by their name gets them.
			if (this.config.testNamePattern === undefined)
				for (const file of files) choose(file, relative(this.config.root, file.filepath), this.injectValue("choice"));
			return tell(files);
		};
	}
}
