// The program as the tests' own processes import it; `global-setup.ts` bundles it.

import { resolve } from "node:path";
import { directoryIn, readArguments } from "../../tasks/cli/arguments.ts";
import { init } from "../../tasks/cli/init.ts";
import { packaged } from "../../tasks/cli/invocation.ts";
import { sayAs } from "../../tasks/cli/program.ts";
import type { Start } from "../../tasks/cli/surroundings.ts";
import { tellFailure } from "../../tasks/cli/tell-failure.ts";
import { PACKAGE_ROOT } from "../../tasks/system/package-root.ts";

export { graph } from "../../orchfile.ts";
export { runProgram } from "../../tasks/cli/program.ts";
// What an edited orchfile imports.
export * from "../../tasks/index.ts";
export { rememberAnswers } from "./remembered-doctor.ts";

/** What `npx orchfile init` does, once its program has found that `init` is asked for. */
export async function initProgram(start: Start): Promise<number> {
	const { command, extras } = packaged();
	const at = () => resolve(directoryIn(start.args) ?? start.cwd);
	const say = sayAs(command, start, at);
	return tellFailure(start, say, at, async () => {
		const request = readArguments(start.args, command, PACKAGE_ROOT);
		if (request.kind !== "run") throw new Error("init is not asked for");
		return init(request, { ...start, say, extras });
	});
}
