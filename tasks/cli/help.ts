import type { Graph } from "../engine/graph.ts";
import { select } from "../engine/select.ts";
import type { Task } from "../engine/task.ts";
import { lookOf, unknownTask } from "./find.ts";
import type { Group } from "./options/option-row.ts";
import type { Orchfile } from "./orchfile.ts";
import { withRole } from "./roles.ts";
import type { BacklogNames } from "./shell/backlog-names.ts";
import { namesFor } from "./shell/complete-words.ts";
import { listed, shellWord } from "./words/format.ts";
import type { Say } from "./words/say.ts";
import { plainTable, type Width } from "./words/table-layout.ts";
import { wrap } from "./words/wrap.ts";

/** What a task or goal is for, beyond its summary, and how it is called. `M` and `ID` stand for names of the backlog. */
interface Use {
	readonly about?: string;
	readonly examples: readonly (readonly [words: string, what: string])[];
}

/** The words that show something. */
const USES: Readonly<Record<string, Use>> = {
	discover: {
		examples: [
			["discover", "every issue of the repository"],
			["discover M --json", "those of a milestone, as JSON"],
		],
	},
	plan: {
		about: "Creates, starts and changes nothing.",
		examples: [
			["plan M", "the issues of a milestone, in order, and where each stands"],
			["plan ID", "one issue"],
		],
	},
	status: {
		examples: [
			["status", "every issue of the repository"],
			["status M", "those of a milestone"],
		],
	},
	why: {
		examples: [
			["why ID", "one issue: what it waits for, its log, and what to type next"],
			["why M", "every issue of a milestone"],
		],
	},
	graph: {
		examples: [
			["graph", "the tasks, and what waits for what"],
			["graph M --format mermaid", "the issues of a milestone, for a Markdown file"],
		],
	},
	check: {
		about: "A line a finding, as editors and CI read it. Exits with 2 when there is an error.",
		examples: [
			["check", "every document of the repository"],
			["check M", "those of a milestone"],
		],
	},
	answer: {
		about:
			"Asks in your editor, as git finds it, and writes into the issue's document. The next attempt goes on from there. Nothing else is touched.",
		examples: [
			["answer ID --commit", "asks each open question, and commits the document"],
			["answer ID -m Yes", "answers the first question, without an editor"],
		],
	},
	done: {
		about:
			"Shows the line that would say so in each document, in the word that most documents here have for it. Nothing is written unless you say so.",
		examples: [
			["done", "shows what would be written"],
			["done M --write --commit", "writes it for a milestone, and commits the documents"],
		],
	},
	clean: {
		about:
			"Lists what stands and, on a terminal, asks whether to remove what is safe. What a live run works on stays, and so do the logs.",
		examples: [
			["clean", "lists; on a terminal, asks"],
			["clean ID --yes", "removes what is safe to remove of one issue, without asking"],
		],
	},
};

/** The help about one task. @throws Failure when there is no such task. */
export async function helpText(
	graph: Orchfile,
	text: string,
	task: string,
	args: readonly string[],
	say: Say,
	width?: Width,
): Promise<string> {
	const found = taskHelp(graph, task, text, say, await namesFor(graph, args), width);
	if (found === undefined) throw unknownTask(graph, task);
	return found;
}

/**
 * What a task, goal or look is for, what it runs and waits for, the options that mean something for it, and two examples
 * with names of this backlog. `undefined` when there is none of that name.
 * @param text the help about everything, whose groups of options are taken over.
 */
export function taskHelp(
	graph: Graph,
	name: string,
	text: string,
	say: Say,
	names: BacklogNames,
	width?: Width,
): string | undefined {
	const look = lookOf(graph, name);
	const goal = graph.goals[name];
	const node = look?.node ?? graph.tasks.find((each) => each.name === name);
	const goals = goal?.tasks ?? (node ? [node] : undefined);
	if (!goals) return undefined;
	const summary = look?.summary ?? goal?.summary ?? node?.summary;
	const selection = select(graph.tasks, goals).tasks;
	const isPerIssue = !look && goals.some((each) => each.scope !== "run");
	const target = isPerIssue || look?.needsTarget ? "<target>" : "[target]";
	const isIntegrating = withRole(goals, "integrate").length > 0;
	const options = text.split("\n\n").filter((block) => {
		const [heading] = block.split(":");
		// commander lays the groups out, all by one width.
		const group = heading as Group | undefined;
		switch (group) {
			case "Which issues":
			case "Output":
				return true;
			case "Running":
				return isPerIssue;
			case "Agents":
			case "Limits":
				return isPerIssue && withRole(selection, "turn").length > 0;
			case "Graph":
			case "Clean":
				return name === group.toLowerCase();
			case "Documents":
				return name === "answer" || name === "done";
			case "Integrate":
				return isIntegrating;
			default:
				return false;
		}
	});
	const isWork = goal !== undefined && withRole(selection, "turn").length > 0;
	const { about, examples } =
		(look && USES[name]) ?? (isWork ? workUse(name) : isIntegrating ? integrateUse(name) : generalUse(name));
	return [
		wrap(`${name}: ${summary}`, width),
		...(about ? [wrap(about, width)] : []),
		`Usage: ${say(`${name} ${target} [options]`)}`,
		...(look ? [] : [edges(graph, name, node, selection, width)]),
		...options,
		`Examples:\n${exampleTable(examples, names, say, width)}`,
		`Every option: ${say("--help")}`,
	].join("\n\n");
}

/** What runs, in order, and what a task waits for: the same that the orchfile declares. */
function edges(graph: Graph, name: string, node: Task | undefined, selection: readonly Task[], width: Width): string {
	const order = (...scopes: readonly Task["scope"][]) =>
		selection
			.filter((each) => scopes.includes(each.scope))
			.map((each) => each.name)
			.join(" → ");
	const named = (deps: Task["needs"]) => Object.values(deps).map((each) => each.name);
	const goals = Object.entries(graph.goals).filter(([, goal]) => node && goal.tasks.includes(node));
	const rows: [string, string][] = [
		["Once a run:", order("run")],
		["Once an issue:", order("issue")],
		["At the end:", order("closing")],
		["Needs:", node ? listed(named(node.needs), 20) : ""],
		["Waits for:", node && named(node.after).length > 0 ? `${listed(named(node.after), 20)}, when in the run` : ""],
		[
			"Asked for by:",
			goals
				.map(([goal]) => goal)
				.filter((goal) => goal !== name)
				.join(", "),
		],
	];
	return plainTable(
		rows.filter(([, value]) => value !== ""),
		width,
	);
}

/** A goal that has agents at work. */
function workUse(name: string): Use {
	return {
		about:
			"An issue whose attempt passed for this very document and prompt is up to date, so the same command goes on where it ended.",
		examples: [
			[`${name} M -j 2`, "every issue of the milestone, two at once"],
			[`${name} ID -n`, "what would run for one issue; touches nothing"],
		],
	};
}

/** What puts accepted work together. */
function integrateUse(name: string): Use {
	return {
		about:
			"Your branch, index and files stay as they are. The same command goes on where it was: a merge stands as long as its issue, and all that comes before it, are the same.",
		examples: [
			[`${name} M -n`, "what would be put together, with the conflicts; runs no check"],
			[`${name} M`, "do it: the last line is the git merge to type"],
		],
	};
}

function generalUse(name: string): Use {
	return {
		examples: [
			[`${name} M`, "for a milestone"],
			[`${name} ID`, "for one issue"],
		],
	};
}

function exampleTable(examples: Use["examples"], names: BacklogNames, say: Say, width: Width): string {
	const known = knownNames(names);
	const filled = (words: string) => words.replace(/ (M|ID)\b/g, (_, name: "M" | "ID") => ` ${known[name]}`);
	return plainTable(
		examples.map(([words, what]) => [`  ${say(filled(words))}`, what]),
		width,
	);
}

/** A milestone and an issue that the examples can name: of what is still to do, where there is some. */
function knownNames({ issues, open: isOpen }: BacklogNames): { readonly M: string; readonly ID: string } {
	const open = issues.filter(({ id }) => isOpen.has(id));
	const of = (some: BacklogNames["issues"]) => some.find((each) => each.milestone !== null) ?? some[0];
	const issue = of(open) ?? of(issues);
	if (!issue) return { M: "M1", ID: "LOCAL-1" };
	const ID = shellWord(issue.id);
	if (issue.milestone === null) return { M: ID, ID };
	const isShared = issues.some((each) => each.milestone === issue.milestone && each.project !== issue.project);
	return { M: `${shellWord(issue.milestone)}${isShared ? ` --project ${shellWord(issue.project)}` : ""}`, ID };
}
