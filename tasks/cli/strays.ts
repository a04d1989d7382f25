import process from "node:process";
import { writeNow } from "../system/write-now.ts";
import { packaged } from "./invocation.ts";
import { sayAs } from "./program.ts";
import { ownStart } from "./surroundings.ts";
import { tellFailure } from "./tell-failure.ts";
import { idleWords } from "./words/idle-words.ts";

/**
 * Tells what an orchfile throws while it is loaded where nobody can catch it, and that it does nothing; ends the process then.
 * @param hasBegun true once the orchfile has called `main`: from then on nothing is told here.
 */
export function watchLoading(orchfile: string, hasBegun: () => boolean): void {
	const end = async (ending: () => Promise<never>, exitCode?: number, first?: unknown): Promise<void> => {
		try {
			// Where the folder that the process is in has gone, this is the first thing that fails.
			const start = ownStart();
			const say = sayAs(packaged().command, start, () => start.cwd);
			const told = await tellFailure(start, say, () => start.cwd, ending);
			process.exit(exitCode ?? told);
		} catch (second) {
			// Nothing can be asked or loaded any more, not even the words: to throw again would come back here for ever.
			if (first !== undefined) writeNow(first instanceof Error ? `${first.stack}` : String(first));
			writeNow(second instanceof Error ? second.message : String(second));
			process.exit(1);
		}
	};
	process.on("uncaughtException", (thrown) => {
		// Tasks of the orchfile's own have a listener of theirs.
		if (hasBegun() && process.listenerCount("uncaughtException") > 1) return;
		void end(
			async () => {
				const { lineOfTheirs } = await import("../system/stack.ts");
				if (hasBegun() && !lineOfTheirs(thrown)) throw thrown;
				throw (await import("./orchfile-mistakes.ts")).loadFailure(thrown, orchfile);
			},
			hasBegun() ? 1 : undefined,
			thrown,
		);
	});
	process.once("exit", (code) => {
		// By `process.exit`, which leaves no time to load anything.
		if (hasBegun() || code !== 0) return;
		const { what, remedy } = idleWords(orchfile);
		writeNow(`${what}\n  ${remedy}`);
		process.exit(2);
	});
	process.once("beforeExit", () => {
		// Whoever has set a code has told why.
		if (hasBegun() || process.exitCode) return;
		void end(async () => {
			const { Failure } = await import("../contract/problem.ts");
			throw new Failure({ kind: "orchfile-idle", path: orchfile });
		});
	});
}
