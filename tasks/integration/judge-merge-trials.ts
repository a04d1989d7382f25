import type { Check, VerifySettings } from "../contract/check.ts";
import { addressNameOf } from "../contract/identity.ts";
import type { ActionOptions } from "../contract/options.ts";
import { Failure } from "../contract/problem.ts";
import type { RunContext } from "../engine/task.ts";
import { createMergeLogs } from "../store/integration-record.ts";
import { readVerifyRecords } from "../store/verdicts.ts";
import { confinable } from "../verification/confinable.ts";
import { runMergeTrials } from "../verification/merge-trials.ts";
import { withChecksPlace } from "../verification/places.ts";
import { checksOfMerge, judgementOf } from "./judge-merge.ts";
import type { Ways } from "./put-together.ts";

/**
 * What judges merges by what they break. Where no check can be run on this machine at all, nothing is put together: what was not run is no pass.
 * @param folder of what is kept of the integration.
 * @throws Failure `confinement-unavailable`, `set-up-failed`, `disk-full`, …
 */
export function judgeMerge(
	{ checks: given, settings }: { readonly checks: readonly Check[]; readonly settings: VerifySettings },
	folder: string,
	context: RunContext<ActionOptions>,
): Ways["judge"] {
	const { options } = context;
	return async (issue, there, before, commit) => {
		const checks = checksOfMerge(given, issue, there);
		if (checks.length === 0) return { counts: null };
		const confined = await confinable(options);
		if (confined.kind === "refused") throw new Failure({ ...confined, kind: "confinement-unavailable" });
		// The command by which its own verification was set up is that of this orchfile, or was.
		const setUp = (await readVerifyRecords(issue.logDir)).at(-1)?.setUp;
		const logDir = await createMergeLogs(folder, addressNameOf(issue));
		const subject = { before, commit, checks, settings, setUp, bubblewrap: confined.bubblewrap };
		const verdict = await withChecksPlace(
			issue.repository,
			options,
			() => false,
			(place) => runMergeTrials(subject, place, { ...context, issue: { ...issue, logDir } }),
		);
		return judgementOf(verdict, logDir);
	};
}
