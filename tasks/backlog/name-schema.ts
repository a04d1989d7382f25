import * as z from "zod";
import { isName, NAME_RULE } from "../contract/names.ts";

/** What is expected where a string should stand: YAML takes `007`, `1e5` or a date for something else. */
export const A_STRING = "a string; quote it";

/** Schema of an id, a milestone or a project. */
export const name = z.string({ error: A_STRING }).refine(isName, { error: NAME_RULE });
