import { RootCommand, ShellCompDirective } from "@bomb.sh/tab";
import type { Graph } from "../../engine/graph.ts";
import { looksOf } from "../find.ts";
import { type Completes, nameOf, type OptionRow, shortOf, takesValue } from "../options/option-row.ts";
import { OPTION_ROWS } from "../options/option-rows.ts";
import { oneLine, plural } from "../words/format.ts";
import type { BacklogNames } from "./backlog-names.ts";

/** The shells that can be taught to complete. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** What the shells complete themselves, as they are told by number. */
const BY_SHELL: Readonly<Partial<Record<Completes, number>>> = {
	folders: ShellCompDirective.ShellCompDirectiveFilterDirs,
	files: ShellCompDirective.ShellCompDirectiveDefault,
};

/** What completes a value: a word, and what it means. */
type Candidates = readonly (readonly [value: string, description: string])[];

/** What the candidates for a word can be taken from. */
export interface Known {
	readonly graph: Graph;
	readonly names: BacklogNames;
	readonly branches: readonly string[];
	readonly variables: readonly string[];
}

/** The option that the last word is the value of: `--base` in `--base ma` and in `--base=ma`. */
export function optionGiven(words: readonly string[]): OptionRow | undefined {
	const last = words.at(-1) ?? "";
	const flag = /^(--[^=]+)=/.exec(last)?.[1] ?? words.at(-2);
	return OPTION_ROWS.find((row) => takesValue(row) && (`--${nameOf(row)}` === flag || shortOf(row) === flag));
}

/** Prints what the last word can be, a line a candidate, and how the shell has to take them. */
export function complete(typed: readonly string[], { graph, names, branches, variables }: Known): void {
	const completes = optionGiven(typed)?.completes;
	// The library knows no files; the shells do.
	const byShell = completes && BY_SHELL[completes];
	if (byShell !== undefined) {
		console.log(`:${byShell}`);
		return;
	}
	const values: Readonly<Record<Exclude<Completes, "files" | "folders">, () => Candidates>> = {
		issues: () =>
			issues(
				names,
				names.milestones.find((each) => typed.includes(each)),
			),
		projects: () => names.projects.map((each) => [each, "project"]),
		branches: () => branches.map((each) => [each, "branch"]),
		variables: () => variables.map((each) => [each, "variable"]),
		goals: () => goalsOf(graph),
	};
	const candidatesFor = ({ choices, completes: kind }: OptionRow): Candidates => {
		if (choices) return choices.map((each) => [each, ""]);
		return kind === undefined || kind === "files" || kind === "folders" ? [] : values[kind]();
	};
	const tasks = tasksOf(graph);
	const targets: Readonly<Record<string, Candidates>> = {
		completion: SHELLS.map((each) => [each, ""]),
		help: tasks,
	};
	const root = new RootCommand();
	const words = [...tasks, ["help", "what a task is for"], ["completion", "teach a shell to complete"]] as const;
	for (const command of [root, ...words.map(([name, summary]) => root.command(name, oneLine(summary)))]) {
		for (const row of OPTION_ROWS) {
			const short = shortOf(row)?.slice(1);
			if (takesValue(row)) command.option(nameOf(row), row.about, offer(candidatesFor(row)), short);
			else command.option(nameOf(row), row.about, short);
		}
		if (command !== root)
			command.argument("target", offer(targets[command.value] ?? [...milestones(names), ...issues(names)]));
	}
	// Of options that are written in one word the library would take the next word for the value.
	const before = typed.slice(0, -1).filter((word) => !/^--[^=]+=|^-[^-]./.test(word));
	root.parse([...before, typed.at(-1) ?? ""]);
}

function offer(candidates: Candidates) {
	return (add: (value: string, description: string) => void): void => {
		for (const [value, description] of candidates) add(value, oneLine(description, 60));
	};
}

function tasksOf(graph: Graph): Candidates {
	const looks = Object.entries(looksOf(graph)).map(([name, { summary }]) => [name, summary] as const);
	const own = graph.tasks.map(({ name, summary }) => [name, summary] as const);
	return [...new Map([...own, ...goalsOf(graph), ...looks])];
}

function goalsOf(graph: Graph): Candidates {
	return Object.entries(graph.goals).map(([name, { summary }]) => [name, summary]);
}

function milestones(names: BacklogNames): Candidates {
	return names.milestones.map((milestone) => {
		const number = names.issues.filter((issue) => issue.milestone === milestone).length;
		return [milestone, `milestone, ${plural(number, "issue")}`];
	});
}

function issues(names: BacklogNames, milestone?: string): Candidates {
	const wanted = names.issues.filter((each) => milestone === undefined || each.milestone === milestone);
	return wanted.map(({ id, title }) => [id, title]);
}
