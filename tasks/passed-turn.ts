import { given } from "./contract/given.ts";
import type { IssuePlan } from "./contract/issue.ts";
import type { RunOptions } from "./contract/options.ts";
import { phaseOf, type TurnName } from "./contract/phase.ts";
import { Failure } from "./contract/problem.ts";
import { hashPrompt } from "./contract/prompt.ts";
import type { TurnValue } from "./contract/value.ts";
import type { Freshness } from "./engine/task.ts";
import { whyLost } from "./repo/lost-work.ts";
import { readPromptParts } from "./runner/prompt-files.ts";
import { readLastAttempt } from "./store/last-attempt.ts";
import { attemptFiles } from "./store/log-folder.ts";

/** Looks for an attempt that passed for this very document, prompt and schema, and whose work is still in git. */
export async function findPassedTurn(
	name: TurnName,
	issue: IssuePlan,
	options: Pick<RunOptions, "packageRoot">,
): Promise<Freshness<TurnValue>> {
	const phase = phaseOf(name);
	const record = await readLastAttempt(attemptFiles(issue.logDir, name));
	if (!record) return { upToDate: false, because: { kind: "never-run", turn: name } };
	const value: TurnValue = { kind: "turn", record };
	if (record.outcome !== "pass") {
		const error = new Failure({ kind: "attempt", record, logDir: issue.logDir });
		return { upToDate: false, because: { kind: "last-attempt", record }, last: { status: "failed", error } };
	}
	const stale = (because: unknown) => ({ upToDate: false, because, last: { status: "done", value } }) as const;
	if (record.issueDocHash !== issue.docHash) return stale({ kind: "document-changed", file: issue.docPath });
	const parts = await readPromptParts(phase, issue.repository.root, options.packageRoot);
	if (record.promptHash !== hashPrompt(phase, parts)) return stale({ kind: "prompt-changed" });
	const lost = await whyLost(issue, record);
	return lost ? stale(lost) : { upToDate: true, value, ...given({ madeAt: record.endedAt ?? undefined }) };
}
