import { resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { graph } from "../../orchfile.ts";
import { type Request, type RunRequest, readArguments } from "../../tasks/cli/arguments.ts";
import { nameOf, takesValue, variableOf } from "../../tasks/cli/options/option-row.ts";
import { OPTION_ROWS } from "../../tasks/cli/options/option-rows.ts";
import { readTimeOfDay } from "../../tasks/cli/options/read-values.ts";
import { repeatedCommand } from "../../tasks/cli/options/repeated-command.ts";
import { verifyRehearsable } from "../../tasks/cli/rehearsable.ts";
import { DEFAULT_LAYOUT, rehearsalLayout } from "../../tasks/contract/layout.ts";
import { problemsOf } from "../support/documents.ts";

/** Each option, the other ways to write it, and its variable. What it means is in {@link MEANING}. */
const OPTIONS: readonly (readonly [words: string, others: readonly string[], variable: string, value: string])[] = [
	["--issue A-1", ["--issue=A-1"], "ORCH_ISSUE", "A-1"],
	["--project p", ["--project=p"], "ORCH_PROJECT", "p"],
	["--base main", ["--base=main"], "ORCH_BASE", "main"],
	["--goal deliver", ["--goal=deliver"], "ORCH_GOAL", "deliver"],
	["--jobs 4", ["-j 4", "-j4", "--jobs=4"], "ORCH_JOBS", "4"],
	["--keep-going", ["-k"], "ORCH_KEEP_GOING", "1"],
	["--fail-fast", ["-S"], "ORCH_FAIL_FAST", "1"],
	["--dry-run", ["-n"], "ORCH_DRY_RUN", "1"],
	["--always-make", ["-B"], "ORCH_ALWAYS_MAKE", "1"],
	["--question", ["-q"], "ORCH_QUESTION", "1"],
	["--directory sub/repo", ["-C sub/repo", "-Csub/repo", "--directory=sub/repo"], "ORCH_DIRECTORY", "sub/repo"],
	["--model gpt", ["--model=gpt"], "ORCH_MODEL", "gpt"],
	["--review-model judge", ["--review-model=judge"], "ORCH_REVIEW_MODEL", "judge"],
	["--fresh-fix", [], "ORCH_FRESH_FIX", "1"],
	["--codex bin/codex", ["--codex=bin/codex"], "ORCH_CODEX", "bin/codex"],
	["--network", [], "ORCH_NETWORK", "1"],
	["--env HOME,PATH", ["--env HOME --env PATH", "--env=HOME,PATH,HOME"], "ORCH_ENV", "HOME, PATH"],
	["--git-access", [], "ORCH_GIT_ACCESS", "1"],
	["--timeout 90s", ["--timeout=90s"], "ORCH_TIMEOUT", "90s"],
	["--stall 45m", ["--stall=45m"], "ORCH_STALL", "45m"],
	["--wait 90m", ["--wait=90m"], "ORCH_WAIT", "90m"],
	["--until 7:00", ["--until=07:00", "--until 07:00:00"], "ORCH_UNTIL", "07:00"],
	["--max-tokens 5M", ["--max-tokens=5M"], "ORCH_MAX_TOKENS", "5M"],
	["--max-run-tokens 0.5M", ["--max-run-tokens=500k"], "ORCH_MAX_RUN_TOKENS", "500000"],
	["--min-free 2G", ["--min-free=2048M"], "ORCH_MIN_FREE", "2G"],
	["--format dot", ["--format=dot"], "ORCH_FORMAT", "dot"],
	["--report-junit out/junit.xml", ["--report-junit=out/junit.xml"], "ORCH_REPORT_JUNIT", "out/junit.xml"],
	["--notify notify-send", ["--notify=notify-send"], "ORCH_NOTIFY", "notify-send"],
	["--json", [], "ORCH_JSON", "1"],
	["--quiet", [], "ORCH_QUIET", "1"],
	["--verbose", [], "ORCH_VERBOSE", "1"],
];
const PLAIN = {
	kind: "run",
	task: "dev",
	options: {
		directory: process.cwd(),
		packageRoot: "/package",
		layout: DEFAULT_LAYOUT,
		timeout: 7_200_000,
		stall: 900_000,
		wait: 28_800_000,
		maxTokens: 50_000_000,
		minFree: 268_435_456,
		target: "M1",
	},
	jobs: 1,
	maxRunTokens: Number.POSITIVE_INFINITY,
	format: "text",
	failFast: false,
	force: false,
	dryRun: false,
	question: false,
	yes: false,
	discard: false,
	commit: false,
	write: false,
	open: false,
	serve: false,
	json: false,
	quiet: false,
	verbose: false,
} as const;
const MEANING: Readonly<Record<string, object>> = {
	"--issue A-1": withOptions({ issue: "A-1" }),
	"--project p": withOptions({ project: "p" }),
	"--base main": withOptions({ base: "main" }),
	"--goal deliver": { goal: "deliver" },
	"--jobs 4": { jobs: 4 },
	"--keep-going": {},
	"--fail-fast": { failFast: true },
	"--dry-run": { dryRun: true },
	"--always-make": { force: true },
	"--question": { question: true },
	"--directory sub/repo": withOptions({ directory: resolve("sub/repo") }),
	"--model gpt": withOptions({ model: "gpt" }),
	"--review-model judge": withOptions({ reviewModel: "judge" }),
	"--fresh-fix": withOptions({ freshFix: true }),
	"--codex bin/codex": withOptions({ codex: resolve("bin/codex") }),
	"--network": withOptions({ network: true }),
	"--env HOME,PATH": withOptions({ env: ["HOME", "PATH"] }),
	"--git-access": withOptions({ gitAccess: true }),
	"--timeout 90s": withOptions({ timeout: 90_000, asked: ["timeout"] }),
	"--stall 45m": withOptions({ stall: 2_700_000 }),
	"--wait 90m": withOptions({ wait: 5_400_000 }),
	"--until 7:00": withOptions({ until: readTimeOfDay("07:00") }),
	"--max-tokens 5M": withOptions({ maxTokens: 5_000_000, asked: ["maxTokens"] }),
	"--max-run-tokens 0.5M": { maxRunTokens: 500_000 },
	"--min-free 2G": withOptions({ minFree: 2_147_483_648 }),
	"--format dot": { format: "dot" },
	"--report-junit out/junit.xml": { reportJunit: resolve("out/junit.xml") },
	"--notify notify-send": { notify: "notify-send" },
	"--json": { json: true },
	"--quiet": { quiet: true },
	"--verbose": { verbose: true },
};
const SWITCHES = OPTIONS.filter(([words]) => !words.includes(" "));

let environment: NodeJS.ProcessEnv;

beforeEach(() => {
	environment = { ...process.env };
	for (const name of Object.keys(process.env)) if (name.startsWith("ORCH_")) delete process.env[name];
});

afterEach(() => {
	for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
	Object.assign(process.env, environment);
});

test("a task and a target, and nothing else", () => {
	expect(given("dev M1")).toEqual(PLAIN);
});

test("--all stands in a target's place, is said again, and has no variable", () => {
	const { target: _, ...options } = PLAIN.options;
	expect(given("dev --all")).toEqual({ ...PLAIN, options: { ...options, all: true } });
	expect(usage("dev M1 --all")).toContain("--all stands in place of a target");
});

test("a task alone has no target", () => {
	const { target: _, ...options } = PLAIN.options;
	expect(given("discover")).toEqual({ ...PLAIN, task: "discover", options });
});

describe("options", () => {
	test.each(OPTIONS)("%s", (words, others) => {
		const wanted = { ...PLAIN, ...MEANING[words] };
		for (const each of [words, ...others]) {
			expect(given(`dev M1 ${each}`), each).toEqual(wanted);
			expect(given(`${each} dev M1`), `${each}, in front`).toEqual(wanted);
		}
	});

	test("all of them that go together, at once", () => {
		const words = OPTIONS.map(([each]) => each).filter((each) => !["--keep-going", "--quiet"].includes(each));
		expect(given(`dev M1 ${words.join(" ")}`)).toEqual({
			...PLAIN,
			options: {
				...PLAIN.options,
				issue: "A-1",
				project: "p",
				base: "main",
				directory: resolve("sub/repo"),
				model: "gpt",
				reviewModel: "judge",
				freshFix: true,
				codex: resolve("bin/codex"),
				network: true,
				env: ["HOME", "PATH"],
				gitAccess: true,
				timeout: 90_000,
				stall: 2_700_000,
				asked: ["timeout", "maxTokens"],
				wait: 5_400_000,
				until: readTimeOfDay("07:00"),
				maxTokens: 5_000_000,
				minFree: 2_147_483_648,
			},
			goal: "deliver",
			jobs: 4,
			maxRunTokens: 500_000,
			format: "dot",
			reportJunit: resolve("out/junit.xml"),
			notify: "notify-send",
			failFast: true,
			dryRun: true,
			force: true,
			question: true,
			json: true,
			verbose: true,
		});
	});

	test("short switches in one word", () => {
		expect(given("dev M1 -nBk")).toEqual({ ...PLAIN, dryRun: true, force: true });
	});

	test("the last of the same kind counts", () => {
		expect(given("dev M1 -j 2 -j 3")).toEqual({ ...PLAIN, jobs: 3 });
	});

	test("after -- nothing is an option", () => {
		expect(given("dev -- -x")).toEqual({ ...PLAIN, options: { ...PLAIN.options, target: "-x" } });
	});
});

describe("variables", () => {
	test.each(OPTIONS)("%s: the same by its variable", (words, _, variable, value) => {
		process.env[variable] = value;
		expect(given("dev M1")).toEqual({ ...PLAIN, ...MEANING[words] });
	});

	test.each(SWITCHES)("%s: off by its variable", (_, __, variable) => {
		for (const off of ["", "0", "false", "no", "off", "FALSE"]) {
			process.env[variable] = off;
			expect(given("dev M1"), off).toEqual(PLAIN);
		}
	});

	test.each(SWITCHES)("%s: on by its variable, however that is said", (words, _, variable) => {
		for (const on of ["1", "true", "yes", "on"]) {
			process.env[variable] = on;
			expect(given("dev M1"), on).toEqual({ ...PLAIN, ...MEANING[words] });
		}
	});

	test("what is typed goes before what is set", () => {
		for (const [, , variable, value] of OPTIONS) if (!/^1$/.test(value)) process.env[variable] = value;
		const typed =
			"--issue B-1 --project q --base next --goal dev --jobs 2 --directory / --model o --review-model r --codex /c --env USERS --timeout 1h --stall 1m --wait 1h --until 8:00 --max-tokens 1k --max-run-tokens 2k --min-free 1M --format text --report-junit /r --notify n";
		process.env.USERS = "some";
		const named = {
			issue: "B-1",
			project: "q",
			base: "next",
			model: "o",
			reviewModel: "r",
			codex: "/c",
			env: ["USERS"],
		};
		const asked = ["timeout", "maxTokens"];
		const options = { ...named, directory: "/", timeout: 3_600_000, asked };
		expect(given(`dev M1 ${typed}`)).toEqual({
			...PLAIN,
			goal: "dev",
			jobs: 2,
			maxRunTokens: 2000,
			reportJunit: "/r",
			notify: "n",
			options: {
				...PLAIN.options,
				...options,
				stall: 60_000,
				wait: 3_600_000,
				until: readTimeOfDay("08:00"),
				maxTokens: 1000,
				minFree: 1_048_576,
			},
		});
	});

	test.each([
		["ORCH_JOBS", "0"],
		["ORCH_JOBS", ""],
		["ORCH_REPORT_JUNIT", ""],
		["ORCH_TIMEOUT", "90"],
		["ORCH_STALL", "soon"],
	])("%s=%s is refused by name, as its option would be", (variable, value) => {
		process.env[variable] = value;
		expect(usage("dev M1")).toContain(variable);
	});

	test("a switch that excludes another does so by its variable", () => {
		process.env.ORCH_KEEP_GOING = "1";
		expect(usage("dev M1 -S")).toMatch(/ORCH_KEEP_GOING|--keep-going/);
	});
});

describe("what is not as the help says", () => {
	test.each(["-j", "--jobs"])("a bare %s", (words) => {
		expect(usage(`dev M1 ${words}`)).toMatch(/jobs/);
	});

	test.each(["-j 0", "-j 1.5", "-j x", "-j -1", "-j 1e3", "-j +2", "-j 02", "-j dev", "--jobs=", "-j 99999"])(
		"%s",
		(words) => {
			expect(usage(`dev M1 ${words}`)).toMatch(/whole number/);
		},
	);

	test.each([
		["-k -S", "keep-going"],
		["-S -k", "keep-going"],
		["--quiet --verbose", "verbose"],
	])("%s together", (words, name) => {
		expect(usage(`dev M1 ${words}`)).toMatch(new RegExp(`${name}.*cannot|cannot.*${name}`));
	});

	test.each([
		["--job 2", "--jobs"],
		["--dryrun", "--dry-run"],
		["--projct p", "--project"],
		["--time-out 2h", "--timeout"],
	])("%s, which is no option: did you mean %s?", (words, wanted) => {
		const message = usage(`dev M1 ${words}`);
		expect(message).toContain(words.split(" ")[0]);
		expect(message).toContain(`Did you mean ${wanted}?`);
	});

	test("an option that resembles none", () => {
		expect(usage("dev M1 --xyzzy")).toBe("Unknown option '--xyzzy'.");
	});

	test("the beginning of an option, which is no option; one without a value that is given one", () => {
		expect(usage("dev M1 --tim 1h")).toBe("Unknown option '--tim' (Did you mean --timeout?)");
		expect(usage("dev M1 --ver")).toBe("Unknown option '--ver' (Did you mean --verbose or --version?)");
		expect(usage("dev M1 --quiet=yes")).toBe("Option '--quiet' takes no value.");
	});

	test("a third word, such as a scenario that was to be rehearsed", () => {
		expect(usage("dev M1 M2 —json")).toBe('Too many arguments: "M2", "—json". There is a task, and a target.');
		expect(usage("dev M1 --rehearse fail")).toMatch(
			/^Too many arguments: "fail"\. .* \(Did you mean --rehearse=fail\?\)$/,
		);
	});

	test("an empty target, as from a variable that is not set", () => {
		expect(problemsOf(() => read(["dev", ""]))).toMatchObject([{ kind: "usage", message: "the target is empty" }]);
	});

	test.each(OPTION_ROWS.filter(takesValue).map((row) => [`--${nameOf(row)}`, row] as const))(
		"an empty %s, as from a variable that is not set, is never taken for none",
		(flag, row) => {
			const [task = "dev"] = row.belongsTo ?? [];
			const typed = () => read([task, "M1", `${flag}=`]);
			// An answer that is empty leaves its question open, and an orchfile's command is switched off by one.
			if (flag === "--message" || flag === "--notify") expect(typed()).toMatchObject({ kind: "run" });
			else expect(problemsOf(typed)).toMatchObject([{ kind: "usage", message: expect.stringContaining(flag) }]);
			const variable = variableOf(row);
			if (variable === undefined || flag === "--notify") return;
			process.env[variable] = "";
			expect(usage("dev M1")).toContain(variable);
		},
	);

	test.each(["--issue", "--project", "--base", "-C", "--model", "--timeout", "--stall"])(
		"%s without its value",
		(words) => {
			expect(usage(`dev M1 ${words}`)).toMatch(/argument missing/);
		},
	);

	test.each(["90", "0s", "0.0h", "-1s", "1d", "h", "1e3s", "1 h", "30m1h", "2H", ".5h", "forever", ""])(
		"a duration of %j",
		(duration) => {
			for (const option of ["--timeout", "--stall"]) {
				const [problem] = problemsOf(() => read(["dev", "M1", `${option}=${duration}`]));
				expect(problem).toMatchObject({ kind: "usage", message: expect.stringMatching(/90s, 45m or 2h/) });
			}
		},
	);

	test.each(["", "A B", "1A", "*", "A=1", "HOME,", "TMPDIR", "NOT_SET_ANYWHERE"])("a variable named %j", (name) => {
		expect(usage(`dev M1 --env=${name}`)).toMatch(/--env/);
	});

	test.each(["0", "0.4", "-1", "5G", "5m", "k", "1e3", "many", ""])("an amount of tokens of %j", (tokens) => {
		for (const option of ["--max-tokens", "--max-run-tokens"]) {
			const [problem] = problemsOf(() => read(["dev", "M1", `${option}=${tokens}`]));
			expect(problem).toMatchObject({ kind: "usage", message: expect.stringMatching(/200k or 5M/) });
		}
	});

	test("a format that nobody knows, with those that there are", () => {
		expect(usage("graph M1 --format svg")).toMatch(/svg.* text, mermaid, dot, json/);
	});

	test("is said in one line that begins with what is wrong", () => {
		for (const words of ["--xyzzy", "M2", "-j x", "-kS", "--job 2", "-j"]) {
			expect(usage(`dev M1 ${words}`)).not.toMatch(/\n|^error/);
		}
	});
});

test.each([
	["250ms", 250],
	["90s", 90_000],
	["1.5h", 5_400_000],
	["45m", 2_700_000],
	["0.5s", 500],
	["1h30m", 5_400_000],
	["2m05s", 125_000],
])("a duration of %s is %d ms", (duration, ms) => {
	expect(given(`dev M1 --timeout ${duration} --stall ${duration}`)).toMatchObject({
		options: { timeout: ms, stall: ms },
	});
});

test.each([
	["1", 1],
	["200k", 200_000],
	["1.5M", 1_500_000],
])("%s is %d tokens", (text, tokens) => {
	const request = given(`dev M1 --max-tokens ${text} --max-run-tokens ${text}`);
	expect(request).toMatchObject({ options: { maxTokens: tokens }, maxRunTokens: tokens });
});

test.each([
	["0", 0],
	["1M", 1_048_576],
	["1.5G", 1_610_612_736],
])("%s is %d bytes", (text, minFree) => {
	expect(given(`dev M1 --min-free ${text}`)).toMatchObject({ options: { minFree } });
});

test.each(["-1", "5", "1T", "M", "lots"])("%s is no size", (text) => {
	expect(() => given(`dev M1 --min-free ${text}`)).toThrow("usage");
});

describe("defaults of the orchfile", () => {
	test("stand where nothing is typed or set", () => {
		const defaults = {
			jobs: "4",
			timeout: "1h",
			base: "main",
			"max-tokens": "5k",
			"always-make": "true",
			quiet: "false",
		};
		expect(read(["dev", "M1"], defaults)).toEqual({
			...PLAIN,
			jobs: 4,
			force: true,
			options: { ...PLAIN.options, timeout: 3_600_000, base: "main", maxTokens: 5000 },
		});
	});

	test("give way to a variable, and that to what is typed", () => {
		const defaults = { jobs: "4", timeout: "1h", model: "a" };
		process.env.ORCH_JOBS = "3";
		process.env.ORCH_TIMEOUT = "2m";
		expect(read(["dev", "M1", "-j", "2"], defaults)).toEqual({
			...PLAIN,
			jobs: 2,
			options: { ...PLAIN.options, timeout: 120_000, asked: ["timeout"], model: "a" },
		});
	});

	test("that are switched on are off by their variable", () => {
		process.env.ORCH_ALWAYS_MAKE = "0";
		expect(read(["dev", "M1"], { "always-make": "true" })).toEqual(PLAIN);
	});

	test("to stop after a failure give way to -k", () => {
		expect(read(["dev", "M1", "-k"], { "fail-fast": "true" })).toEqual(PLAIN);
	});

	test("that can be repeated are replaced by what is typed, and not added to", () => {
		const wanted = { ...PLAIN, ...withOptions({ env: ["HOME"] }) };
		expect(read(["dev", "M1", "--env", "HOME"], { env: "PATH" })).toEqual(wanted);
	});

	test.each<Readonly<Record<string, string>>>([
		{ jbos: "4" },
		{ jobs: "0" },
		{ timeout: "90" },
		{ "max-tokens": "many" },
		{ format: "svg" },
		{ quiet: "perhaps" },
		{ env: "NOT_SET_ANYWHERE" },
		{ rehearse: "pass" },
		{ yes: "true" },
	])("%j: refused by name", (defaults) => {
		const [problem] = problemsOf(() => read(["dev", "M1"], defaults));
		expect(problem).toMatchObject({ kind: "default-invalid", option: Object.keys(defaults)[0] });
	});
});

describe("a rehearsal", () => {
	test("takes a value after `=` only, and passes without one", () => {
		const wanted = { ...PLAIN, ...withOptions({ rehearse: "pass", layout: rehearsalLayout(DEFAULT_LAYOUT) }) };
		for (const words of ["dev M1 --rehearse", "dev --rehearse M1", "--rehearse dev M1", "dev M1 --rehearse=pass"])
			expect(given(words), words).toEqual(wanted);
	});

	test("of something that goes wrong runs what is up to date as well, and does not let a person wait", () => {
		const wanted = (rehearse: string, stall: number = PLAIN.options.stall) => ({
			...PLAIN,
			force: true,
			...withOptions({ rehearse, stall, layout: rehearsalLayout(DEFAULT_LAYOUT) }),
		});
		expect(given("dev M1 --rehearse=prose")).toEqual(wanted("prose"));
		expect(given("dev M1 --rehearse=hang")).toEqual(wanted("hang", 5_000));
		expect(given("dev M1 --rehearse=unreachable")).toEqual(wanted("unreachable", 5_000));
		expect(given("dev M1 --rehearse=hang --stall 2m")).toEqual(wanted("hang", 120_000));
		process.env.ORCH_STALL = "3m";
		expect(given("dev M1 --rehearse=hang")).toEqual(wanted("hang", 180_000));
	});

	test("has to be typed: no variable turns real runs into rehearsals", () => {
		process.env.ORCH_REHEARSE = "pass";
		expect(given("dev M1")).toEqual(PLAIN);
	});

	test("of an unknown scenario names the others, and the nearest", () => {
		const [problem] = problemsOf(() => given("dev M1 --rehearse=prosa"));
		expect(problem).toMatchObject({ kind: "usage", nearest: ["prose"] });
		expect(usage("dev M1 --rehearse=")).toBe(
			'There is no scenario "" to rehearse, only pass, weak-tests, cheats, stubborn, prose, defer, fail, hang, quota, unreachable.',
		);
	});

	test.each(["discover", "check", "graph", "doctor", "preflight"])("of %s is refused: no agent takes part", (task) => {
		expect(problemsOf(() => verifyRehearsable(graph, task))).toMatchObject([
			{ kind: "usage", message: expect.stringContaining(`"${task}" has nothing to rehearse`) },
		]);
	});

	test("of nothing is refused", () => {
		expect(usage("--rehearse")).toContain("dev M1 --rehearse");
	});
});

describe("the command that goes on with a run", () => {
	test("has lost nothing that shapes it", () => {
		const words = "dev M1 --model m --timeout 1h --max-tokens 1M";
		expect(again(words)).toBe(words);
	});

	// Each option once more, with a value that it does not have by itself.
	test.each(OPTION_ROWS.filter(({ group }) => group !== "Other").map((row) => [`--${nameOf(row)}`, row] as const))(
		"%s is in it, or its row says why not",
		(flag, row) => {
			const typed = [flag, ...(takesValue(row) ? [sampleOf(flag)] : [])].join(" ");
			const task = row.belongsTo?.[0] ?? "dev";
			const target = flag === "--all" ? "" : " M1";
			const command = again(`${task}${target} ${typed}`);
			if (typeof row.again === "object") {
				expect(row.again.never).toMatch(/\w+ \w+/);
				expect(command).toBe(`${task}${target}`);
				return;
			}
			expect(command).not.toBe("dev M1");
			const { typed: _, ...wanted } = requested(
				typed.split(" ").concat("dev", ...target.split(" ").filter(Boolean)),
			) as RunRequest;
			const { typed: __, ...repeated } = requested(command.split(" ")) as RunRequest;
			expect(repeated).toEqual(wanted);
			expect(again(command), "and once more").toBe(command);
		},
	);

	test("is typed the short way, with each of what can be repeated, and quotes what a shell would part", () => {
		expect(again("dev M1 --jobs=4 --jobs 2 --keep-going")).toBe("dev M1 -j 2 -k");
		expect(again("dev M1 --env HOME --env=PATH,HOME")).toBe("dev M1 --env HOME --env PATH,HOME");
		const request = requested(["dev", "it's", "--model", "a b"]);
		expect(request.kind === "run" && repeatedCommand(request)).toBe("dev 'it'\\''s' --model 'a b'");
	});

	test("leaves out what a variable or the orchfile says, which holds the next time too", () => {
		process.env.ORCH_MODEL = "m";
		process.env.ORCH_NETWORK = "1";
		expect(again("dev M1", undefined, { timeout: "1h", "fail-fast": "true" })).toBe("dev M1");
		expect(again("dev M1 --model n -k", undefined, { "fail-fast": "true" })).toBe("dev M1 -k --model n");
	});

	test("has the base wherever that comes from: what is suggested beside it names the same", () => {
		process.env.ORCH_BASE = "next";
		expect(again("dev M1")).toBe("dev M1 --base next");
		expect(again("dev M1 --base main")).toBe("dev M1 --base main");
	});

	test("rehearses again, or does for real what was rehearsed", () => {
		expect(again("dev M1 --rehearse -j 2")).toBe("dev M1 -j 2 --rehearse");
		expect(again("dev M1 --rehearse=prose")).toBe("dev M1 --rehearse=prose");
		expect(again("dev M1 --rehearse=prose -j 2", "for real")).toBe("dev M1 -j 2");
	});

	function sampleOf(flag: string): string {
		const [words = ""] = OPTIONS.find(([each]) => each.startsWith(`${flag} `)) ?? [];
		return words.slice(flag.length + 1) || "some";
	}
});

describe("what runs nothing", () => {
	test.each(["", "-l", "--list", "-l dev M1", "dev M1 --list"])("%j lists the tasks", (words) => {
		expect(given(words)).toEqual({ kind: "list", json: false });
	});

	test("a list as JSON", () => {
		expect(given("--json")).toEqual({ kind: "list", json: true });
		expect(given("-l --json")).toEqual({ kind: "list", json: true });
	});

	test.each(["-V", "--version", "dev M1 --version", "-l -V"])("%s asks for the versions", (words) => {
		expect(given(words)).toEqual({ kind: "version" });
	});

	test("of which Codex", () => {
		expect(given("-V --codex /c")).toEqual({ kind: "version", codex: "/c" });
	});

	test.each(["-h", "--help", "dev M1 --help", "--help --json"])("%s asks for help", (words) => {
		const request = given(words);
		expect(request.kind).toBe("help");
	});

	test("the help names the command as it was typed, and each option; that has its variable", () => {
		const request = given("--help");
		if (request.kind !== "help") throw new Error(request.kind);
		expect(request.text).toContain("Usage: npx tsx orchfile.ts <task> <target> [options]");
		const long = request.text.match(/--[a-z-]+/g) ?? [];
		for (const option of new Set(long))
			expect([...OPTIONS.map(([words]) => words.split(" ")[0]), ...NO_VARIABLE]).toContain(option);
		const variables = OPTION_ROWS.flatMap((row) => variableOf(row) ?? []);
		expect(variables.sort()).toEqual(OPTIONS.map(([, , variable]) => variable).sort());
		for (const [words] of OPTIONS) expect(long).toContain(words.split(" ")[0]);
	});

	const NO_VARIABLE = [
		"--all",
		"--rehearse",
		"--yes",
		"--discard",
		"--family",
		"--message",
		"--file",
		"--commit",
		"--write",
		"--only",
		"--except",
		"--squash",
		"--out",
		"--open",
		"--serve",
		"--list",
		"--version",
		"--help",
	];
});

/** The request without what was typed, which only the command that repeats it reads. */
function read(args: readonly string[], defaults?: Readonly<Record<string, string>>): Request {
	const request = requested(args, defaults);
	if (request.kind !== "run") return request;
	const { typed: _, ...rest } = request;
	return rest as Request;
}

function requested(args: readonly string[], defaults?: Readonly<Record<string, string>>): Request {
	return readArguments(args, "npx tsx orchfile.ts", "/package", defaults);
}

function again(words: string, how?: "for real", defaults?: Readonly<Record<string, string>>): string {
	const request = requested(words.split(" "), defaults);
	if (request.kind !== "run") throw new Error(request.kind);
	return repeatedCommand(request, how);
}

function given(words: string): Request {
	return read(words.split(" ").filter(Boolean));
}

function usage(words: string): string {
	const problems = problemsOf(() => given(words));
	const [problem] = problems;
	expect(problems).toHaveLength(1);
	if (problem?.kind !== "usage") throw new Error(problem?.kind);
	return problem.message;
}

function withOptions(options: object): object {
	return { options: { ...PLAIN.options, ...options } };
}
