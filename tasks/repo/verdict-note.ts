import type { AcceptRecord } from "../contract/accept-record.ts";
import type { RepositoryPaths } from "../contract/issue.ts";
import { oneAtATime } from "../system/one-at-a-time.ts";
import { makeCommit } from "./make-commit.ts";

/** Where verdicts are noted: `git log --notes=orch` shows them. */
export const NOTES = "refs/notes/orch";

const inTurn = oneAtATime();
/** Times a note is written while other runs write theirs: the last of two at once is refused. */
const MOST_TRIES = 5;

/**
 * Notes a verdict on the commit that it is about, in the form of trailers. A note leaves the commit as it is: one more on top of it
 * would be one that nobody has judged (docs/decisions/0042-a-verdict-is-a-note.md). A rehearsal notes nothing.
 * @throws Failure `git-failed`.
 */
export async function noteVerdict(repository: RepositoryPaths, record: AcceptRecord): Promise<void> {
	if (repository.rehearsal) return;
	const command = ["notes", `--ref=${NOTES}`, "add", "-f", "-F", "-", record.commit];
	await inTurn(async () => {
		for (let tried = 1; ; tried++) {
			try {
				await makeCommit(repository, command, { cwd: repository.root, input: verdictNote(record) });
				return;
			} catch (error) {
				if (tried === MOST_TRIES) throw error;
			}
		}
	});
}

/** The trailers of a verdict. */
export function verdictNote({ issueId, outcome, base, checks, review }: AcceptRecord): string {
	const counted = checks && [
		`${checks.passed} passed`,
		...(checks.new > 0 ? [`${checks.new} new failures`] : []),
		...(checks.unproved > 0 ? [`${checks.unproved} unproved`] : []),
		...(checks.changed > 0 ? [`${checks.changed} of their files changed`] : []),
		`against ${base}`,
	];
	return [
		`Orch-Issue: ${issueId}`,
		`Orch-Verdict: ${outcome}`,
		`Orch-Checks: ${counted?.join(", ") ?? "none"}`,
		`Orch-Review: ${review ? `${review.outcome}, ${review.turn}, confidence ${review.confidence}` : "none"}`,
		"",
	].join("\n");
}
