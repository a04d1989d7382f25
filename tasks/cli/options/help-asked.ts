import type { Help } from "commander";
import { given } from "../../contract/given.ts";
import { nameOf, shortOf, takesValue } from "./option-row.ts";
import { OPTION_ROWS } from "./option-rows.ts";

/** How the help shows an option: a line says once what every variable is called, and the descriptions tell the choices. */
export const HELP: Partial<Help> = {
	visibleArguments: () => [],
	optionDescription: ({ flags, description, defaultValue, defaultValueDescription }) => {
		const isTold = OPTION_ROWS.some((row) => row.flags === flags && row.tellsDefault);
		const isShown = defaultValue !== undefined && !isTold;
		return isShown ? `${description} (default: ${defaultValueDescription ?? String(defaultValue)})` : description;
	},
};

/** What the words ask for when they ask for help: about everything, or about the task that they name. */
export function helpAsked(args: readonly string[]): { readonly task?: string } | undefined {
	const { words, flags } = split(args);
	const [first, second] = words;
	if (first === "help") return given({ task: second });
	if (!flags.some((flag) => flag === "-h" || flag === "--help")) return undefined;
	return given({ task: first });
}

/** Parts words that are typed from options, whose values belong to neither; what is wrong with them does not matter. */
function split(args: readonly string[]) {
	const words: string[] = [];
	const flags: string[] = [];
	for (let at = 0; at < args.length; at++) {
		const arg = args[at] ?? "";
		if (arg === "--") return { words: [...words, ...args.slice(at + 1)], flags };
		if (!arg.startsWith("-")) words.push(arg);
		else {
			flags.push(arg);
			if (OPTION_ROWS.some((row) => takesValue(row) && (shortOf(row) === arg || `--${nameOf(row)}` === arg))) at++;
		}
	}
	return { words, flags };
}
