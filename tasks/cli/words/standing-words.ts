import { hostname } from "node:os";
import type { AcceptRecord } from "../../contract/accept-record.ts";
import type { IssuePlan } from "../../contract/issue.ts";
import type { HeldIssue, IssueSurvey } from "../../contract/standing.ts";
import type { Standing, Unmet } from "../../engine/standing.ts";
import type { IssueStanding } from "../standing.ts";
import { isUnanswered } from "./asking.ts";
import { count, inOneLine } from "./format.ts";
import { heldWord } from "./held-words.ts";
import { judgedAsJson } from "./judged-words.ts";
import { acceptedWord, badWord, endOf, notAccepted, waitsForAnswer } from "./outcome-words.ts";
import { age, reasonWord, recordIn } from "./reason-words.ts";
import { table, type Width } from "./table-layout.ts";
import { timeOfDay, waitsUntil } from "./waiting-words.ts";

/** Where an issue stands, in a few words. */
export function standingWord(standing: IssueStanding): string {
	const { unmet, blockedBy, survey } = standing;
	const { holder } = survey;
	if (holder) {
		const process = `(process ${holder.pid}${holder.host === hostname() ? "" : ` on ${holder.host}`})`;
		const until = waitsUntil(survey);
		if (until === undefined) return `running ${process}`;
		return `waits for the usage limit until ${timeOfDay(until, Date.now())} ${process}`;
	}
	const [reason] = unmet;
	if (!reason) return doneWord(survey);
	const [first] = blockedBy;
	return first ? `waits for ${first.issue.id}` : dueWord(reason, standing);
}

/** Why it has something to do. What has been answered since is not what its last attempt ended with any more. */
function dueWord(reason: Unmet, { issue }: Pick<IssueStanding, "issue">): string {
	const record = recordIn(reason);
	return record && waitsForAnswer(record) && !isUnanswered(record, issue) ? "answered since" : reasonWord(reason);
}

/** Where the work of an issue is that has nothing to do. */
function doneWord(survey: IssueSurvey): string {
	if (survey.isMerged) return "merged";
	const verdict = acceptedAtTip(survey);
	if (!verdict) return "up to date";
	return survey.integration ? `${acceptedWord(verdict)}, on ${survey.integration}` : acceptedWord(verdict);
}

/** The verdict that accepts the branch as it is now; nothing where there is none. */
export function acceptedAtTip({ judged, tip }: IssueSurvey): AcceptRecord | undefined {
	const verdict = judged?.verdict;
	return verdict?.outcome === "accepted" && verdict.commit === tip ? verdict : undefined;
}

/** What an issue has to do, in a few words, whatever it waits for but an issue that no run does. */
export function todoWord(standing: Pick<IssueStanding, "issue" | "unmet" | "survey" | "blockedBy">): string {
	const {
		unmet: [reason],
		survey,
	} = standing;
	if (!reason) return doneWord(survey);
	const held = heldBehind(standing);
	return held ? `waits for ${held.id}, ${heldWord(held)}` : dueWord(reason, standing);
}

/** What no agent is to do and an issue waits for all the same, however long the way; nothing where the issue can have its turn. */
export function heldBehind({ blockedBy }: Pick<Standing<IssuePlan>, "blockedBy">): HeldPlan | undefined {
	const behind = new Set(blockedBy);
	for (const { issue, blockedBy: further } of behind) {
		if (isHeld(issue)) return issue;
		for (const each of further) behind.add(each);
	}
	return undefined;
}

type HeldPlan = IssuePlan & Required<Pick<IssuePlan, "held">>;

function isHeld(issue: IssuePlan): issue is HeldPlan {
	return issue.held !== undefined;
}

/** Every issue with its last outcome, and those that no agent is to do. */
export function statusTable(
	standings: readonly IssueStanding[],
	held: readonly HeldIssue[],
	now: number,
	width?: Width,
): string {
	const rows = standings.map((standing) => {
		const { issue, survey } = standing;
		const { record, tip, ahead, holder } = survey;
		return [
			issue.id,
			standingWord(standing),
			// A record that says `running` is taken for that of a killed attempt, which it is not while somebody runs it.
			holder ? "-" : lastOutcome(standing),
			tip ? issue.branch : "-",
			tip ? String(ahead) : "-",
			record ? age(record, now) : "-",
			record?.usage ? count(record.usage.inputTokens + record.usage.outputTokens) : "-",
			inOneLine(issue.title),
		];
	});
	const others = held.map((each) => [each.id, heldWord(each), "-", "-", "-", "-", "-", inOneLine(each.title)]);
	rows.push(...others);
	return table([["ISSUE", "STANDING", "LAST OUTCOME", "BRANCH", "AHEAD", "AGE", "TOKENS", "TITLE"], ...rows], width, {
		leaves: ["BRANCH", "AHEAD", "TOKENS", "AGE"],
		wraps: ["STANDING", "LAST OUTCOME"],
		cuts: "TITLE",
	});
}

/** How it ended what was done for the issue last: the task that went wrong after its agent, the verdict, or else the agent's turn. */
function lastOutcome({ unmet, survey: { record, judged } }: IssueStanding): string {
	const wrong = unmet.find(({ because }) =>
		["ended", "not-committed", "not-persisted"].includes(kindOf(because)),
	)?.last;
	const told = wrong && badWord(wrong);
	if (told !== undefined) return told;
	const verdict = judged?.verdict;
	if (verdict && verdict.at > (record?.startedAt ?? ""))
		return verdict.outcome === "accepted" ? acceptedWord(verdict) : notAccepted(verdict);
	return record ? endOf(record) : "-";
}

/** A standing as data. */
export function standingAsJson(standing: IssueStanding, planned: ReadonlySet<string>): unknown {
	const { issue, unmet, blockedBy, survey, surveys } = standing;
	const { record, holder, tip, ahead, isMerged, hasWorktree } = survey;
	const { outside: _, ...plan } = issue;
	const open = new Set(blockedBy.map((each) => each.issue.id));
	const [reason] = unmet;
	return {
		...plan,
		blockers: issue.blockers.filter((id) => planned.has(id) || open.has(id)),
		standing: standingWord(standing),
		upToDate: reason === undefined,
		because: reason === undefined ? null : kindOf(reason.because),
		unmet: unmet.map((each) => ({ task: each.task.name, because: kindOf(each.because), why: reasonWord(each) })),
		blockedBy: issue.blockedBy,
		waitsFor: blockedBy.map((each) => ({
			id: each.issue.id,
			lastOutcome: surveys.get(each.issue.id)?.record?.outcome ?? null,
			logDir: each.issue.logDir,
		})),
		holder: holder && { pid: holder.pid, host: holder.host, since: holder.since },
		openQuestions: isUnanswered(record, issue) ? record.details : [],
		tip,
		ahead,
		merged: isMerged,
		integration: survey.integration ?? null,
		hasWorktree,
		...judgedAsJson(survey.judged ?? {}),
		record,
	};
}

/** An issue that no agent is to do, as data. */
export function heldAsJson(issue: HeldIssue): unknown {
	return { ...issue, standing: heldWord(issue), upToDate: false, because: "held", waitsFor: [] };
}

/** The kind of a reason, for a program that reads it. */
export function kindOf(because: unknown): string {
	return String((because as { readonly kind?: unknown } | null | undefined)?.kind ?? "out-of-date");
}
