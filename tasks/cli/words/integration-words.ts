import { relative } from "node:path";
import type { Integrated, IntegrationStep, LeftOut } from "../../contract/integration.ts";
import { checksWord } from "./check-words.ts";
import { inOneLine, listed, oneLine, plural } from "./format.ts";
import { REFUSAL } from "./refusal-words.ts";
import type { Kinds, Say } from "./say.ts";
import { table, type Width } from "./table-layout.ts";

/** Findings that are named; the record has more. */
const MOST_TOLD = 3;

/** What became of each issue, and what the branch has. */
export function integrationText(value: Integrated, cwd: string, width?: Width): string {
	const { record } = value;
	const rows = record.steps.map((step) => [
		step.issue,
		statusOf(step, value),
		checksOf(step),
		inOneLine(whyOf(step, cwd)),
	]);
	return `${table([["ISSUE", "INTEGRATED", "CHECKS", "WHY"], ...rows], width, { wraps: ["WHY"] })}\n\n${integratedSentence(value)}`;
}

/** What the branch has, in one sentence. */
export function integratedSentence({ record, isNew, foreseen }: Integrated): string {
	const { branch, base, steps } = record;
	const taken = takenIn(steps).length;
	const on = `${base.name} (${base.commit.slice(0, 10)})`;
	if (taken === 0) return `There is nothing to put on ${branch}: ${nothingWord(steps, base.name)}.`;
	const what = `${plural(taken, "issue")} on top of ${on}`;
	if (foreseen) return isNew ? `${branch} would have ${what}.` : `${branch} is up to date: ${what}.`;
	return `${branch} ${isNew ? "has" : "is up to date:"} ${what}${record.isSquashed ? ", a commit each" : ""}.`;
}

function nothingWord(steps: readonly IntegrationStep[], base: string): string {
	if (steps.some(({ kind }) => kind === "there")) return `${base} has what was accepted`;
	return isAnyAccepted(steps) ? "nothing that was accepted could be taken" : "nothing is accepted yet";
}

function isAnyAccepted(steps: readonly IntegrationStep[]): boolean {
	return steps.some((step) => step.kind === "left" && !["not-accepted", "excluded"].includes(step.why.kind));
}

/** The issues that were put on the branch. */
function takenIn(steps: readonly IntegrationStep[]): string[] {
	return steps.flatMap(({ kind, issue }) => (kind === "merged" ? [issue] : []));
}

/** Why what was accepted, and asked for, may not be there all the same. */
const MISSED: readonly LeftOut["kind"][] = ["conflict", "breaks", "not-run", "gone-on", "branch-gone"];

/** True where all that was accepted and asked for is on the branch or the base, and something is. */
export function isAllIntegrated({ record: { steps } }: Integrated): boolean {
	const isThere = steps.some(({ kind }) => kind !== "left");
	return isThere && !steps.some((step) => step.kind === "left" && MISSED.includes(step.why.kind));
}

/** What to type next: how what is not there is gone on with, and at last the merge. */
export function integrationLines(value: Integrated, target: string, again: string, say: Say): string[] {
	const { record, foreseen } = value;
	const { branch, base, steps } = record;
	const isTaken = takenIn(steps).length > 0;
	if (foreseen) return isTaken && (value.isNew || foreseen.open.length > 0) ? [`To put them together: ${again}`] : [];
	const left = steps.flatMap((step) => (step.kind === "left" && MISSED.includes(step.why.kind) ? [step] : []));
	const [only] = left;
	return [
		...(only
			? [
					`To go on with what was left out${isTaken ? `, once ${base.name} has the others` : ""}: ${say.goal(left.length === 1 ? only.issue : target)}`,
				]
			: []),
		...(isTaken ? [`To merge it, on ${base.name}: ${say.git(`merge ${say.revision(branch)}`)}`] : []),
	];
}

function statusOf(step: IntegrationStep, { foreseen, record }: Integrated): string {
	const isOpen = foreseen?.open.includes(step.issue);
	switch (step.kind) {
		case "merged":
			return isOpen ? "would be taken" : "taken";
		case "there":
			return `on ${record.base.name}`;
		case "left":
			return step.why.kind === "not-accepted" ? "not accepted" : isOpen ? "would be left out" : "left out";
	}
}

function checksOf(step: IntegrationStep): string {
	return step.kind === "merged" && step.checks ? checksWord(step.checks) : "-";
}

function whyOf(step: IntegrationStep, cwd: string): string {
	return step.kind === "left" ? leftOutWords(step.why, cwd) : step.kind === "merged" ? step.commit.slice(0, 10) : "";
}

/** Why an issue's work is not on the branch. Names of tests and files are a stranger's text. */
export function leftOutWords(why: LeftOut, cwd: string): string {
	return (WHY[why.kind] as (fact: LeftOut, cwd: string) => string)(why, cwd);
}

const WHY: Kinds<LeftOut, string, [cwd: string]> = {
	conflict: ({ files, moreFiles, with: others }) => {
		const named = files.map(({ path, kinds }) => (kinds.length > 0 ? `${path} (${kinds.join(", ")})` : path));
		const more = moreFiles > 0 ? ` and ${moreFiles} more` : "";
		const by = others.length > 0 ? listed(others, MOST_TOLD) : "the others together";
		return `conflicts with ${by} in ${listed(named, MOST_TOLD)}${more}`;
	},
	breaks: ({ newFailures, vanished, more, logDir }, cwd) => {
		const named = [
			...newFailures.map(({ check, test }) => oneLine(test === undefined ? check : `${check}: ${test}`, 120)),
			...vanished.map(({ check, test = "" }) => oneLine(`${check}: ${test} vanished`, 120)),
		];
		const left = named.length - MOST_TOLD + more;
		return `breaks ${named.slice(0, MOST_TOLD).join(", ")}${left > 0 ? ` and ${left} more` : ""}; log ${relative(cwd, logDir)}`;
	},
	"not-run": ({ checks, logDir }, cwd) => {
		const named = checks.map(({ name, reason, detail }) =>
			oneLine(`${name}: ${[reason.replaceAll("-", " "), detail].filter(Boolean).join(", ")}`, 120),
		);
		return `checks have no answer after it: ${listed(named, MOST_TOLD)}; log ${relative(cwd, logDir)}`;
	},
	blocker: ({ issue }) => `builds on ${issue}, which is not there`,
	"not-accepted": ({ reasons }) => reasons.map((each) => REFUSAL[each]).join("; "),
	"gone-on": ({ accepted }) => `accepted at ${accepted.slice(0, 10)}, and its branch has gone on since`,
	"branch-gone": ({ accepted }) => `its branch is gone; accepted was ${accepted.slice(0, 10)}`,
	excluded: () => "not asked for",
};
