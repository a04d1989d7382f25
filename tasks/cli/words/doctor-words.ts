import type { Diagnosis, Sound } from "../../contract/diagnosis.ts";
import { given } from "../../contract/given.ts";
import { unreachable } from "../../engine/outcome.ts";
import type { RunRequest } from "../arguments.ts";
import { NO_SOCKETS } from "./activity-words.ts";
import { bringFilter } from "./filter-words.ts";
import { listed, plural, printable, shellWord } from "./format.ts";
import { size } from "./option-values.ts";
import { messageOf } from "./problem-words.ts";
import { holderWords, type Kinds, type Message, type Say } from "./say.ts";
import type { Width } from "./table-layout.ts";
import { breakLine, wrap } from "./wrap.ts";

/** What a screen can show beside words. */
export type Decoration = "none" | "marks" | "colours";

/** Columns that are too few for what was found to stand beside the check. */
const NARROW = 24;

/** Problems of one check that are told; the rest is counted. */
const MOST_PROBLEMS = 3;

const SOUND: Kinds<Sound, Message, [Say, RunRequest]> = {
	node: ({ version, needed }) => ({ what: `${version} (${needed} or later is needed)` }),
	git: ({ version, needed, program }) => ({ what: `${version}, ${program} (${needed} or later is needed)` }),
	identity: ({ author }) => ({ what: `commits are made by ${author}` }),
	codex: ({ version, tested, program, warnings }) => ({
		what: `${version ?? "no version told"}, ${program}${version === tested ? "" : ` (tested is ${tested})`}`,
		remedy: [
			...(version === tested ? [] : ["To use the one that comes with orchfile, leave out --codex and ORCH_CODEX."]),
			...warnings,
		].join("\n"),
	}),
	credentials: ({ summary, remedy }) => ({
		what: summary ?? "Codex does not tell whether it has any",
		...given({ remedy: remedy ?? undefined }),
	}),
	provider: ({ summary, remedy }) => ({
		what: summary ?? "Codex does not tell whether it reaches one",
		...given({ remedy: remedy ?? undefined }),
	}),
	sandbox: ({ denied, sockets }) => ({
		what: `tried out: commands write their worktree and nothing else, read no credentials${denied > 0 ? ` (${plural(denied, "path")})` : ""}, and reach ${sockets ? "no server but their own" : "no server, not even their own"}`,
		remedy: `It can't be completed here: ${NO_SOCKETS}. docs/guides/sandbox.md tells what it takes.`,
	}),
	confinement: ({ bubblewrap, problem }, say) =>
		problem === undefined
			? { what: `tried out: checks write what is thrown away and nothing else, by ${bubblewrap}` }
			: { ...messageOf(problem, say) },
	repository: ({ root }) => ({ what: root }),
	settings: ({ hooks }) => ({
		what: `no filter or merge driver of git would run a file of the repository${hooks.length > 0 ? `; hooks are not run on the commits made here: ${listed(hooks)}` : ""}`,
	}),
	base: ({ name, commit }) => ({ what: `issue branches start from ${name} (${commit.slice(0, 10)})` }),
	checkout: ({ changes }, say) => ({
		what:
			changes.length === 0
				? "everything is committed"
				: `${plural(changes.length, "path")} not committed, which the agents won't see: ${listed(changes, 3)}`,
		remedy: `To see them: ${say.git("status --short")}`,
	}),
	backlog: ({ issues, toRun, waiting, held, errors, warnings }, say, { options }) => ({
		what: `${plural(issues, "issue")}, ${toRun} to run${waiting > 0 ? `, ${waiting} waiting for what is held back` : ""}${held > 0 ? `, ${held} held back` : ""}${errors + warnings > 0 ? `; ${plural(errors, "error")} and ${plural(warnings, "warning")} that stop no run` : ""}`,
		remedy: `To see them: ${say(["check", ...wantedOf(options)].join(" "))}`,
	}),
	prompts: () => ({ what: "can be put together" }),
	places: () => ({ what: "nothing that the agents must not touch lies where they can write" }),
	worktrees: ({ folder, empty }, say) => ({
		what: `tried out: git adds and removes them where ${folder} is${empty.length > 0 ? `; submodules stay empty that your clone does not hold: ${listed(empty)}` : ""}`,
		remedy: `To have them: ${say.git("submodule update --init --recursive")}`,
	}),
	filters: ({ used, undefined: missing }, say) => ({
		what: [
			used.length > 0 ? `tried out, on a file of each: ${listed(used)}` : "the base has no file for one that is set up",
			...missing.map(({ name, file }) => `no setting defines ${name}, which ${file} asks for`),
		].join("; "),
		remedy: missing.map(({ name }) => bringFilter(name, false, say)).join("\n"),
	}),
	logs: ({ folder }) => ({ what: `can be written, below ${folder}` }),
	disk: ({ free, worktree, jobs, minFree }) => ({
		what: `${size(free)} free, for ${plural(jobs, "worktree")} of ${worktree < 1 << 20 ? "less than 1M" : size(worktree)} and ${size(minFree)} to spare (--min-free)`,
	}),
	leftovers: ({ locks, worktrees }, say) => {
		const left = [
			...locks.map(({ issue, holder }) => `the lock of ${issue} (${holderWords(holder)})`),
			...worktrees.map((path) => `a worktree without its folder (${path})`),
		];
		return left.length === 0
			? { what: "none of runs that are dead" }
			: {
					what: `of runs that are dead: ${listed(left, 3)}; the next run of the issue puts them in order`,
					remedy: `To see them all: ${say("clean")}`,
				};
	},
};

/** Everything that was looked at, a line each, with what to do where it is not good, and a closing sentence. */
export function doctorText(
	diagnoses: readonly Diagnosis[],
	request: RunRequest,
	say: Say,
	{ decoration, width }: { readonly decoration: Decoration; readonly width?: Width },
): string {
	const longest = Math.max(...diagnoses.map(({ check }) => check.length));
	const beside = (decoration === "none" ? 7 : 1) + longest + 4;
	const isNarrow = width !== undefined && width - beside < NARROW;
	const indent = " ".repeat(isNarrow ? 2 : beside);
	const lines = diagnoses.flatMap((diagnosis) => {
		const name = `${markOf(diagnosis, decoration)}  ${diagnosis.check}`;
		const found = linesOf(diagnosis, request, say, width && width - indent.length).map((line) => `${indent}${line}`);
		if (isNarrow) return [name, ...found];
		const [first = "", ...more] = found;
		return [`${name}${" ".repeat(longest - diagnosis.check.length)}  ${first.slice(beside)}`, ...more];
	});
	return [...lines, "", wrap(conclusionOf(diagnoses), width)].join("\n");
}

/** Everything that was looked at, as data. */
export function doctorAsJson(diagnoses: readonly Diagnosis[], request: RunRequest, say: Say): unknown {
	return {
		exitCode: doctorExitCode(diagnoses),
		checks: diagnoses.map((diagnosis) => {
			const { check, status } = diagnosis;
			const common = { check, status: WORDS[status] };
			switch (status) {
				case "good":
				case "warning": {
					const { kind: _, ...facts } = diagnosis.found;
					return { ...common, ...messageOfSound(diagnosis, request, say), ...facts };
				}
				case "bad":
					return {
						...common,
						problems: diagnosis.problems.map((problem) => ({ ...problem, ...messageOf(problem, say) })),
					};
				case "skipped":
					return { ...common, needs: diagnosis.needs };
				default:
					return unreachable(status);
			}
		}),
	};
}

/** 0 when nothing would stop a run, 2 when something would. */
export function doctorExitCode(diagnoses: readonly Diagnosis[]): number {
	return diagnoses.every(({ status }) => status === "good" || status === "warning") ? 0 : 2;
}

const WORDS = { good: "ok", warning: "warning", bad: "error", skipped: "skipped" } as const;
const MARKS = { good: "✔", warning: "⚠", bad: "✖", skipped: "-" } as const;
/** Of ECMA-48; `util.styleText` is not there in every Node that is too old and has to be told so. */
const COLOURS = { good: 32, warning: 33, bad: 31, skipped: 90 } as const;

function markOf({ status }: Diagnosis, decoration: Decoration): string {
	switch (decoration) {
		case "none":
			return WORDS[status].padEnd(7);
		case "marks":
			return MARKS[status];
		case "colours":
			return `\u001b[${COLOURS[status]}m${MARKS[status]}\u001b[39m`;
		default:
			return unreachable(decoration);
	}
}

/** What was found is broken at the width there is; what to type is left whole, to be copied. */
function linesOf(diagnosis: Diagnosis, request: RunRequest, say: Say, room = Number.POSITIVE_INFINITY): string[] {
	const broken = (what: string) => what.split("\n").flatMap((line) => breakLine(line, room));
	switch (diagnosis.status) {
		case "good":
		case "warning": {
			const { what, remedy } = messageOfSound(diagnosis, request, say);
			return [...broken(what), ...(remedy?.split("\n") ?? [])];
		}
		case "bad": {
			const { problems } = diagnosis;
			const told = problems.slice(0, MOST_PROBLEMS).map((problem) => messageOf(problem, say));
			const rest = problems.length - told.length;
			return [
				...told.flatMap(({ what, remedy }) => [...broken(what), ...(remedy ? remedy.split("\n") : [])]),
				...(rest > 0
					? [`and ${rest} more. To see them all: ${say(["doctor", ...wantedOf(request.options), "--json"].join(" "))}`]
					: []),
			];
		}
		case "skipped":
			return broken(`not looked at: it rests on "${diagnosis.needs}", which is not in order`);
		default:
			return unreachable(diagnosis);
	}
}

/** What was found, and what to do about it where that is not as it should be. */
function messageOfSound(
	{ status, found }: Extract<Diagnosis, { readonly found: Sound }>,
	request: RunRequest,
	say: Say,
): { readonly what: string; readonly remedy: string | null } {
	const words = SOUND[found.kind] as (fact: Sound, say: Say, request: RunRequest) => Message;
	const { what, remedy } = words(found, say, request);
	return { what: printable(what), remedy: status === "warning" && remedy !== undefined ? printable(remedy) : null };
}

function conclusionOf(diagnoses: readonly Diagnosis[]): string {
	const named = (wanted: Diagnosis["status"]) =>
		diagnoses.filter(({ status }) => status === wanted).map(({ check }) => check);
	const bad = named("bad");
	const warnings = named("warning").length;
	const beside = warnings === 0 ? "" : ` There ${warnings === 1 ? "is" : "are"} ${plural(warnings, "warning")}.`;
	return bad.length === 0
		? `Nothing would stop a run.${beside}`
		: `A run would be stopped by: ${bad.join(", ")}.${beside}`;
}

/** The words that ask for the same issues again. */
function wantedOf({ target, project }: RunRequest["options"]): string[] {
	return [
		...(target === undefined ? [] : [shellWord(target)]),
		...(project === undefined ? [] : ["--project", shellWord(project)]),
	];
}
