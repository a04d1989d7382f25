import type { ToldChecks } from "../contract/orch-context.ts";
import { noteOf, type Scenario } from "../contract/scenario.ts";
import { answer, reviewAnswer, run, shellQuoted } from "./answers.ts";
import { mend } from "./misdeeds.ts";
import { findPart } from "./part.ts";
import { addToNote, concludeWork, type Saying } from "./rehearsed-turn.ts";
import type { Prompted } from "./script.ts";

/** The line that a review asks for, and looks for in the next one. */
const WANTED = "Reviewed: yes";

/** Judges the work: by its note, and by what the checks have told. */
export async function* review(scenario: Scenario, prompted: Prompted): Saying {
	const note = noteOf(prompted.issueId);
	const changed = scenario === "cheats" ? changedFiles(prompted.context.checks) : [];
	if (changed.length > 0) {
		const files = changed.join(", ");
		const issue = {
			severity: "high",
			title: "What the checks are made of was changed",
			details: files,
			evidence: files,
		} as const;
		const requiredActions = changed.map((file) => `${file} is as it was on the base.`);
		yield answer(
			reviewAnswer(prompted, {
				status: "changes_required",
				summary: "The checks say nothing any more.",
				issues: [issue],
				requiredActions,
			}),
		);
		return;
	}
	const isAsking = scenario === "stubborn" || (yield* findPart(prompted)) === "is-sent-back";
	const read = yield run(`cat -- ${shellQuoted(note)}`);
	if (!isAsking || read.includes(WANTED)) {
		yield answer(reviewAnswer(prompted, { summary: `Rehearsed: read ${note}, and has nothing against it.` }));
		return;
	}
	const details = `No line of ${note} says that it was reviewed.`;
	yield answer(
		reviewAnswer(prompted, {
			status: "changes_required",
			summary: `Rehearsed: ${details}`,
			issues: [{ severity: "medium", title: "A line is missing", details, evidence: `cat ${note}` }],
			requiredActions: [`${note} has the line "${WANTED}".`],
		}),
	);
}

/** Does what a review or the checks ask for; who cheats or is stubborn only says so. */
export async function* fix(scenario: Scenario, prompted: Prompted): Saying {
	if (scenario === "cheats" || scenario === "stubborn") {
		yield* addToNote(prompted, "It is right as it is.");
		yield* concludeWork(prompted, "said that the work is right as it is.");
		return;
	}
	const mended = yield* mend(prompted);
	const { reviewResult } = prompted.context as {
		readonly reviewResult?: { readonly requiredActions?: readonly string[] };
	};
	const isAsked = reviewResult?.requiredActions?.some((action) => action.includes(WANTED)) === true;
	if (isAsked) yield* addToNote(prompted, WANTED);
	yield* concludeWork(prompted, isAsked ? "added the line that was asked for." : `${mended}.`);
}

function changedFiles(checks: unknown): readonly string[] {
	return (checks as Partial<ToldChecks> | undefined)?.changed ?? [];
}
