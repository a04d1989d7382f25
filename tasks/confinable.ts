import type { RunOptions } from "./contract/options.ts";
import { bubblewraps } from "./runner/confinement.ts";
import { type Confinable, probeConfinement } from "./system/confine/probe.ts";
import { askedOnce } from "./system/once.ts";

const onceAProgram = askedOnce<Confinable>();

/** What the repository's checks can be confined by, which is tried out once. */
export function confinable({ codex }: Pick<RunOptions, "codex">): Promise<Confinable> {
	const candidates = bubblewraps(codex);
	return onceAProgram(candidates.join("\0"), () => probeConfinement(candidates));
}
