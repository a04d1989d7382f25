import type { IssuePlan } from "./contract/issue.ts";
import { phaseOf, type TurnName } from "./contract/phase.ts";
import { hashPrompt } from "./contract/prompt.ts";
import type { AttemptRecord } from "./contract/record.ts";
import type { Stale } from "./contract/standing.ts";
import { whyLost } from "./repo/lost-work.ts";
import { readPromptParts } from "./runner/prompt-files.ts";

/** Why a turn that passed does not count any more: its document, its prompt or its work is another; nothing while it counts. */
export async function whyStale(
	name: TurnName,
	issue: IssuePlan,
	record: AttemptRecord,
	packageRoot: string,
): Promise<Stale | undefined> {
	if (record.issueDocHash !== issue.docHash) return { kind: "document-changed", file: issue.docPath };
	const phase = phaseOf(name);
	const parts = await readPromptParts(phase, issue.repository.root, packageRoot);
	if (record.promptHash !== hashPrompt(phase, parts)) return { kind: "prompt-changed" };
	return whyLost(issue, record);
}
