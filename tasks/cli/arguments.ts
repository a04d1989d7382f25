import { resolve } from "node:path";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { DEFAULT_LAYOUT, type Layout, rehearsalLayout } from "../contract/layout.ts";
import type { RunOptions } from "../contract/options.ts";
import { Failure } from "../contract/problem.ts";
import type { Graph } from "../engine/graph.ts";
import { HELP, helpAsked, inGroups } from "./option-groups.ts";
import { GRAPH_FORMATS, type GraphFormat } from "./words/graph-format.ts";
import { readScenario, STALLING, scenarioList, verifyRehearsal } from "./words/scenario-words.ts";

/** What the command line asks for. */
export type Request =
	/** Help about everything, or about one task. */
	| { readonly kind: "help"; readonly text: string; readonly task?: string }
	/** The script that teaches a shell to complete. */
	| { readonly kind: "completion"; readonly shell: string | undefined }
	| { readonly kind: "version"; readonly codex?: string }
	| { readonly kind: "list"; readonly json: boolean }
	| ({ readonly kind: "run" } & RunRequest);

/** A run of one task or goal. */
export interface RunRequest {
	readonly task: string;
	readonly options: RunOptions;
	readonly jobs: number;
	/** The goal that a look is about. */
	readonly goal?: string;
	/** Tokens after which nothing new is started. */
	readonly maxRunTokens: number;
	readonly failFast: boolean;
	readonly force: boolean;
	readonly dryRun: boolean;
	readonly question: boolean;
	/** Remove without asking what `clean` finds safe to remove. */
	readonly yes: boolean;
	/** Let `clean` also remove an issue's things that are not safe to remove. */
	readonly discard: boolean;
	readonly format: GraphFormat;
	/** Absolute path of the JUnit report to write. */
	readonly reportJunit?: string;
	readonly json: boolean;
	readonly quiet: boolean;
	readonly verbose: boolean;
}

const DEFAULT_MAX_TOKENS = 50_000_000;
const MEGABYTE = 1 << 20;
const DEFAULT_MIN_FREE = 256 * MEGABYTE;
const HOUR = 3_600_000;
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: HOUR };
const DEFAULT_TIMEOUT = 2 * HOUR;
const DEFAULT_STALL = HOUR / 4;
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
	let help = "";
	program.exitOverride().configureOutput({
		writeOut: (text) => {
			help += text;
		},
		writeErr: () => {},
	});
	// Asked before anything is read: whoever is told to see the help has typed or set something that is wrong.
	const asked = helpAsked(args, program.options);
	if (asked) return { kind: "help", text: program.helpInformation(), ...asked };
	const { disabled, restore } = dropDisabledSwitches(program);
	try {
		// Alone, it takes no value: `dev --rehearse M1` has a target.
		program.parse(
			args.map((arg) => (arg === "--rehearse" ? "--rehearse=pass" : arg)),
			{ from: "user" },
		);
	} catch (error) {
		if (!(error instanceof CommanderError)) throw error;
		if (error.code === "commander.helpDisplayed") return { kind: "help", text: help };
		throw new Failure({ kind: "usage", message: sentence(error.message) }, { cause: error });
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
	const given = program.opts();
	const [task, target] = program.processedArgs as [string | undefined, string | undefined];
	if (given.version) return { kind: "version", ...(given.codex === undefined ? {} : { codex: resolve(given.codex) }) };
	const rehearse = given.rehearse === undefined ? undefined : readScenario(given.rehearse);
	if (rehearse && !given.list) verifyRehearsal(task);
	const hangs =
		rehearse !== undefined && STALLING.includes(rehearse) && program.getOptionValueSource("stall") === "default";
	if (given.list || task === undefined) return { kind: "list", json: given.json === true };
	if (task === "completion") return { kind: "completion", shell: target };
	verifyClean(given, task, target);
	if (target === "") throw new Failure({ kind: "usage", message: "the target is empty" });
	return {
		kind: "run",
		task,
		options: {
			directory: resolve(given.directory ?? "."),
			packageRoot,
			layout: rehearse === undefined ? layout : rehearsalLayout(layout),
			timeout: given.timeout,
			stall: hangs ? REHEARSAL_STALL : given.stall,
			maxTokens: given.maxTokens,
			minFree: given.minFree,
			...(target === undefined ? {} : { target }),
			...(given.issue === undefined ? {} : { issue: given.issue }),
			...(given.project === undefined ? {} : { project: given.project }),
			...(given.base === undefined ? {} : { base: given.base }),
			...(given.model === undefined ? {} : { model: given.model }),
			...(given.codex === undefined ? {} : { codex: resolve(given.codex) }),
			...(given.network ? { network: true } : {}),
			...(given.env === undefined ? {} : { env: given.env }),
			...(given.gitAccess ? { gitAccess: true } : {}),
			...(rehearse ? { rehearse } : {}),
		},
		jobs: given.jobs,
		maxRunTokens: given.maxRunTokens,
		failFast: given.failFast === true,
		// A failure can only be seen where something is run.
		force: given.alwaysMake === true || (rehearse !== undefined && rehearse !== "pass"),
		dryRun: given.dryRun === true,
		question: given.question === true,
		yes: given.yes === true,
		discard: given.discard === true,
		format: given.format,
		...(given.reportJunit === undefined ? {} : { reportJunit: resolve(given.reportJunit) }),
		json: given.json === true,
		quiet: given.quiet === true,
		verbose: given.verbose === true,
	};
}

/** What removes something is never set by a variable or a default, and means nothing elsewhere. */
function verifyClean(given: Record<string, unknown>, task: string, target: string | undefined): void {
	if (given.yes === true && task !== "clean" && task !== "init")
		throw new Failure({ kind: "usage", message: '--yes belongs to "clean" and "init"' });
	if (given.discard === true && task !== "clean")
		throw new Failure({ kind: "usage", message: '--discard belongs to "clean"' });
	if (given.discard === true && target === undefined)
		throw new Failure({ kind: "usage", message: '"clean --discard" takes the id of the issue whose work is to go' });
}

/** The options of the program, as they are declared. */
export function programOptions(): readonly Option[] {
	return [...declareProgram("", {}).options, new Option("-h, --help", "what a task is for")];
}

function declareProgram(command: string, defaults: NonNullable<Graph["defaults"]>): Command {
	const program = new Command(command)
		.usage("<task> <target> [options]")
		.argument("[task]", "a task or goal of the orchfile; without one, they are listed")
		.argument("[target]", "a milestone (M1) or the id of an issue (LOCAL-TBD)")
		.addHelpOption(new Option("-h, --help", "print this; after a task, what it is for").helpGroup("Other:"))
		.configureHelp(HELP);
	const options = [
		new Option("-l, --list", "list the tasks, with what each does and waits for"),
		new Option("--issue <id>", "only this issue of the milestone").env("ORCH_ISSUE"),
		new Option("--project <name>", "only this project").env("ORCH_PROJECT"),
		new Option("--base <branch>", "what issue branches start from (default: the current branch)").env("ORCH_BASE"),
		new Option("-j, --jobs <n>", "issues at once").env("ORCH_JOBS").default(1).argParser(readJobs),
		new Option("-k, --keep-going", "go on with other issues after a failure (the default)")
			.env("ORCH_KEEP_GOING")
			.conflicts("failFast"),
		new Option("-S, --fail-fast", "after a failure, finish what runs and start nothing new").env("ORCH_FAIL_FAST"),
		new Option("-n, --dry-run", "print what would run; touch nothing").env("ORCH_DRY_RUN"),
		new Option("-B, --always-make", "run also what is up to date").env("ORCH_ALWAYS_MAKE"),
		new Option("-q, --question", "run nothing; exit 0 if everything is up to date, 1 if not").env("ORCH_QUESTION"),
		new Option("-C, --directory <dir>", "work in the repository at this folder").env("ORCH_DIRECTORY"),
		new Option("--model <name>", "the model to use (default: as Codex is configured)").env("ORCH_MODEL"),
		new Option("--codex <path>", "the Codex program (default: the one that npm installed)").env("ORCH_CODEX"),
		new Option("--network", "the agents' commands reach the network, and can send away what they can read").env(
			"ORCH_NETWORK",
		),
		new Option("--env <name>", "give this variable to the agents' commands, which may print it; repeatable")
			.env("ORCH_ENV")
			.argParser(readNames),
		new Option(
			"--git-access",
			"the agents may commit, and so could change the repository's configuration and any branch",
		).env("ORCH_GIT_ACCESS"),
		new Option(
			"--rehearse [scenario]",
			`rehearse with a scripted model, on branches of its own; no account, no network, no cost (${scenarioList})`,
		),
		new Option("--timeout <duration>", "longest time a phase may take")
			.env("ORCH_TIMEOUT")
			.default(DEFAULT_TIMEOUT, "2h")
			.argParser(readDuration),
		new Option("--stall <duration>", "longest time a phase may go without progress")
			.env("ORCH_STALL")
			.default(DEFAULT_STALL, "15m")
			.argParser(readDuration),
		new Option("--max-tokens <n>", "tokens a phase may use, input and output together")
			.env("ORCH_MAX_TOKENS")
			.default(DEFAULT_MAX_TOKENS, "50M")
			.argParser(readTokens),
		new Option("--max-run-tokens <n>", "tokens after which the run starts nothing new")
			.env("ORCH_MAX_RUN_TOKENS")
			.default(Number.POSITIVE_INFINITY, "no limit")
			.argParser(readTokens),
		new Option("--min-free <size>", "disk space that has to be free before anything is started")
			.env("ORCH_MIN_FREE")
			.default(DEFAULT_MIN_FREE, "256M")
			.argParser(readSize),
		new Option("-y, --yes", "do without asking: with `clean` what is safe to remove, with `init` the defaults"),
		new Option("--discard", "with `clean ISSUE`: remove also what is not safe; a patch of it is saved first"),
		new Option("--format <format>", "how `graph` prints: text, mermaid, dot or json")
			.env("ORCH_FORMAT")
			.default("text")
			.choices(GRAPH_FORMATS),
		new Option("--report-junit <file>", "write what becomes of each issue to this file, as JUnit XML")
			.env("ORCH_REPORT_JUNIT")
			.argParser(readFileName),
		new Option("--json", "print the result as JSON").env("ORCH_JSON"),
		new Option("--quiet", "print no progress").env("ORCH_QUIET").conflicts("verbose"),
		new Option("--verbose", "print everything the agents say, as plain lines").env("ORCH_VERBOSE"),
		new Option("-V, --version", "print the versions of this program and of what it runs"),
	];
	for (const option of inGroups(options)) program.addOption(withDefault(option, defaults));
	for (const name of Object.keys(defaults)) {
		if (!options.some((option) => option.name() === name)) throw badDefault(name, "there is no such option");
		// Real runs would be none, and nobody would have typed it.
		if (name === "rehearse") throw badDefault(name, "it has to be typed");
	}
	return program.allowExcessArguments(false);
}

const ON = /^(?:1|true|yes|on)$/i;
const OFF = /^(?:0|false|no|off)?$/i;

function readSwitch(value: string): boolean {
	if (ON.test(value) || OFF.test(value)) return ON.test(value);
	throw new InvalidArgumentError("It takes true or false.");
}

/**
 * commander takes a variable that is set at all for a switch that is on; `ORCH_JSON=0` and `ORCH_JSON=` mean off.
 * Returns the names of the switches that are off in this way, and what puts their variables back.
 */
function dropDisabledSwitches(program: Command): { readonly disabled: string[]; readonly restore: () => void } {
	const dropped: Record<string, string> = {};
	const disabled = program.options.flatMap((option) => {
		const { envVar, required } = option;
		const value = envVar === undefined ? undefined : process.env[envVar];
		if (!envVar || required || value === undefined || !OFF.test(value)) return [];
		dropped[envVar] = value;
		delete process.env[envVar];
		return [option.attributeName()];
	});
	return { disabled, restore: () => Object.assign(process.env, dropped) };
}

/** commander's words as a sentence of ours. */
function sentence(message: string): string {
	const text = message.replace(/^error: /, "").replace(/\s*\n\s*/g, " ");
	return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?)]$/.test(text) ? "" : "."}`;
}

/** The orchfile's own value of an option; the command line and the variables go before it. */
function withDefault(option: Option, defaults: NonNullable<Graph["defaults"]>): Option {
	const value = defaults[option.name()];
	if (value === undefined) return option;
	try {
		const read = option.required ? (option.parseArg?.(value, undefined) ?? value) : readSwitch(value);
		return option.default(Object.freeze(read), value);
	} catch (error) {
		throw badDefault(option.name(), (error as Error).message);
	}
}

function badDefault(name: string, message: string): Failure {
	return new Failure({ kind: "usage", message: `the orchfile's default for "${name}" is not valid: ${message}` });
}

function readTokens(text: string): number {
	const [, number, unit] = /^(\d+(?:\.\d+)?)(k|M)?$/.exec(text) ?? [];
	const tokens = Number(number) * (unit === "M" ? 1_000_000 : unit === "k" ? 1000 : 1);
	if (!(tokens >= 1)) throw new InvalidArgumentError("It takes a number of tokens, such as 200k or 5M.");
	return tokens;
}

function readSize(text: string): number {
	const [, number, unit] = /^(\d+(?:\.\d+)?)(M|G)?$/.exec(text) ?? [];
	const size = Number(number) * (unit === "G" ? 1024 * MEGABYTE : unit === "M" ? MEGABYTE : 1);
	if (!(size >= 0) || (size > 0 && unit === undefined))
		throw new InvalidArgumentError("It takes a size, such as 500M or 2G, or 0.");
	return size;
}

/** Names of variables; those that are typed one after the other add up, but not to the orchfile's default. */
function readNames(text: string, before: readonly string[] = []): readonly string[] {
	const names = text.split(",").map((name) => name.trim());
	for (const name of names) {
		// Codex would take an asterisk for any name.
		if (!/^[A-Za-z_]\w*$/.test(name)) throw new InvalidArgumentError("It takes the name of a variable.");
		if (name === "TMPDIR") throw new InvalidArgumentError("The agents have a TMPDIR of their own.");
		if (process.env[name] === undefined) throw new InvalidArgumentError(`There is no variable ${name}.`);
	}
	return [...new Set([...(Object.isFrozen(before) ? [] : before), ...names])];
}

function readFileName(text: string): string {
	if (text === "") throw new InvalidArgumentError("It takes the path of a file.");
	return text;
}

function readJobs(text: string): number {
	if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError("It takes a whole number from 1.");
	return Number(text);
}

function readDuration(text: string): number {
	const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
	const duration = Number(number) * (UNITS[unit ?? ""] ?? Number.NaN);
	if (!(duration > 0)) throw new InvalidArgumentError("It takes a number with a unit, such as 90s, 45m or 2h.");
	return duration;
}
