import { orderIssues } from "../backlog/order.ts";
import { isError } from "../contract/finding.ts";
import type { RunOptions } from "../contract/options.ts";
import { Failure } from "../contract/problem.ts";
import type { Checked } from "../contract/value.ts";
import { checkFound, type FoundBacklog, type FoundBacklogs } from "../find-backlogs.ts";
import { discoverText, layoutLines } from "./orchfile-text.ts";
import { findingLine } from "./words/finding-words.ts";
import { plural } from "./words/format.ts";
import { byMeaning, countStates } from "./words/found-words.ts";
import { paragraphOf } from "./words/problem-words.ts";
import { problemsAsJson } from "./words/report-json.ts";
import type { Say } from "./words/say.ts";

/** Findings that are told one by one; `check` has the rest. */
const MOST = 10;

/** What `check` says of a backlog, or what kept it from being asked. */
export async function lookAt(backlog: FoundBacklog, options: RunOptions): Promise<Checked | Failure> {
	try {
		return await checkFound(backlog, options);
	} catch (error) {
		if (error instanceof Failure) return error;
		throw error;
	}
}

/** The first issue of a backlog that could be run at once. */
export function firstOf({ issues, layout }: FoundBacklog): string | undefined {
	const { open, closed } = byMeaning({ issues, layout });
	const { ordered } = orderIssues(open, issues, layout);
	const isClosed = new Set(closed.map(({ id }) => id));
	return ordered.find(({ blockers }) => blockers.every((id) => isClosed.has(id)))?.issue.id;
}

/** The states of issues that nobody has said a meaning of. */
export function unknownStates(backlog: FoundBacklog): string[] {
	return Object.keys(countStates(byMeaning(backlog).unknown));
}

/** What `check` said, the errors first and only so many of them. */
export function checkedText(checked: Checked | Failure, say: Say): string {
	if (checked instanceof Failure)
		return ["The backlog can't be checked yet:", ...checked.problems.map((each) => paragraphOf(each, say))].join("\n");
	const { findings, issues } = checked;
	const errors = findings.filter(isError);
	const first = [...errors, ...findings.filter((each) => !isError(each))].slice(0, MOST);
	const more = findings.length - first.length;
	return [
		...first.map((each) => findingLine(each, say)),
		...(more > 0 ? [`and ${more} more: ${say("check")}`] : []),
		`${plural(issues, "issue")} checked: ${plural(errors.length, "error")}, ${plural(findings.length - errors.length, "warning")}.`,
	].join("\n");
}

/** What an orchfile would say that is not written, since one stands or nothing is to be written; nothing where it needs no word. */
export function missingText(backlog: FoundBacklog, dryRun: boolean, path: string): string[] {
	const { proposal } = backlog;
	const lines = layoutLines(proposal, unknownStates(backlog)).map((each) => each.replace(/^\t/, "  "));
	const reader = proposal.items ? [`  ${discoverText(proposal)} in place of verb.discover`] : [];
	if (lines.length + reader.length === 0) return [];
	const head = dryRun ? `In ${path}, beside what it has without a backlog:` : `For this backlog ${path} needs:`;
	return [[head, ...reader, ...lines].join("\n")];
}

/** What was found, for a program. */
export function foundAsJson(
	{ backlogs, doubts }: FoundBacklogs,
	taken: FoundBacklog | undefined,
	checked: Checked | Failure | undefined,
	say: Say,
): object {
	const found = backlogs.map((each) => {
		const { open, closed, held, unknown } = byMeaning(each);
		const { family, folder, layout, items } = each.proposal;
		return {
			...{ family, folder, taken: each === taken, layout, discoverItems: items ?? null },
			...{ documents: each.documents, open: open.length, closed: closed.length, held: held.length },
			...{ unknown: countStates(unknown), stateless: each.stateless, unusable: each.broken, twice: each.twice },
			...{ others: each.others, alike: each.alike },
		};
	});
	if (checked === undefined) return { found, doubts, check: null };
	if (checked instanceof Failure) return { found, doubts, check: { problems: problemsAsJson(checked, say) } };
	const { kind: _, ...check } = checked;
	return { found, doubts, check };
}
