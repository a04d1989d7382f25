import type { IssuePlan } from "../../contract/issue.ts";
import type { Stale } from "../../contract/standing.ts";
import { rootOf, type Standing, type Unmet } from "../../engine/standing.ts";
import type { IssueStanding } from "../standing.ts";
import { isUnanswered } from "./asking.ts";
import { evidenceLines } from "./evidence.ts";
import { duration, gitCommand, oneLine, shellWord } from "./format.ts";
import { gitChangeLines } from "./git-change-words.ts";
import { heldSentence, heldWord } from "./held-words.ts";
import { acceptedWord, endOf, waitsForAnswer } from "./outcome-words.ts";
import { detailsOf, reasonSentence } from "./reason-sentences.ts";
import { age, knownReason, recordIn } from "./reason-words.ts";
import { answering, holderWords, type Say, showingOwn } from "./say.ts";
import { acceptedAtTip, kindOf } from "./standing-words.ts";
import { machineLines } from "./unanswered-words.ts";
import { untilWords, waitsUntil } from "./waiting-words.ts";

/** Standings that saving ends. */
const UNSAVED: readonly string[] = ["not-committed", "not-persisted"] satisfies Stale["kind"][];

/** Why an issue stands where it stands, and what is to be done about it. */
export interface Why {
	/** The exact unmet condition down to its root, or that there is none. */
	readonly reasons: readonly string[];
	/** What a person has to answer first. */
	readonly questions: readonly string[];
	/** What to know before the next command is typed, or instead of it. */
	readonly advice: readonly string[];
	/** The next command to type, and how it is introduced. */
	readonly next?: { readonly how: string; readonly command: string };
}

/** Finds out why an issue stands where it stands. */
export function whyOf(standing: IssueStanding, now: number, say: Say): Why {
	const { issue, unmet, survey } = standing;
	const { record, holder } = survey;
	if (holder) {
		const until = waitsUntil(survey);
		const waits = until === undefined ? "" : ` It waits for the usage limit, ${untilWords(until, now)}.`;
		return { reasons: [`${issue.id} is being worked on: ${holderWords(holder)}.${waits}`], questions: [], advice: [] };
	}
	const [reason] = unmet;
	if (!reason) {
		const command = afterwards(standing, say);
		return {
			reasons: [upToDateSentence(standing, now)],
			questions: [],
			advice: [],
			...(command === undefined ? {} : { next: { how: "Next", command } }),
		};
	}
	const unsaved = unmet.slice(1).find(({ because }) => UNSAVED.includes(kindOf(because)));
	const root = rootOf(standing);
	const asked = [{ record, of: issue }, ...root.unmet.map((each) => ({ record: recordIn(each), of: root.issue }))];
	const asking = asked.find((each) => isUnanswered(each.record, each.of));
	const answered = asked.find((each) => each.record && waitsForAnswer(each.record) && each !== asking);
	const { held } = root.issue;
	const first = root === standing ? inTheWay(survey, say) : [];
	const how = first.length > 0 || isHeldBack(root) ? "Once that is settled" : "Next";
	return {
		reasons: [
			`${issue.id} is not up to date: ${reasonSentence(reason, now, say)}`,
			...(unsaved ? [`Also, ${reasonSentence(unsaved, now, say)}`] : []),
			...chainLines(standing, now, say),
		],
		questions: asking?.record?.details ?? [],
		advice: [
			...(answered && !asking ? [`${answered.of.docPath} has changed since it was asked.`] : []),
			...insteadOf(reason, issue, say),
			...first,
			...(held ? [heldSentence({ ...root.issue, held })] : []),
		],
		...(held ? {} : { next: { how, command: nextOf(root, asking?.of, say) } }),
	};
}

/** The exact unmet condition of an issue down to its root, and the next command to type. */
export function whyText(standing: IssueStanding, now: number, say: Say): string {
	const { issue, survey } = standing;
	const { record, holder, judged } = survey;
	const { reasons, questions, advice, next } = whyOf(standing, now, say);
	const log = `Log: ${issue.logDir}`;
	if (holder) return [...reasons, log].join("\n");
	const lines = [...reasons];
	if (!questions.every((each) => lines.join("\n").includes(oneLine(each, 300))))
		lines.push("A person has to answer first:", ...questions.map((each) => `  ${oneLine(each, 500)}`));
	if (judged) lines.push(...evidenceLines(judged, issue.logDir));
	if (record) lines.push(...gitChangeLines(record, say), log);
	lines.push(...advice, ...(next ? [`${next.how}: ${next.command}`] : []));
	return lines.join("\n");
}

/** What to do about an issue that has nothing to do. */
function afterwards({ issue, survey: { isMerged, tip, record } }: IssueStanding, say: Say): string | undefined {
	if (!tip) return undefined;
	if (isMerged) return say(`clean ${shellWord(issue.id)}`);
	return `${gitCommand(issue.repository.root, process.cwd())} ${showingOwn(issue, record, say)}`;
}

/** True for an issue that something is in the way of: the same command would end as it did. */
function isHeldBack({ unmet: [reason] }: Standing<IssuePlan>): boolean {
	return reason?.task.isIntermediate === true && kindOf(reason.because) === "ended";
}

/** What keeps the checks of the tip from an answer, and is not in the work. */
function inTheWay({ judged, tip }: IssueStanding["survey"], say: Say): string[] {
	return judged?.checks?.commit === tip ? machineLines(judged.checks, say) : [];
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

/**
 * What brings an issue on. To commit what an agent has done costs nothing; to ask for the goal may.
 * @param asking the issue that a person has to answer first.
 */
function nextOf({ issue, unmet: [reason] }: Standing<IssuePlan>, asking: IssuePlan | undefined, say: Say): string {
	if (reason && UNSAVED.includes(kindOf(reason.because))) return say.at(reason.task.name).save(issue.id);
	return asking ? answering(asking.id, say) : say.goal(issue.id);
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
