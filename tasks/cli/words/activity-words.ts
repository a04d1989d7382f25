import type { Activity, FurtherTrial, Note } from "../../contract/activity.ts";
import type { Withdrawn } from "../../contract/standing.ts";
import { unquoted } from "../shell/shell-words.ts";
import { bringFilter } from "./filter-words.ts";
import { count, listed, oneLine, plural, printable } from "./format.ts";
import { heldLine } from "./held-words.ts";
import { messageOf, paragraphOf } from "./problem-words.ts";
import { holderWords, type Kinds, type Say } from "./say.ts";
import { waitingWords } from "./waiting-words.ts";

/** What each option that opens the closed environment gives up. */
const OPENED: Readonly<Record<Extract<Note, { kind: "note-opened" }>["what"], (names: readonly string[]) => string>> = {
	network: () =>
		"--network: the agents' commands reach the network and this machine's own services, and can send away what they can read.",
	env: (names) =>
		`--env: the agents' commands are given ${listed(names, 20)}; what they print of it ends up in the logs and at the provider.`,
	"git-access": () =>
		"--git-access: the agents may write the repository's git folder, so they can commit, and could change its configuration and any branch.",
};

const WITHDRAWN: Kinds<Withdrawn, string> = {
	"document-removed": ({ file }) => `${file} was removed`,
	closed: ({ state }) => `its document was set to ${state}`,
	"held-back": ({ state }) => `its document was set to ${oneLine(state, 40)}, which is not for an agent,`,
	moved: ({ to }) => `its document was moved to ${to}`,
};

const NOTES: Kinds<Note, string, [Say]> = {
	"note-base": ({ base: { name, commit } }) => `Issue branches start from ${name} (${commit.slice(0, 10)}).`,
	"note-logs-moved": ({ from, to, issues }) =>
		`The records of ${listed(issues)} lay in ${from}; they are in ${to} now, where every checkout of this repository has them.`,
	"note-logs-not-moved": ({ from, to, messages }) =>
		`Records in ${from} are left out here: they could not be moved to ${to}, where every checkout of this repository has them (${listed(messages, 3)}). Once they can, any command moves them.`,
	"note-broken-elsewhere": ({ problems }, say) =>
		`${plural(problems.length, "fault")} in documents that this run does not rest on. To see what is wrong: ${say("check")}`,
	"note-documents-skipped": ({ files }) =>
		`${plural(files.length, "document")} without front matter skipped: ${listed(files)}`,
	"note-documents-lost": ({ problems }, say) =>
		`${plural(problems.length, "document")} left out that ${problems.length === 1 ? "looks" : "look"} like an issue and can't be read as one: ${listed(problems.flatMap((each) => (each.kind === "document-invalid" ? [`${each.file}:${each.line}`] : [])))}. To see why: ${say("check")}`,
	"note-issues-closed": ({ ids }) => `Not run, since their documents say they are closed: ${listed(ids, 20)}`,
	"note-issues-held": ({ issues }) => heldLine(issues),
	"note-withdrawn": ({ withdrawn }) =>
		`${withdrawn.issue}: not run, since ${WITHDRAWN[withdrawn.kind](withdrawn as never)} on ${withdrawn.base} since this run began.`,
	"note-local-changes": ({ files }) =>
		`The agents won't see what is not committed in the checkout (${plural(files.length, "path")}): ${listed(files, 3)}`,
	"note-lock-taken-over": ({ issue, holder, processes }) =>
		`${issue}: taken over from a run that is dead: ${holderWords(holder)}.${processes > 0 ? ` What it had left running (${processes}) was ended.` : ""}`,
	"note-leftovers-repaired": ({ issue, paths }) =>
		`${issue}: removed what a killed run had left half-done: ${listed(paths)}`,
	"note-not-copied": ({ issue, base, notIgnored, leadsOut }) =>
		[
			...(notIgnored.length > 0 ? [`what ${base} or its branch does not ignore: ${listed(notIgnored)}`] : []),
			...(leadsOut.length > 0 ? [`what leads out of the repository: ${listed(leadsOut)}`] : []),
		]
			.map((what) => `${issue}: not copied, although .worktreeinclude names it: ${what}`)
			.join("\n"),
	"note-submodules-empty": ({ base, paths }, say) =>
		`Submodules of ${base} that your clone does not hold stay empty in worktrees, unless a set-up fills them: ${listed(paths)}\nTo have them: ${say.git("submodule update --init --recursive")}`,
	"note-filters-undefined": ({ base, filters }, say) =>
		[
			`No setting defines ${filters.map(({ name, file }) => `the filter ${name}, which ${file} asks for`).join(", nor ")}: such files of ${base} are checked out and committed as they are`,
			...filters.map(({ name }) => bringFilter(name, false, say)),
		].join("\n"),
	"note-work-ignored": ({ problem }, say) => `${problem.issue}: ${paragraphOf(problem, say)}`,
	"note-opened": ({ what, names }) => OPENED[what](names),
	"note-runner-warns": ({ warnings }) => warnings.join("\n"),
	"note-no-confinement": ({ problem }, say) => {
		const { what, remedy } = messageOf(problem, say);
		return `${what} None of them is run, which is never a pass. ${remedy ?? ""}`.trim();
	},
	"note-no-sockets": () => `The agents' sandbox can't be completed here: ${NO_SOCKETS}.`,
	"note-hooks-skipped": ({ hooks }) => `Repository hooks are not run on the commits made here: ${listed(hooks)}`,
};

/** What commands that can open no socket can't do. */
export const NO_SOCKETS =
	"their commands can open no socket, not even on 127.0.0.1, so tests that start a server fail, and those that run a program with input";

const ACTIVITIES: Kinds<Exclude<Activity, Note>, string> = {
	command: ({ command, trial }) => `${trial ? `${TRIALS[trial]}: ` : ""}$ ${unwrapShell(command)}`,
	output: ({ lines }) => lines.at(-1) ?? "",
	// The last message is the answer; the table has what it says.
	message: ({ text }) => (text.startsWith("{") ? "gives its answer" : text),
	merging: ({ branch }) => `merges ${branch}`,
	files: ({ paths }) => `changes ${listed(paths, 3)}`,
	tool: ({ name }) => `uses ${name}`,
	warning: ({ text }) => `warning: ${text}`,
	waiting: ({ until }) => (until === null ? "goes on" : waitingWords(Date.parse(until), Date.now())),
	usage: ({ usage }) => `${count(usage.inputTokens + usage.outputTokens)} tokens`,
};

/** A note, as one paragraph. */
export function noteOf(note: Note, say: Say): string {
	return printable((NOTES[note.kind] as (fact: Note, say: Say) => string)(note, say));
}

/** What a task is doing, as one line. */
export function activityLine(activity: Exclude<Activity, Note>, width?: number): string {
	return oneLine((ACTIVITIES[activity.kind] as (fact: Activity) => string)(activity), width);
}

/** Notes for who wants to see everything: what stays as it is from run to run, and `check` or `doctor` tells of. */
const ASIDE = new Set<string>(["note-documents-skipped", "note-hooks-skipped"] satisfies Note["kind"][]);

/** True for a note that is said in a run with everything only. */
export function isAside({ kind }: Note): boolean {
	return ASIDE.has(kind);
}

/** What a command printed, a line each: set off, so that it is taken for nothing of ours. */
export function outputLines({ lines, isCut, exitCode }: Extract<Activity, { kind: "output" }>): string[] {
	return [
		...(isCut ? ["| … what came before is in the log"] : []),
		...lines.map((line) => `| ${oneLine(line)}`),
		...(exitCode === undefined ? [] : [`| exit code ${exitCode}`]),
	];
}

/** True for an activity that is to be said once and kept. */
export function isNote(activity: { readonly kind: string }): activity is Note {
	return activity.kind in NOTES;
}

/** Why a check is run once more. */
const TRIALS: Readonly<Record<FurtherTrial, string>> = {
	base: "on the base",
	again: "once more",
	weakened: "with the checks of the base",
	"weakened-again": "with the checks of the base, once more",
	unmixed: "with the checks of the base, but for what the work may need",
	"unmixed-again": "with the checks of the base, but for what the work may need, once more",
	"old-tests": "with the tests of the base",
	proof: "new tests on the base",
};

/** Codex runs every command through a shell; what the agent meant is its last argument. */
function unwrapShell(command: string): string {
	const [, argument = ""] = /^\S*(?:ba|z)?sh -l?c ([\s\S]*)$/.exec(command) ?? [];
	return unquoted(argument) ?? command;
}
