import { DEFAULT_LAYOUT, type Layout, type LayoutSettings, REHEARSAL_BRANCHES } from "../contract/layout.ts";
import { isName, NAME_RULE, plainWord } from "../contract/names.ts";
import type { Priorities } from "../contract/priority.ts";
import { Failure, type Problem } from "../contract/problem.ts";
import { MEANINGS, type Meaning, type States, statesOf } from "../contract/state.ts";
import { fixedFolder, globsOf } from "./layout-patterns.ts";
import { oneOf, type Refuse, readFields } from "./read-fields.ts";

const KEYS = [
	"issues",
	"finished",
	"milestones",
	"project",
	"fields",
	"foreign",
	"states",
	"priorities",
	"branch",
	"worktree",
] as const;

/**
 * The layout that an orchfile asks for. What only the repository can tell is looked at later.
 * @throws Failure `layout-invalid`, one for each setting that can't be used.
 */
export function readLayout(settings: LayoutSettings = {}): Layout {
	const problems: Problem[] = [];
	const refuse = (key: string, value: unknown, expected: string) =>
		problems.push({ kind: "layout-invalid", key, value: JSON.stringify(value) ?? "nothing", expected });
	const given = Object.entries(settings).filter(([, value]) => value !== undefined);
	for (const [key, value] of given) {
		if (!(KEYS as readonly string[]).includes(key)) refuse(key, value, oneOf(key, KEYS));
		else if (!IS_OF_KIND[kindOf(key)](value)) refuse(key, value, kindOf(key));
	}
	if (problems.length > 0) throw new Failure(problems);
	const layout: Layout = {
		...DEFAULT_LAYOUT,
		...(Object.fromEntries(given) as LayoutSettings),
		...readFields(settings.fields ?? {}, settings.project, refuse),
		states: { ...DEFAULT_LAYOUT.states, ...readStates(settings.states ?? {}, refuse) },
		priorities: { ...DEFAULT_LAYOUT.priorities, ...readPriorities(settings.priorities ?? {}, refuse) },
	};
	checkDocuments(layout, refuse);
	for (const name of layout.foreign)
		if (Object.values(layout.fields).includes(name)) refuse("foreign", name, "keys that are no fields");
	checkAddresses(layout, refuse);
	if (problems.length > 0) throw new Failure(problems);
	return layout;
}

/** What each kind of setting may be, by the words for it. */
const IS_OF_KIND = {
	"names by names": isRecord,
	"a list of names": isWords,
	"a glob, or a list of globs": (value: unknown) => typeof value === "string" || isWords(value),
	"lists of words, by what these states mean": isRecord,
	"numbers by words": isRecord,
	"a string, or null": (value: unknown) => typeof value === "string" || value === null,
	"a string": (value: unknown) => typeof value === "string",
} as const;

function kindOf(key: string): keyof typeof IS_OF_KIND {
	if (key === "fields") return "names by names";
	if (key === "issues" || key === "finished") return "a glob, or a list of globs";
	if (key === "states") return "lists of words, by what these states mean";
	if (key === "priorities") return "numbers by words";
	if (key === "milestones") return "a string, or null";
	return key === "foreign" ? "a list of names" : "a string";
}

/** What each word means; one that is given two meanings is refused. */
function readStates(given: NonNullable<LayoutSettings["states"]>, refuse: Refuse): States {
	const states = new Map<string, Meaning>();
	for (const [meaning, words] of Object.entries(given)) {
		const key = `states.${meaning}`;
		if (!(MEANINGS as readonly string[]).includes(meaning)) refuse(key, words, oneOf(meaning, MEANINGS));
		else if (!isWords(words)) refuse(key, words, "a list of words for a state");
		else
			for (const [word, is] of Object.entries(statesOf(meaning as Meaning, words))) {
				const other = states.get(word);
				if (other)
					refuse(
						key,
						words.find((each) => plainWord(each) === word),
						`another word than one for ${other}`,
					);
				states.set(word, is);
			}
	}
	return Object.fromEntries(states);
}

function readPriorities(given: NonNullable<LayoutSettings["priorities"]>, refuse: Refuse): Priorities {
	for (const [word, rank] of Object.entries(given))
		if (typeof rank !== "number" || !(rank >= 0 && rank < Number.MAX_SAFE_INTEGER))
			refuse(`priorities.${word}`, rank, "a number from 0: 1 is first, 0 is none");
	return Object.fromEntries(Object.entries(given).map(([word, rank]) => [plainWord(word), rank]));
}

function checkDocuments({ issues, finished, milestones, project }: Layout, refuse: Refuse): void {
	const globs = [
		...globsOf(issues).map((glob) => ["issues", glob] as const),
		...globsOf(finished).map((glob) => ["finished", glob] as const),
	];
	const paths = [...globs, ...(milestones === null ? [] : [["milestones", milestones] as const])];
	for (const [key, glob] of paths) {
		const pattern = key === "milestones" ? glob : glob.replace(/^!/, "");
		// Otherwise every package and every build folder would be looked through at every start.
		if (!isPath(pattern) || fixedFolder(pattern) === "")
			refuse(key, pattern, "a path relative to the repository's top that starts with the name of a folder");
		if (!pattern.endsWith(".md")) refuse(key, pattern, "names that end in .md");
	}
	for (const [key, glob] of globs)
		if (/[[\]{}!]|\*\*(?!\/)|[^/]\*\*/.test(glob.replace(/^!/, "")))
			refuse(key, glob, "a glob of *, ? and whole folders **, and of nothing else; several may stand in a list");
	for (const [key, list] of Object.entries({ issues, finished }))
		if (list !== undefined && globsOf(list)[0]?.startsWith("!") !== false)
			refuse(key, list, "a glob first, and then what `!` takes back of it");
	if (milestones !== null) checkMilestones(milestones, refuse);
	if (project !== undefined && !isName(project)) refuse("project", project, NAME_RULE);
}

function checkMilestones(milestones: string, refuse: Refuse): void {
	if (!hasOne(milestones, "milestone")) refuse("milestones", milestones, "{milestone}, once");
	const others = withoutPlaceholders(milestones, ["project", "milestone"]);
	if (/[*?[\]{}]/.test(others)) refuse("milestones", milestones, "{project} and {milestone} as the only placeholders");
}

function checkAddresses({ branch, worktree }: Layout, refuse: Refuse): void {
	if (!hasOne(branch, "id")) refuse("branch", branch, "{id}, once");
	else if (/[{}]/.test(withoutPlaceholders(branch, ["id"]))) refuse("branch", branch, "{id} as the only placeholder");
	else if (branch.startsWith(REHEARSAL_BRANCHES))
		refuse("branch", branch, `another folder than ${REHEARSAL_BRANCHES}, which is for rehearsals`);
	const folder = worktree.split("/").slice(0, -1).join("/");
	// What stands around the worktree would be left behind, one folder an issue.
	if (!hasOne(worktree, "id") || folder.includes("{id}"))
		refuse("worktree", worktree, "{id}, once, after the last slash");
	else if (/[{}]/.test(withoutPlaceholders(worktree, ["id", "repository"])))
		refuse("worktree", worktree, "{id} and {repository} as the only placeholders");
}

function isPath(text: string): boolean {
	return text.split("/").every((part) => part !== "" && part !== "." && part !== ".." && part !== ".git");
}

function hasOne(pattern: string, placeholder: string): boolean {
	return pattern.split(`{${placeholder}}`).length === 2;
}

function withoutPlaceholders(pattern: string, names: readonly string[]): string {
	return names.reduce((text, name) => text.replaceAll(`{${name}}`, ""), pattern);
}

function isWords(value: unknown): value is readonly string[] {
	return Array.isArray(value) && value.every((each) => typeof each === "string" && each.trim() !== "");
}

function isRecord(value: unknown): boolean {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
