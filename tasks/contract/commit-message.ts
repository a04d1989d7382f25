import { given } from "./given.ts";
import { addressNameOf, ownIdOf } from "./identity.ts";
import type { Issue } from "./issue.ts";
import { fillIn } from "./layout.ts";
import type { Phase } from "./phase.ts";
import type { AttemptRecord } from "./record.ts";

/** The subject where the orchfile has no form of its own: a fix comes after the work on the same issue. */
const FORMS: Readonly<Record<Phase, string>> = {
	dev: "{id}: {title}",
	review: "{id}: {title}",
	fix: "{id}: {title} (fix)",
};

/**
 * The message of the commit that keeps an attempt's work: a subject of this form, the agent's summary (or why there is none),
 * and trailers that tools can read (git-interpret-trailers(1)). That of a rehearsal begins with that word.
 * @param turn what it is called: `dev`, `fix-1`.
 */
export function commitMessage(
	issue: Issue,
	record: AttemptRecord,
	summary: string | undefined,
	form = FORMS[record.phase],
	turn: string = record.phase,
): string {
	const why = [record.outcome, record.reason].filter(Boolean).join(": ");
	const body = withoutTrailers(
		clean(summary ?? [`The ${record.phase} phase ended without a result (${why}).`, ...record.details].join("\n")),
	);
	const trailers = {
		"Orch-Issue": addressNameOf(issue),
		"Orch-Document": issue.docPath,
		"Orch-Milestone": issue.milestone ?? "none",
		"Orch-Phase": turn,
		"Orch-Status": record.outcome,
		"Orch-Thread": record.threadId ?? "none",
		...given({ "Orch-Rehearsal": record.rehearsal }),
	};
	const lines = Object.entries(trailers).map(([key, value]) => `${key}: ${oneLine(value)}`);
	const subject = `${record.rehearsal === undefined ? "" : "rehearsal of "}${subjectOf(form, issue, record)}`;
	return `${[withoutTrailers(oneLine(subject)), body, lines.join("\n")].filter(Boolean).join("\n\n")}\n`;
}

function subjectOf(form: string, issue: Issue, { phase }: AttemptRecord): string {
	const { title, milestone, project } = issue;
	return fillIn(form, { id: ownIdOf(issue), title, milestone: milestone ?? "none", project, phase });
}

/** git takes no NUL, and a reader's terminal should get no other control characters either. */
export function clean(text: string): string {
	return text
		.replace(/\r\n?/g, "\n")
		.replace(/[^\P{Cc}\n\t]/gu, "")
		.trim();
}

/**
 * git takes such a line for the end of the message when it looks for trailers, and one of ours would vouch for work on another
 * issue, wherever in the message it stands: quoted, they are neither.
 */
export function withoutTrailers(text: string): string {
	return text.replace(/^(?=[ \t]*(?:---|diff -|Index: |Orch-)|.*(?:>8|8<) )/gim, "> ");
}

export function oneLine(text: string): string {
	return clean(text).replace(/\s+/g, " ");
}
