import { resolve } from "node:path";
import { type Command, CommanderError } from "commander";
import { given } from "../contract/given.ts";
import { DEFAULT_LAYOUT, type Layout, rehearsalLayout } from "../contract/layout.ts";
import type { RunOptions } from "../contract/options.ts";
import { Failure } from "../contract/problem.ts";
import { STALLING } from "../contract/scenario.ts";
import type { Graph } from "../engine/graph.ts";
import { collectTyped, declareProgram, dropDisabledSwitches, misreadWords } from "./options/declare-program.ts";
import { nameOf, shortOf, takesValue } from "./options/option-row.ts";
import { OPTION_ROWS } from "./options/option-rows.ts";
import type { Request, RunRequest } from "./request.ts";

export type { Request, RunRequest } from "./request.ts";

type AskedRun = { readonly kind: "run" } & RunRequest;

/** Somebody waits for a rehearsal to end. */
const REHEARSAL_STALL = 5_000;

/** The folder that `-C` names, as it was typed. */
export function directoryIn(args: readonly string[]): string | undefined {
	for (const [at, arg] of args.entries()) {
		const glued = /^(?:-C|--directory=)(.+)$/.exec(arg)?.[1];
		const value = glued ?? (arg === "-C" || arg === "--directory" ? args[at + 1] : undefined);
		if (value !== undefined) return value;
	}
	return undefined;
}

/**
 * Reads the command line and the `ORCH_…` variables.
 * @throws Failure `usage` for anything that is not as `--help` says.
 */
export function readArguments(
	args: readonly string[],
	command: string,
	packageRoot: string,
	defaults: Graph["defaults"] = {},
	layout: Layout = DEFAULT_LAYOUT,
): Request {
	const program = declareProgram(command, defaults);
	// Asked before anything is read: whoever is told to see the help has typed or set something that is wrong.
	const asked = helpAsked(args);
	if (asked) return { kind: "help", text: program.helpInformation(), ...asked };
	const typed = collectTyped(program);
	if (!parse(program, args)) return { kind: "help", text: program.helpInformation() };
	const [task, target] = program.processedArgs as [string | undefined, string | undefined];
	const values = program.opts();
	if (values.version) return { kind: "version", ...given({ codex: values.codex as string | undefined }) };
	if (values.rehearse && task === undefined && !values.list)
		throw usage("--rehearse goes with a task or goal and its target: dev M1 --rehearse");
	if (values.list || task === undefined) return { kind: "list", json: values.json === true };
	if (task === "completion") return { kind: "completion", shell: target };
	verifyBelongs(values, task);
	if (values.discard && target === undefined)
		throw usage('"clean --discard" takes the id of the issue whose work is to go');
	if (target === "") throw usage("the target is empty");
	if (target !== undefined && values.all) throw usage("--all stands in place of a target");
	const limits = (["timeout", "maxTokens"] as const).filter((name) => program.getOptionValueSource(name) !== "default");
	const whose = { directory: resolve("."), packageRoot, layout, ...given({ target }) };
	const options = { ...whose, ...(limits.length > 0 ? { asked: limits } : {}), ...read(program, "options") };
	const request = { kind: "run", task, options, ...read(program, "run"), typed } as AskedRun;
	return options.rehearse === undefined ? request : asRehearsal(request, options.rehearse, program);
}

/** What the words ask for when they ask for help: about everything, or about the task that they name. */
function helpAsked(args: readonly string[]): { readonly task?: string } | undefined {
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

/** Returns false where help is asked for in a word with others, as in `-nh`. @throws Failure for what can't be read. */
function parse(program: Command, args: readonly string[]): boolean {
	program.exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {} });
	const { disabled, restore } = dropDisabledSwitches(program);
	try {
		program.parse(args.map(withItsValue), { from: "user" });
	} catch (error) {
		if (!(error instanceof CommanderError)) throw error;
		if (error.code === "commander.helpDisplayed") return false;
		throw new Failure({ kind: "usage", message: misreadWords(error, program.args) }, { cause: error });
	} finally {
		restore();
	}
	for (const name of disabled) {
		if (program.getOptionValueSource(name) === "default") program.setOptionValue(name, false);
	}
	// The orchfile's default gives way to the opposite that was asked for.
	if (program.getOptionValue("keepGoing") === true && program.getOptionValueSource("failFast") === "default") {
		program.setOptionValue("failFast", false);
	}
	return true;
}

/** An option that can do without a value never takes the next word for one: `dev --rehearse M1` has a target. */
function withItsValue(arg: string): string {
	const alone = OPTION_ROWS.find((row) => row.alone !== undefined && arg === `--${nameOf(row)}`)?.alone;
	return alone === undefined ? arg : `${arg}=${alone}`;
}

/** The values that go to `RunOptions` or to `RunRequest`, by their keys there; that they fit, the rows' type says. */
function read(program: Command, where: "options" | "run"): Partial<RunOptions> {
	const values = OPTION_ROWS.flatMap((row) => {
		const key = row[where];
		if (key === undefined) return [];
		const value = program.getOptionValue(attributeOf(nameOf(row)));
		// A request says of each switch whether it is on; of the options, which travel, those that are off are left out.
		const isSwitch = !takesValue(row) && row.alone === undefined;
		if (!isSwitch) return [[key, value]];
		return [[key, where === "run" ? value === true : value === true || undefined]];
	});
	return given(Object.fromEntries(values));
}

/** As commander calls the value of an option. */
function attributeOf(name: string): string {
	return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

function asRehearsal(request: AskedRun, scenario: NonNullable<RunOptions["rehearse"]>, program: Command): AskedRun {
	const hangs = STALLING.includes(scenario) && program.getOptionValueSource("stall") === "default";
	return {
		...request,
		// A failure can only be seen where something is run.
		force: request.force || scenario !== "pass",
		options: {
			...request.options,
			layout: rehearsalLayout(request.options.layout),
			...(hangs ? { stall: REHEARSAL_STALL } : {}),
		},
	};
}

/** What means something to some words alone is refused with others: it would be taken for what it is not. */
function verifyBelongs(values: Readonly<Record<string, unknown>>, task: string): void {
	for (const row of OPTION_ROWS) {
		const { belongsTo } = row;
		const isSet = (values[attributeOf(nameOf(row))] ?? false) !== false;
		if (isSet && belongsTo && !belongsTo.includes(task))
			throw usage(`--${nameOf(row)} belongs to ${belongsTo.map((each) => `"${each}"`).join(" and ")}`);
	}
}

function usage(message: string): Failure {
	return new Failure({ kind: "usage", message });
}
