import { hostname } from "node:os";
import type { IssuePlan } from "../../contract/issue.ts";
import { rootOf, type Standing } from "../../engine/standing.ts";
import type { IssueStanding } from "../standing.ts";
import { count, gitCommand, oneLine, shellWord, table } from "./format.ts";
import { endOf } from "./outcome-words.ts";
import { age, detailsOf, reasonSentence, reasonWord, recordIn } from "./reason-words.ts";
import { holderWords, type Say } from "./say.ts";

/** Where an issue stands, in a few words. */
export function standingWord({ unmet, blockedBy, survey: { holder } }: IssueStanding, say: Say): string {
	if (holder) return `running (process ${holder.pid}${holder.host === hostname() ? "" : ` on ${holder.host}`})`;
	const [reason] = unmet;
	if (!reason) return "up to date";
	const [first] = blockedBy;
	return first ? `waits for ${first.issue.id}` : reasonWord(reason, say);
}

/** What an issue has to do, in a few words, whatever it waits for. */
export function todoWord({ unmet: [reason] }: Pick<IssueStanding, "unmet">, say: Say): string {
	return reason ? reasonWord(reason, say) : "up to date";
}

/** The exact unmet condition of an issue down to its root, and the next command to type. */
export function whyText(standing: IssueStanding, now: number, say: Say): string {
	const { issue, unmet, survey } = standing;
	const { record, holder, tip } = survey;
	if (holder) return `${issue.id} is being worked on: ${holderWords(holder)}.\nLog: ${issue.logDir}`;
	const [reason] = unmet;
	const lines = [
		reason ? `${issue.id} is not up to date: ${reasonSentence(reason, now, say)}` : upToDateSentence(standing, now),
	];
	if (reason) lines.push(...chainLines(standing, now, say));
	const root = rootOf(standing);
	const deferred = [record, ...root.unmet.map(recordIn)].find((each) => each?.outcome === "deferred");
	if (reason && deferred)
		lines.push("A person has to answer first:", ...deferred.details.map((each) => `  ${oneLine(each, 500)}`));
	if (record) lines.push(`Log: ${issue.logDir}`);
	if (reason) lines.push(`Next: ${say.goal(root.issue.id)}`);
	else if (tip) {
		const git = gitCommand(issue.repository.root, process.cwd());
		lines.push(`Next: ${git} diff ${shellWord(issue.base.name)}...${issue.branch}`);
	}
	return lines.join("\n");
}

/** Every issue with its last outcome. */
export function statusTable(standings: readonly IssueStanding[], now: number, say: Say): string {
	const rows = standings.map((standing) => {
		const { issue, survey } = standing;
		const { record, tip, ahead, holder } = survey;
		return [
			issue.id,
			standingWord(standing, say),
			// A record that says `running` is taken for that of a killed attempt, which it is not while somebody runs it.
			record && !holder ? endOf(record) : "-",
			tip ? issue.branch : "-",
			tip ? String(ahead) : "-",
			record ? age(record, now) : "-",
			record?.usage ? count(record.usage.inputTokens + record.usage.outputTokens) : "-",
			oneLine(issue.title, 60),
		];
	});
	return table([["ISSUE", "STANDING", "LAST OUTCOME", "BRANCH", "AHEAD", "AGE", "TOKENS", "TITLE"], ...rows]);
}

/** A standing as data. */
export function standingAsJson(standing: IssueStanding, planned: ReadonlySet<string>, say: Say): unknown {
	const { issue, unmet, blockedBy, survey, surveys } = standing;
	const { record, holder, tip, ahead, hasWorktree } = survey;
	const { outside: _, ...plan } = issue;
	const open = new Set(blockedBy.map((each) => each.issue.id));
	const [reason] = unmet;
	return {
		...plan,
		blockers: issue.blockers.filter((id) => planned.has(id) || open.has(id)),
		standing: standingWord(standing, say),
		upToDate: reason === undefined,
		because: reason === undefined ? null : kindOf(reason.because),
		unmet: unmet.map((each) => ({ task: each.task.name, because: kindOf(each.because), why: reasonWord(each, say) })),
		blockedBy: issue.blockedBy,
		waitsFor: blockedBy.map((each) => ({
			id: each.issue.id,
			lastOutcome: surveys.get(each.issue.id)?.record?.outcome ?? null,
			logDir: each.issue.logDir,
		})),
		holder: holder && { pid: holder.pid, host: holder.host, since: holder.since },
		openQuestions: record?.outcome === "deferred" ? record.details : [],
		tip,
		ahead,
		hasWorktree,
		record,
	};
}

function kindOf(because: unknown): string {
	return String((because as { readonly kind?: unknown } | null | undefined)?.kind ?? "out-of-date");
}

function upToDateSentence({ issue, survey: { record, ahead } }: IssueStanding, now: number): string {
	const where = ahead > 0 ? `its work is on ${issue.branch}` : `its work is part of ${issue.base.name}`;
	return `${issue.id} is up to date: it passed ${record ? `${age(record, now)} ago` : ""} for this document, and ${where}.`;
}

/** What an issue waits for, what that waits for, and so on, each said once. */
function chainLines(standing: Standing<IssuePlan>, now: number, say: Say): string[] {
	const told = new Set<Standing<IssuePlan>>();
	const follow = (from: Standing<IssuePlan>): string[] =>
		from.blockedBy.flatMap((blocker) => {
			const line = blockerSentence(from.issue.id, blocker, now, say);
			if (told.has(blocker)) return [line];
			told.add(blocker);
			return [line, ...follow(blocker)];
		});
	return follow(standing);
}

function blockerSentence(id: string, { issue, unmet, blockedBy }: Standing<IssuePlan>, now: number, say: Say): string {
	const [reason] = unmet;
	const record = reason && recordIn(reason);
	const details = (text: string) => (blockedBy.length === 0 ? text : "");
	if (record)
		return `${id} is blocked by ${issue.id}: its ${record.phase} phase ended ${endOf(record)}, log ${issue.logDir}.${details(detailsOf(record))}`;
	const kind = reason && kindOf(reason.because);
	if (!reason || kind === "never-run" || kind === "never-done")
		return `${id} is blocked by ${issue.id}: it has not passed yet.`;
	return `${id} is blocked by ${issue.id}: ${reasonSentence(reason, now, say)}`;
}
