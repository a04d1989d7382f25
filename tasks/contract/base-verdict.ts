import type { infer as Infer } from "zod";
import { z } from "./zod.ts";

/** Schema of `checks/<key>.json`: how a check went on a commit that issues start from. Only of one that came to an end. */
export const BASE_VERDICT = z.strictObject({
	version: z.literal(1),
	commit: z.string(),
	check: z.string(),
	at: z.iso.datetime(),
	exitCode: z.number(),
	/** By name, of a check that reports its tests. */
	tests: z.array(z.tuple([z.string(), z.enum(["passed", "failed", "skipped"])])).exactOptional(),
	/** Names of tests that failed in one of two runs; the check's own for the check as a whole. */
	flickering: z.array(z.string()),
	durationMs: z.number(),
	/** Its output, a file beside. */
	log: z.string(),
});

/** How a check went on a commit that issues start from. */
export type BaseVerdict = Infer<typeof BASE_VERDICT>;
