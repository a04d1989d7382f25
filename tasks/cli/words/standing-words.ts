import { hostname } from "node:os";
import type { IssueStanding, OpenBlocker, Stale } from "../../contract/issue-status.ts";
import type { AttemptRecord } from "../../contract/record.ts";
import { unreachable } from "../../engine/outcome.ts";
import { count, duration, gitCommand, oneLine, shellWord, table } from "./format.ts";
import { holderWords, type Say } from "./say.ts";

/** Where an issue stands, in a few words. */
export function standingWord({ stale, blockedBy, holder }: IssueStanding): string {
	if (holder) return `running (process ${holder.pid}${holder.host === hostname() ? "" : ` on ${holder.host}`})`;
	if (!stale) return "up to date";
	const [first] = blockedBy;
	return first ? `waits for ${first.issue}` : staleWord(stale);
}

/** Why an issue is not up to date, in a few words. */
export function staleWord(stale: Stale): string {
	switch (stale.kind) {
		case "never-run":
			return "never run";
		case "last-attempt":
			return outcomeOf(stale.record);
		case "document-changed":
			return "document changed";
		case "prompt-changed":
			return "prompt changed";
		case "work-gone":
			return "work gone";
		case "commit-lost":
			return "commit lost";
		default:
			return unreachable(stale);
	}
}

/** The exact unmet condition of an issue, and the next command to type. */
export function whyText(standing: IssueStanding, now: number, say: Say): string {
	const { issue, stale, blockedBy, record, holder } = standing;
	if (holder) return `${issue.id} is being worked on: ${holderWords(holder)}.\nLog: ${issue.logDir}`;
	const lines = [
		stale ? `${issue.id} is not up to date: ${staleSentence(stale, now)}` : upToDateSentence(standing, now),
	];
	if (stale) lines.push(...blockedBy.map((blocker) => blockerSentence(issue.id, blocker)));
	if (record?.outcome === "deferred")
		lines.push("A person has to answer first:", ...record.details.map((each) => `  ${oneLine(each, 500)}`));
	if (record) lines.push(`Log: ${issue.logDir}`);
	const [first] = blockedBy;
	if (stale) lines.push(`Next: ${say(`dev ${first?.issue ?? issue.id}`)}`);
	else if (standing.tip) {
		const git = gitCommand(issue.repository.root, process.cwd());
		lines.push(`Next: ${git} diff ${shellWord(issue.base.name)}...${issue.branch}`);
	}
	return lines.join("\n");
}

/** Every issue with its last outcome. */
export function statusTable(standings: readonly IssueStanding[], now: number): string {
	const rows = standings.map(({ issue, record, tip, ahead, holder, ...rest }) => [
		issue.id,
		standingWord({ issue, record, tip, ahead, holder, ...rest }),
		// A record that says `running` is taken for that of a killed attempt, which it is not while somebody runs it.
		record && !holder ? outcomeOf(record) : "-",
		tip ? issue.branch : "-",
		tip ? String(ahead) : "-",
		record ? age(record, now) : "-",
		record?.usage ? count(record.usage.inputTokens + record.usage.outputTokens) : "-",
		oneLine(issue.title, 60),
	]);
	return table([["ISSUE", "STANDING", "LAST OUTCOME", "BRANCH", "AHEAD", "AGE", "TOKENS", "TITLE"], ...rows]);
}

/** A standing as data. */
export function standingAsJson(standing: IssueStanding): unknown {
	const { issue, stale, blockedBy, record, holder, tip, ahead, hasWorktree } = standing;
	return {
		...issue,
		standing: standingWord(standing),
		upToDate: stale === undefined,
		because: stale?.kind ?? null,
		blockedBy: issue.blockedBy,
		waitsFor: blockedBy.map((each) => ({
			id: each.issue,
			lastOutcome: each.record?.outcome ?? null,
			logDir: each.logDir,
		})),
		holder: holder && { pid: holder.pid, host: holder.host, since: holder.since },
		openQuestions: record?.outcome === "deferred" ? record.details : [],
		tip,
		ahead,
		hasWorktree,
		record,
	};
}

/** Why an issue is not up to date, as the end of a sentence. */
export function staleSentence(stale: Stale, now: number): string {
	switch (stale.kind) {
		case "never-run":
			return "its dev phase has never run.";
		case "last-attempt":
			return `its last attempt, ${age(stale.record, now)} ago, ended ${outcomeOf(stale.record)}.${detailsOf(stale.record)}`;
		case "document-changed":
			return `${stale.file} has changed since it passed.`;
		case "prompt-changed":
			return "the prompt, the skill or the answer's schema has changed since it passed.";
		case "work-gone":
			return `it passed, but its work was not persisted, and ${stale.path} is gone.`;
		case "commit-lost":
			return `it passed, but its commit ${stale.commit.slice(0, 10)} is neither on ${stale.branch} nor on the base any more.`;
		default:
			return unreachable(stale);
	}
}

function upToDateSentence({ issue, record, ahead }: IssueStanding, now: number): string {
	const where = ahead > 0 ? `its work is on ${issue.branch}` : `its work is part of ${issue.base.name}`;
	return `${issue.id} is up to date: it passed ${record ? `${age(record, now)} ago` : ""} for this document, and ${where}.`;
}

function blockerSentence(issue: string, { issue: blocker, record, logDir }: OpenBlocker): string {
	const last = record ? `its ${record.phase} phase ended ${outcomeOf(record)}, log ${logDir}` : "it has not passed yet";
	return `${issue} is blocked by ${blocker}: ${last}.`;
}

function outcomeOf(record: AttemptRecord): string {
	return record.reason ? `${record.outcome}: ${record.reason}` : record.outcome;
}

function detailsOf(record: AttemptRecord): string {
	return record.outcome === "deferred" ? "" : record.details.map((each) => `\n  ${oneLine(each, 300)}`).join("");
}

function age(record: AttemptRecord, now: number): string {
	return duration(Math.max(0, now - Date.parse(record.endedAt ?? record.startedAt)));
}
