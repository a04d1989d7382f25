import type { IssuePlan } from "../../contract/issue.ts";
import type { Stale } from "../../contract/standing.ts";
import { rootOf, type Standing, type Unmet } from "../../engine/standing.ts";
import type { IssueStanding } from "../standing.ts";
import { evidenceLines } from "./evidence.ts";
import { duration, gitCommand, oneLine, shellWord } from "./format.ts";
import { gitChangeLines } from "./git-change-words.ts";
import { heldSentence, heldWord } from "./held-words.ts";
import { acceptedWord, endOf, waitsForAnswer } from "./outcome-words.ts";
import { detailsOf, reasonSentence } from "./reason-sentences.ts";
import { age, knownReason, recordIn } from "./reason-words.ts";
import { holderWords, type Say, showingOwn } from "./say.ts";
import { acceptedAtTip, kindOf } from "./standing-words.ts";

/** Standings that saving ends. */
const UNSAVED: readonly string[] = ["not-committed", "not-persisted"] satisfies Stale["kind"][];

/** The exact unmet condition of an issue down to its root, and the next command to type. */
export function whyText(standing: IssueStanding, now: number, say: Say): string {
	const { issue, unmet, survey } = standing;
	const { record, holder, tip } = survey;
	if (holder) return `${issue.id} is being worked on: ${holderWords(holder)}.\nLog: ${issue.logDir}`;
	const [reason] = unmet;
	const lines = [
		reason ? `${issue.id} is not up to date: ${reasonSentence(reason, now, say)}` : upToDateSentence(standing, now),
	];
	const unsaved = unmet.slice(1).find(({ because }) => UNSAVED.includes(kindOf(because)));
	if (unsaved) lines.push(`Also, ${reasonSentence(unsaved, now, say)}`);
	if (reason) lines.push(...chainLines(standing, now, say));
	const root = rootOf(standing);
	const asking = [record, ...root.unmet.map(recordIn)].find((each) => each && waitsForAnswer(each));
	if (reason && asking && !asking.details.every((each) => lines.join("\n").includes(oneLine(each, 300))))
		lines.push("A person has to answer first:", ...asking.details.map((each) => `  ${oneLine(each, 500)}`));
	if (survey.judged) lines.push(...evidenceLines(survey.judged, issue.logDir));
	if (record) lines.push(...gitChangeLines(record, say), `Log: ${issue.logDir}`);
	if (reason)
		lines.push(
			...insteadOf(reason, issue, say),
			root.issue.held
				? heldSentence({ ...root.issue, held: root.issue.held })
				: `${isHeldBack(root) ? "Once that is settled" : "Next"}: ${nextOf(root, say)}`,
		);
	else if (survey.isMerged && tip) lines.push(`Next: ${say(`clean ${shellWord(issue.id)}`)}`);
	else if (tip) {
		const git = gitCommand(issue.repository.root, process.cwd());
		lines.push(`Next: ${git} ${showingOwn(issue, record, say)}`);
	}
	return lines.join("\n");
}

/** True for an issue that something is in the way of: the same command would end as it did. */
function isHeldBack({ unmet: [reason] }: Standing<IssuePlan>): boolean {
	return reason?.task.isIntermediate === true && kindOf(reason.because) === "ended";
}

/** What to type where somebody knows better than to have it done again: of a commit that is lost, nobody can say what became of it. */
function insteadOf({ because }: Unmet, { base, docPath }: IssuePlan, say: Say): string[] {
	const reason = knownReason(because);
	if (reason?.kind !== "commit-lost") return [];
	const back = `branch ${shellWord(reason.branch)} ${reason.commit.slice(0, 10)}`;
	return [
		...(reason.isKept ? [`To have that commit back: ${say.git(back)}`] : []),
		`Where ${base.name} has its work in another form, say so instead of having it done again: set its state to done in ${docPath}, and commit that.`,
	];
}

/** What brings an issue on. To commit what an agent has done costs nothing; to ask for the goal may. */
function nextOf({ issue, unmet: [reason] }: Standing<IssuePlan>, say: Say): string {
	return reason && UNSAVED.includes(kindOf(reason.because))
		? say.at(reason.task.name).save(issue.id)
		: say.goal(issue.id);
}

function upToDateSentence({ issue, survey }: IssueStanding, now: number): string {
	const { record, ahead, isMerged, toldBy } = survey;
	if (toldBy !== undefined) {
		const how = isMerged ? `its work is part of ${issue.base.name}` : "it passed";
		return `${issue.id} is up to date: ${how}, as commit ${toldBy.slice(0, 10)} of ${issue.base.name} says; here is no record of it.`;
	}
	const verdict = acceptedAtTip(survey);
	const how = verdict
		? `it was ${acceptedWord(verdict)}, ${duration(Math.max(0, now - Date.parse(verdict.at)))} ago at ${verdict.commit.slice(0, 10)}`
		: `it passed ${record ? `${age(record, now)} ago` : ""} for this document`;
	const where = ahead > 0 && !isMerged ? `its work is on ${issue.branch}` : `its work is part of ${issue.base.name}`;
	return `${issue.id} is up to date: ${how}, and ${where}.`;
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
	if (issue.held) return `${id} is blocked by ${issue.id}: ${heldWord({ ...issue, held: issue.held })}.`;
	const record = reason && recordIn(reason);
	const details = (text: string) => (blockedBy.length === 0 ? text : "");
	if (record)
		return `${id} is blocked by ${issue.id}: its ${record.phase} phase ended ${endOf(record)}, log ${issue.logDir}.${details(detailsOf(record))}`;
	const kind = reason && kindOf(reason.because);
	if (!reason || kind === "never-run" || kind === "never-done")
		return `${id} is blocked by ${issue.id}: it has not passed yet.`;
	return `${id} is blocked by ${issue.id}: ${reasonSentence(reason, now, say)}`;
}
