import { Command, type CommanderError, type Help, type InvalidArgumentError, Option } from "commander";
import { nearest } from "../../contract/names.ts";
import { Failure } from "../../contract/problem.ts";
import { SCENARIOS } from "../../contract/scenario.ts";
import type { Graph } from "../../engine/graph.ts";
import { nameOf, type OptionRow, takesValue, variableOf } from "./option-row.ts";
import { OPTION_ROWS } from "./option-rows.ts";
import { isOff, readSwitch } from "./read-values.ts";

type Defaults = NonNullable<Graph["defaults"]>;

/** How the help shows an option: a line says once what every variable is called, and the descriptions tell the choices. */
const HELP: Partial<Help> = {
	minWidthToWrap: 12,
	visibleArguments: () => [],
	optionDescription: ({ flags, description, defaultValue, defaultValueDescription }) => {
		const isTold = OPTION_ROWS.some((row) => row.flags === flags && row.tellsDefault);
		const isShown = defaultValue !== undefined && !isTold;
		return isShown ? `${description} (default: ${defaultValueDescription ?? String(defaultValue)})` : description;
	},
};

/**
 * The command line as commander reads it.
 * @param defaults the orchfile's own values; the command line and the variables go before them.
 * @throws Failure `default-invalid`.
 */
export function declareProgram(command: string, defaults: Defaults): Command {
	const program = new Command(command)
		.usage("<task> <target> [options]")
		.argument("[task]", "a task or goal of the orchfile; without one, they are listed")
		.argument("[target]", "a milestone (M1) or the id of an issue (LOCAL-TBD)")
		.configureHelp(HELP);
	for (const name of Object.keys(defaults)) {
		const row = OPTION_ROWS.find((each) => nameOf(each) === name);
		if (!row) throw badDefault(name, "there is no such option", nearest(name, OPTION_ROWS.map(nameOf)).slice(0, 1));
		// Real runs would be none, or things would be removed, and nobody would have typed it.
		if (row.typedOnly) throw badDefault(name, "it has to be typed");
	}
	for (const row of OPTION_ROWS) {
		const option = declareOption(row, defaults);
		if (nameOf(row) === "help") program.addHelpOption(option);
		else program.addOption(option);
	}
	return program.allowExcessArguments(false);
}

function declareOption(row: OptionRow, defaults: Defaults): Option {
	const option = new Option(row.flags, row.about).helpGroup(`${row.group}:`);
	const variable = variableOf(row);
	if (variable) option.env(variable);
	if (row.read) option.argParser(row.read as (text: string, before: unknown) => unknown);
	if (row.choices) option.choices(row.choices);
	if (row.conflicts) option.conflicts(row.conflicts);
	if (row.default) option.default(row.default.value, row.default.said);
	const own = defaults[nameOf(row)];
	if (own === undefined) return option;
	try {
		const value = takesValue(row) ? (option.parseArg?.(own, undefined) ?? own) : readSwitch(own);
		return option.default(Object.freeze(value), own);
	} catch (error) {
		throw badDefault(nameOf(row), (error as InvalidArgumentError).message);
	}
}

function badDefault(option: string, message: string, near: readonly string[] = []): Failure {
	return new Failure({ kind: "default-invalid", option, message, nearest: near });
}

/** Collects what is typed of each option while the program parses, by long name, as a `RunRequest` has it. */
export function collectTyped(program: Command): Readonly<Record<string, readonly string[]>> {
	const typed: Record<string, readonly string[]> = {};
	for (const row of OPTION_ROWS) {
		const name = nameOf(row);
		// What a variable sets has an event of another name.
		program.on(`option:${name}`, (value?: string | null) => {
			typed[name] = [...((row.repeatable && typed[name]) || []), ...(value == null ? [] : [value])];
		});
	}
	return typed;
}

/**
 * Takes variables that switch an option off out of the environment, such as `ORCH_JSON=0` and `ORCH_JSON=`: commander takes
 * one that is set at all for on. Returns the names of these options, and what puts their variables back.
 */
export function dropDisabledSwitches(program: Command): { readonly disabled: string[]; readonly restore: () => void } {
	const dropped: Record<string, string> = {};
	const disabled = program.options.flatMap((option) => {
		const { envVar, required } = option;
		const value = envVar === undefined ? undefined : process.env[envVar];
		if (!envVar || required || value === undefined || !isOff(value)) return [];
		dropped[envVar] = value;
		delete process.env[envVar];
		return [option.attributeName()];
	});
	return { disabled, restore: () => Object.assign(process.env, dropped) };
}

/**
 * What is wrong with words that commander can't read, as a sentence: its own, but where that leads astray.
 * @param words those that are no options, as far as they were read.
 */
export function misreadWords(error: CommanderError, words: readonly string[]): string {
	switch (error.code) {
		case "commander.excessArguments":
			return tooMany(words.slice(2));
		case "commander.unknownOption":
			return unknown(/'(.*)'/s.exec(error.message)?.[1] ?? "") ?? sentence(error.message);
		default:
			return sentence(error.message);
	}
}

function tooMany(further: readonly string[]): string {
	const scenario = SCENARIOS.find((each) => further.includes(each));
	const hint = scenario === undefined ? "" : ` (Did you mean --rehearse=${scenario}?)`;
	const all = further.map((word) => JSON.stringify(word)).join(", ");
	return `Too many arguments: ${all}. There is a task, and a target.${hint}`;
}

/** An option that there is, with a value that it does not take; or the beginning of one, which git and make would take for it. */
function unknown(typed: string): string | undefined {
	const [, name = "", value] = /^--([^=]+)(=.*)?$/s.exec(typed) ?? [];
	const row = OPTION_ROWS.find((each) => nameOf(each) === name);
	if (row && value !== undefined && !takesValue(row)) return `Option '--${name}' takes no value.`;
	const begun = name === "" ? [] : OPTION_ROWS.map(nameOf).filter((each) => each.startsWith(name));
	const meant = begun.map((each) => `--${each}`).join(" or ");
	return begun.length > 0 && begun.length <= 3 ? `Unknown option '${typed}' (Did you mean ${meant}?)` : undefined;
}

/** commander's words as a sentence of ours. */
function sentence(message: string): string {
	const text = message.replace(/^error: /, "").replace(/\s*\n\s*/g, " ");
	return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?)]$/.test(text) ? "" : "."}`;
}
