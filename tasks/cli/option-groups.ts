import type { Help, Option } from "commander";

/** The groups of the help, in its order, each with the long names of its options; what is in none is in the last. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
	"Which issues": ["issue", "project", "base", "directory"],
	Running: ["jobs", "keep-going", "fail-fast", "dry-run", "always-make", "question", "rehearse"],
	Agents: ["model", "codex", "network", "env", "git-access"],
	Limits: ["timeout", "stall", "max-tokens", "max-run-tokens", "min-free"],
	Output: ["json", "quiet", "verbose", "report-junit"],
	Graph: ["format"],
	Clean: ["yes", "discard"],
	Other: [],
};

/** The group that an option is listed in, by its long name. */
export function groupOf(name: string): string {
	return Object.keys(GROUPS).find((group) => GROUPS[group]?.includes(name)) ?? "Other";
}

/** The options in the order of their groups, and each with the heading of its own. */
export function inGroups(options: readonly Option[]): readonly Option[] {
	const order = Object.keys(GROUPS);
	return options
		.map((option) => option.helpGroup(`${groupOf(option.name())}:`))
		.sort((a, b) => order.indexOf(groupOf(a.name())) - order.indexOf(groupOf(b.name())));
}

/** How the help shows an option: a line says once what every variable is called, and the descriptions tell the choices. */
export const HELP: Partial<Help> = {
	visibleArguments: () => [],
	optionDescription: ({ description, defaultValue, defaultValueDescription }) => {
		const isShown = defaultValue !== undefined && !/\(?default\b/.test(description);
		return isShown ? `${description} (default: ${defaultValueDescription ?? String(defaultValue)})` : description;
	},
};

/** What the words ask for when they ask for help: about everything, or about the task that they name. */
export function helpAsked(args: readonly string[], options: readonly Option[]): { readonly task?: string } | undefined {
	const { words, flags } = split(args, options);
	const [first, second] = words;
	if (first === "help") return second === undefined ? {} : { task: second };
	if (!flags.some((flag) => flag === "-h" || flag === "--help")) return undefined;
	return first === undefined ? {} : { task: first };
}

/** Parts words that are typed from options, whose values belong to neither; what is wrong with them does not matter. */
function split(args: readonly string[], options: readonly Option[]) {
	const words: string[] = [];
	const flags: string[] = [];
	for (let at = 0; at < args.length; at++) {
		const arg = args[at] ?? "";
		if (arg === "--") return { words: [...words, ...args.slice(at + 1)], flags };
		if (!arg.startsWith("-")) words.push(arg);
		else {
			flags.push(arg);
			if (options.some((option) => option.required && (option.short === arg || option.long === arg))) at++;
		}
	}
	return { words, flags };
}
