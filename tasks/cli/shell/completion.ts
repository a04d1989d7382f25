import { RootCommand, ShellCompDirective } from "@bomb.sh/tab";
import type { Option } from "commander";
import type { Graph } from "../../engine/graph.ts";
import { looksOf } from "../find.ts";
import { oneLine, plural } from "../words/format.ts";
import type { BacklogNames } from "./backlog-names.ts";

/** The shells that can be taught to complete. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** Options whose values are files, or folders, as the shells are told by number. */
const FILES: Readonly<Record<string, number>> = {
	"--directory": ShellCompDirective.ShellCompDirectiveFilterDirs,
	"--codex": ShellCompDirective.ShellCompDirectiveDefault,
};

/** What completes a value: a word, and what it means. */
type Candidates = readonly (readonly [value: string, description: string])[];

/** What candidates can be taken from. */
export interface Known {
	readonly graph: Graph;
	readonly options: readonly Option[];
	readonly names: BacklogNames;
	readonly branches: readonly string[];
	readonly variables: readonly string[];
}

/** The option that the last word is the value of: `--base` in `--base ma` and in `--base=ma`. */
export function optionGiven(words: readonly string[], options: readonly Option[]): Option | undefined {
	const last = words.at(-1) ?? "";
	const flag = /^(--[^=]+)=/.exec(last)?.[1] ?? words.at(-2);
	return options.find((option) => option.required && (option.long === flag || option.short === flag));
}

/** Prints what the last word can be, a line a candidate, and how the shell has to take them. */
export function complete(typed: readonly string[], { graph, options, names, branches, variables }: Known): void {
	const given = optionGiven(typed, options);
	// The library knows no files; the shells do.
	const files = FILES[given?.long ?? ""];
	if (files !== undefined) {
		console.log(`:${files}`);
		return;
	}
	const values: Readonly<Record<string, Candidates>> = {
		"--issue": issues(
			names,
			names.milestones.find((each) => typed.includes(each)),
		),
		"--project": names.projects.map((each) => [each, "project"]),
		"--base": branches.map((each) => [each, "branch"]),
		"--env": variables.map((each) => [each, "variable"]),
	};
	const tasks = tasksOf(graph);
	const targets: Readonly<Record<string, Candidates>> = {
		completion: SHELLS.map((each) => [each, ""]),
		help: tasks,
	};
	const root = new RootCommand();
	const words = [...tasks, ["help", "what a task is for"], ["completion", "teach a shell to complete"]] as const;
	for (const command of [root, ...words.map(([name, summary]) => root.command(name, oneLine(summary)))]) {
		for (const option of options) {
			const [long = "", short] = [option.long?.slice(2), option.short?.slice(1)];
			const choices = option.argChoices?.map((each) => [each, ""] as const) ?? values[option.long ?? ""] ?? [];
			if (option.required) command.option(long, option.description, offer(choices), short);
			else command.option(long, option.description, short);
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
	const goals = Object.entries(graph.goals).map(([name, { summary }]) => [name, summary] as const);
	const own = graph.tasks.map(({ name, summary }) => [name, summary] as const);
	return [...new Map([...own, ...goals, ...looks])];
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
