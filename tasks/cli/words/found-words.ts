import { fixedFolder, globsOf } from "../../backlog/layout-patterns.ts";
import type { Issue } from "../../contract/issue.ts";
import { meaningOf } from "../../contract/state.ts";
import type { FoundBacklog, FoundBacklogs } from "../../find-backlogs.ts";
import { listed, oneLine, plural, shellWord } from "./format.ts";

/** How a backlog is written, where it is not the form of a tool that has a name. */
const FORMS: Readonly<Record<string, string>> = {
	"docs/projects": "as an orchfile has them without a word about it",
	scratch: "in the form of .scratch/FEATURE/issues",
	"front-matter": "with front matter",
	lines: "with a line for the state",
};

function formOf(family: string): string {
	return FORMS[family] ?? `in the form of ${family}`;
}

/** Milestones that are told one by one. */
const MOST = 4;

/** What was found, so that who knows the documents can see at a glance whether it is right: the places, and what is open in which milestone. */
export function foundText(found: FoundBacklog): string {
	const { proposal, issues, broken, twice, others, alike, stateless } = found;
	const { open, closed, held, unknown } = byMeaning(found);
	const rest = others.filter((file) => !alike.includes(file));
	const lines = [
		`${open.length} open${whereOpen(open)}`,
		...(stateless.length > 0
			? [`${stateless.length} of these without a state, which counts as open: ${listed(stateless, 3)}`]
			: []),
		...(closed.length > 0 ? [`${closed.length} closed${byFile(found)}`] : []),
		...(held.length > 0 ? [`${held.length} held: ${wordsOf(held)}`] : []),
		...(unknown.length > 0
			? [`${unknown.length} in a state of no list, not run until the orchfile says what it means: ${wordsOf(unknown)}`]
			: []),
		...(broken.length > 0 ? [`${plural(broken.length, "document")} can't be used: ${listed(broken, 3)}`] : []),
		...(twice.length > 0 ? [`${plural(twice.length, "document")} with the id of another: ${listed(twice, 3)}`] : []),
		...(alike.length > 0
			? [
					`${plural(alike.length, "document")} not taken, which ${alike.length === 1 ? "has" : "have"} what issues have: ${listed(alike, 3)}`,
				]
			: []),
		...(rest.length > 0
			? [
					`${rest.length === 1 ? "1 document is no issue" : `${rest.length} documents are no issues`}: ${listed(rest, 3)}`,
				]
			: []),
	];
	const what = proposal.items ? `${plural(issues.length, "issue")} in ${placesOf(found)}` : placesOf(found);
	return [`Found ${what}, ${formOf(proposal.family)}:`, ...lines.map((each) => `  ${each}`)].join("\n");
}

/** What was found beside, and is not taken. */
export function notTakenText({ backlogs, doubts }: FoundBacklogs, taken: FoundBacklog): string[] {
	const others = backlogs.filter((each) => each !== taken);
	return [
		...others.map(
			(each) =>
				`Also found, and not taken: ${placesOf(each)}, ${formOf(each.proposal.family)} (${byMeaning(each).open.length} open; --family ${shellWord(each.proposal.family)} takes it)`,
		),
		...doubts.map(
			({ family, folder, documents, fitting }) =>
				`Not taken: of ${plural(documents, "document")} in ${folder}, ${fitting} are ${formOf(family)}`,
		),
	];
}

/** What would have been found. */
export function ignoredText(ignored: readonly { readonly folder: string; readonly documents: number }[]): string[] {
	return ignored.map(
		({ folder, documents }) =>
			`Not taken, since git ignores it, and an agent sees only what is committed: ${plural(documents, "document")} in ${folder}`,
	);
}

/** The issues by what their states mean. */
export function byMeaning({ issues, layout }: Pick<FoundBacklog, "issues" | "layout">) {
	const of = (meaning: string) => issues.filter((issue) => meaningOf(issue, layout.states) === meaning);
	return { open: of("open"), closed: of("closed"), held: of("held"), unknown: of("unknown") };
}

/** How many issues are in each state, as the documents write it. */
export function countStates(issues: readonly Issue[]): Readonly<Record<string, number>> {
	const counts = new Map<string, number>();
	for (const { state } of issues) counts.set(state, (counts.get(state) ?? 0) + 1);
	return Object.fromEntries(counts);
}

/** `118 documents in backlog/tasks, 40 in backlog/completed`. */
function placesOf({ proposal, layout, issues, broken, twice }: FoundBacklog): string {
	const { items, layout: settings } = proposal;
	const globs = items ? [items.files] : [...globsOf(layout.issues), ...globsOf(settings.finished)];
	const all = [...new Set(globs.filter((each) => !each.startsWith("!")).map(fixedFolder))];
	const folders = all.filter((each, at) => !all.slice(0, at).some((other) => each.startsWith(`${other}/`)));
	const files = [...new Set([...issues.map(({ docPath }) => docPath), ...broken, ...twice])];
	const counts = folders
		.map((folder) => ({ folder, number: files.filter((file) => file.startsWith(`${folder}/`)).length }))
		.filter(({ number }) => number > 0);
	return counts
		.map(({ folder, number }, at) => `${at === 0 ? plural(number, "document") : number} in ${folder}`)
		.join(", ");
}

/** By milestone, or by project where there are several and no milestones: what a run can be asked for by. */
function whereOpen(open: readonly Issue[]): string {
	const projects = new Set(open.map(({ project }) => project));
	const hasMilestones = open.some(({ milestone }) => milestone !== null);
	const names = open.map(({ milestone, project }) => (hasMilestones ? milestone : projects.size > 1 ? project : null));
	const counts = new Map<string | null, number>();
	for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
	const named = [...counts].filter(([name]) => name !== null).sort((a, b) => b[1] - a[1]);
	const rest = named.slice(MOST);
	const told = named
		.slice(0, MOST)
		.map(([name, number]) => `${number} in ${hasMilestones ? "" : "project "}"${oneLine(String(name), 60)}"`);
	const without = counts.get(null) ?? 0;
	if (named.length === 0) return open.length === 0 ? "" : ", in no milestone";
	const more = [
		...(rest.length > 0 ? [`${rest.reduce((sum, [, number]) => sum + number, 0)} in ${rest.length} others`] : []),
		...(without > 0 ? [`${without} without a milestone`] : []),
	];
	return `: ${[...told, ...more].join(", ")}`;
}

function byFile({ proposal: { done } }: FoundBacklog): string {
	return done.length > 0 ? `, ${done.length} of these by a file beside the document` : "";
}

function wordsOf(issues: readonly Issue[]): string {
	return Object.entries(countStates(issues))
		.sort((a, b) => b[1] - a[1])
		.slice(0, 8)
		.map(([state, number]) => `"${oneLine(state, 40)}" (${number})`)
		.join(", ");
}
