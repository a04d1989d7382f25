// The program as the tests' own processes import it; `global-setup.ts` bundles it.

export { graph } from "../../orchfile.ts";
export { runProgram } from "../../tasks/cli/program.ts";
// What an edited orchfile imports.
export * from "../../tasks/index.ts";
export { rememberAnswers } from "./remembered-doctor.ts";
