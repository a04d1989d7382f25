import { isOfMachine, isUnanswered } from "../contract/checks-verdict.ts";
import type { IssuePlan } from "../contract/issue.ts";
import { cycleOf, isWork, phaseOf } from "../contract/phase.ts";
import type { VerifyRecord } from "../contract/verify-record.ts";
import { branchTip } from "../repo/branch.ts";
import { readLastAttempt } from "../store/last-attempt.ts";
import { type KeptTurn, readTurns } from "../store/turns.ts";
import { readAcceptRecord, readVerifyRecords } from "../store/verdicts.ts";

/** How far the work on an issue has come. What was found is about a commit; turns only tell in which file it is. */
export interface Delivery {
	/** The branch's tip; nothing where there is no branch. */
	readonly tip: string | undefined;
	/**
	 * The commit that is judged: the tip, or what a fix that is not done was begun from. Nothing while work that is done has
	 * yet to be saved.
	 */
	readonly subject: string | undefined;
	/** The fixes that have led to it, since dev or since the last verdict. */
	readonly cycle: number;
	/** The fix that comes next, where it was begun and did not end well. */
	readonly openFix: KeptTurn | undefined;
	/** The last fix of these, where there is one. */
	readonly lastFix: KeptTurn | undefined;
	/** The review that judged it, and came to an end. */
	readonly review: KeptTurn | undefined;
	/** What its checks said, as far as that stands, the newest last. */
	readonly verified: readonly VerifyRecord[];
	/** What was found of a commit before, about which a fix was made since. */
	readonly history: readonly Found[];
}

/** What was found of a commit, before the fix that followed. */
export interface Found {
	/** The number of that fix. */
	readonly cycle: number;
	readonly commit: string;
	/** The review that judged it, where one was taken. */
	readonly review: KeptTurn | undefined;
	readonly verified: readonly VerifyRecord[];
}

/**
 * Reads how far the work on an issue has come.
 * @throws Failure `record-invalid`, `file-unreadable`.
 */
export async function readDelivery(issue: IssuePlan): Promise<Delivery> {
	const { repository, branch, logDir } = issue;
	const [tip, turns, verified, verdict] = await Promise.all([
		branchTip(repository, branch),
		readEnded(logDir),
		readVerifyRecords(logDir),
		readAcceptRecord(logDir),
	]);
	const dev = turns.find(({ name }) => name === "dev")?.record.startedAt ?? "";
	// What is not accepted is a new beginning: what was found stands, and is fixed once more.
	const since = verdict?.outcome === "not-accepted" && verdict.at > dev ? verdict.at : dev;
	const fixes = turns.filter(({ name, record }) => phaseOf(name) === "fix" && record.startedAt > since);
	const { subject, cycle, ...open } = findSubject(tip, fixes);
	const works = turns.filter(({ name, record }) => isWork(phaseOf(name)) && record.outcome === "pass");
	const from = works.findLast(({ record }) => record.saved?.head === subject)?.record.startedAt ?? "";
	const reviewOf = (commit: string, since: string) =>
		turns.findLast(
			({ name, record }) =>
				phaseOf(name) === "review" &&
				(record.outcome === "pass" || record.outcome === "changes_required") &&
				record.base.tip === commit &&
				record.startedAt > since,
		);
	// That a check has no answer is found out anew, once there was a verdict on it or where the machine is to blame.
	const stands = (record: VerifyRecord) =>
		!isUnanswered(record) || !(isOfMachine(record) || (verdict !== undefined && verdict.at > record.startedAt));
	const history = fixes.flatMap(({ name, record }): Found[] => {
		const commit = record.base.tip;
		if (cycleOf(name) > cycle || commit === undefined) return [];
		const review = reviewOf(commit, "");
		return [{ cycle: cycleOf(name), commit, review, verified: verified.filter((each) => each.commit === commit) }];
	});
	return {
		tip,
		subject,
		cycle,
		openFix: undefined,
		...open,
		lastFix: fixes.find(({ name }) => cycleOf(name) === cycle),
		review: subject === undefined ? undefined : reviewOf(subject, from),
		verified: verified.filter((record) => record.commit === subject && stands(record)),
		history,
	};
}

/** Turns as they ended, also those of a run that was killed. */
async function readEnded(logDir: string): Promise<KeptTurn[]> {
	const turns = await readTurns(logDir);
	return Promise.all(
		turns.map(async (turn) => ({ ...turn, record: (await readLastAttempt(turn.files)) ?? turn.record })),
	);
}

function findSubject(
	tip: string | undefined,
	fixes: readonly KeptTurn[],
): Pick<Delivery, "subject" | "cycle"> & { readonly openFix?: KeptTurn } {
	const last = fixes.at(-1);
	// Somebody may have gone on with the branch; then it is judged anew.
	const anew = { subject: tip, cycle: 0 };
	if (!last) return anew;
	const { outcome, saved, base } = last.record;
	if (outcome === "pass") {
		if (saved && saved.head !== tip) return anew;
		return { subject: saved?.head, cycle: cycleOf(last.name) };
	}
	if ((saved?.head ?? base.tip) !== tip || base.tip === undefined) return anew;
	return { subject: base.tip, cycle: cycleOf(last.name) - 1, openFix: last };
}
