// The program as the tests' own processes import it; `global-setup.ts` bundles it.

export { graph } from "../../orchfile.ts";
export { runProgram } from "../../tasks/cli/program.ts";
export { rememberAnswers } from "./remembered-doctor.ts";
