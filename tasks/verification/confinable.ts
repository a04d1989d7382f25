import type { Check } from "../contract/check.ts";
import type { IssuePlan } from "../contract/issue.ts";
import type { RunOptions } from "../contract/options.ts";
import type { Ready } from "../contract/value.ts";
import type { RunContext } from "../engine/task.ts";
import { bubblewraps } from "../runner/confinement.ts";
import { type Confinable, probeConfinement } from "../system/confine/probe.ts";
import { askedOnce } from "../system/once.ts";

const onceAProgram = askedOnce<Confinable>();

/** Says where no check of these issues could be run, and what to do about it. */
export async function tellConfinement(
	checks: readonly Check[],
	plan: readonly IssuePlan[],
	{ options, report }: RunContext<RunOptions>,
): Promise<Ready> {
	if (checks.length === 0 && !plan.some(({ checks: own = [] }) => own.length > 0)) return { kind: "ready" };
	const found = await confinable(options);
	if (found.kind === "refused")
		report({ kind: "note-no-confinement", problem: { ...found, kind: "confinement-unavailable" } });
	return { kind: "ready" };
}

/** What the repository's checks can be confined by, which is tried out once. */
export function confinable({ codex }: Pick<RunOptions, "codex">): Promise<Confinable> {
	const candidates = bubblewraps(codex);
	return onceAProgram(candidates.join("\0"), () => probeConfinement(candidates));
}
