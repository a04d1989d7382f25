import { NAME_RULE } from "../../contract/names.ts";
import type { Place } from "../../contract/place.ts";
import type { Problem } from "../../contract/problem.ts";
import type { EveryTurn } from "../../contract/record.ts";
import { unreachable } from "../../engine/outcome.ts";
import { PACKAGE_ROOT } from "../../system/package-root.ts";
import { installCommand, listed, oneLine, plural, printable, shellWord } from "./format.ts";
import { holderWords, type Kinds, type Message, type Say } from "./say.ts";

const PROBLEMS: Kinds<Problem, Message, [Say]> = {
	usage: ({ message, nearest, task }, say) => ({
		what: message,
		remedy: didYouMean(nearest) ?? `See: ${say(task === undefined ? "--help" : `help ${task}`)}`,
	}),
	"unknown-task": ({ name, nearest }, say) => ({
		what: `There is no task or goal "${name}".`,
		remedy: didYouMean(nearest) ?? `To see them all: ${say("--list")}`,
	}),
	"unknown-target": ({ name, nearest }, say) => ({
		what: `"${name}" is neither a milestone nor the id of an issue.`,
		remedy: didYouMean(nearest) ?? `To see what there is: ${say("discover")}`,
	}),
	"unknown-issue": ({ name, milestone, nearest }, say) => ({
		what: milestone ? `Milestone ${milestone} has no issue "${name}".` : `There is no issue "${name}".`,
		remedy:
			didYouMean(nearest) ?? `To see what there is: ${say(milestone ? `plan ${shellWord(milestone)}` : "discover")}`,
	}),
	"unknown-project": ({ name, nearest }, say) => ({
		what: `No issue belongs to a project "${name}".`,
		remedy: didYouMean(nearest) ?? `To see what there is: ${say("discover")}`,
	}),
	"several-projects": ({ milestone, projects }) => ({
		what: `Milestone ${milestone} exists in several projects: ${listed(projects)}.`,
		remedy: `Say which one: --project ${shellWord(projects[0] ?? "")}`,
	}),
	"several-milestones": ({ name, milestones }) => ({
		what: `"${name}" could be any of these milestones: ${listed(milestones)}.`,
		remedy: "Type the full name of one.",
	}),
	"no-orchfile": ({ folder, nearest }, say) => ({
		what: `There is no orchfile.ts in ${folder}, nor above it up to the top of its repository.`,
		remedy: `${nearest.length > 0 ? `${didYouMean(nearest)} ` : ""}To have one written: ${say("init")}`,
	}),
	"orchfile-broken": ({ path, message, needsPackage }) => ({
		what: `${path} can't be loaded: ${message}`,
		remedy: needsPackage ? `Install what it imports: ${installCommand(PACKAGE_ROOT)}` : undefined,
	}),
	"orchfile-idle": ({ path }) => ({
		what: `${path} does nothing: it does not call main with its own address.`,
		remedy: "Let it end with: await main(graph, import.meta.url);",
	}),
	"folder-missing": ({ path }) => ({ what: `There is no folder ${path}.`, remedy: "Correct the path after -C." }),
	"program-missing": ({ name }) => ({
		what: `${name} was not found in any absolute folder of PATH.`,
		remedy: `Install ${name}, or add its folder to PATH.`,
	}),
	"git-too-old": ({ found, needed }) => ({
		what: `git is ${found}; ${needed} or later is needed.`,
		remedy: "Update git.",
	}),
	"node-too-old": ({ found, needed }) => ({
		what: `Node is ${found}; ${needed} or later is needed.`,
		remedy: "Update Node, or use a version manager: nvm install --lts",
	}),
	"not-a-repository": ({ path, detail }) => ({
		what: detail ? `git can't use the repository at ${path}: ${detail}` : `${path} is not in a git repository.`,
		remedy: detail ? undefined : "Go to one, or name one with -C DIR.",
	}),
	"bare-repository": ({ path }) => ({
		what: `${path} is a bare repository: there are no documents to read in it.`,
		remedy: `Work in a clone: git clone ${shellWord(path)}`,
	}),
	"no-commits": ({ path }, say) => ({
		what: `The repository ${path} has no commit yet, so there is nothing a branch could start from.`,
		remedy: `Make one: ${say.git("add -A")} && ${say.git("commit")}`,
	}),
	"detached-head": ({ commit }, say) => ({
		what: `HEAD is detached at ${commit.slice(0, 12)}, so there is no branch to start from.`,
		remedy: `Name one with --base BRANCH, or check one out: ${say.git("switch BRANCH")}`,
	}),
	"unknown-base": ({ name, nearest }, say) => ({
		what: `There is no branch or commit "${name}" to start from.`,
		remedy: didYouMean(nearest) ?? `To see the branches: ${say.git("branch --all")}`,
	}),
	"no-identity": () => ({
		what: "git does not know who makes the commits.",
		remedy:
			'Tell it: git config --global user.name "Your Name"\n          git config --global user.email you@example.com',
	}),
	"relative-filter": ({ key, command, scope }, say) => ({
		what: `git's setting ${key} would run a file that agents can write, outside of their sandbox: ${command}`,
		remedy: `Name a file outside of the repository by its absolute path, or take it out: ${say.git(`config --${scope} --unset-all ${shellWord(key)}`)}`,
	}),
	"layout-invalid": ({ key, value, expected }) => ({
		what: `The orchfile's layout.${key} is ${value}; expected ${expected}.`,
	}),
	"no-documents": ({ folder, pattern }) => ({
		what: `There is no issue document: no file is called ${folder}/${pattern}.`,
		remedy: "Write one; the README shows the front matter it needs.",
	}),
	"document-invalid": ({ file, line, what, expected }) => ({
		what: `${file}:${line}: ${what}; expected ${expected === NAME_RULE ? NAME_RULE : expected}.`,
	}),
	"duplicate-id": ({ ids, files }) => ({
		what: `${ids.length === 1 ? `The id ${ids[0]} stands` : `The ids ${ids.join(" and ")} stand`} in ${files.length} documents:\n${files.map((file) => `  ${file}`).join("\n")}`,
		remedy: "Give each issue an id of its own (ids that differ by case only are the same folder on some disks).",
	}),
	"unknown-blocker": ({ file, key, id, nearest }) => ({
		what: `${file}: ${key} names ${id}, and there is no such issue.`,
		remedy: didYouMean(nearest) ?? "Correct the id, or take it out.",
	}),
	"blocker-cycle": ({ ids, files }) => ({
		what: `Issues wait for each other: ${ids.join(" ← ")}\n${[...new Set(files)].map((file) => `  ${file}`).join("\n")}`,
		remedy: "Take one of the blocked_by (or blocked) entries out.",
	}),
	"document-not-committed": ({ file, base, state, elsewhere }, say) => ({
		what: `${file} ${state === "missing" ? "is not" : "differs from what is"} committed on ${base}: the agent would not see it as it stands.`,
		remedy: elsewhere
			? `Commit it on ${base}, or start from the branch that has it: --base ${shellWord(elsewhere)}`
			: `Commit it: ${say.git(`add ${shellWord(file)}`)} && ${say.git(`commit -m "Add issue" -- ${shellWord(file)}`)}`,
	}),
	"document-gone": ({ file, branch }, say) => ({
		what: `${file} is not in the worktree: the branch ${branch} has lost it.`,
		remedy: `To see where: ${say.git(`log --oneline ${shellWord(branch)} -- ${shellWord(file)}`)}`,
	}),
	"runner-unavailable": ({ check, summary, remedy }) => ({
		what: `The agent can't run (${check}): ${summary}.`,
		remedy: [
			checkWords(check, summary) ?? remedy ?? "To see more: npx codex doctor",
			...namespaceWords(check, summary),
		].join("\n"),
	}),
	"place-writable": ({ what, path, folder }) => ({
		what: `${PLACES[what]} (${path}) lies in ${folder}, which an agent of this run may write to.`,
		remedy: "Move it out of there.",
	}),
	"prompt-missing": ({ file }) => ({ what: `There is no ${file}, neither in the repository nor in the package.` }),
	"prompt-invalid": ({ file, expected }) => ({
		what: `${file} can't be used: it has no line ${expected}, where the fields of the answer go.`,
		remedy: "Add that line, or remove the file to use the prompt of the package.",
	}),
	"branch-not-on-base": ({ branch, base }, say) => ({
		what: `The branch ${branch} exists, and does not contain all of ${base}.`,
		remedy: updateOrPutAside(branch, base, say),
	}),
	"base-conflicts": ({ branch, base, files }, say) => ({
		what: `The branch ${branch} and ${base} both changed ${listed(files)}: they can't be merged without you.`,
		remedy: updateOrPutAside(branch, base, say),
	}),
	"stack-conflicts": ({ branch, blocker, merged, files }, say) => ({
		what: `${branch} needs ${[...merged, blocker].join(" and ")} together, and both changed ${listed(files)}.`,
		remedy: `Merge one into the other: ${say.git(`switch ${shellWord(blocker)}`)} && ${say.git(`merge ${shellWord(merged[0] ?? branch)}`)}`,
	}),
	"branch-checked-out": ({ branch, path }) => ({
		what: `The branch ${branch} is checked out in ${path}.`,
		remedy: `Leave it there: git -C ${shellWord(path)} switch --detach`,
	}),
	"branch-in-the-way": ({ branch, existing }, say) => ({
		what: `The branch ${branch} can't be created: a branch named "${existing}" is in its way.`,
		remedy: `Rename that: ${say.git(`branch -m ${shellWord(existing)} ${shellWord(`${existing}-old`)}`)}`,
	}),
	"issue-locked": ({ issue, holder, isUncertain, ref, blob }, say) => ({
		what: holder
			? `${issue} is being worked on by another run: ${holderWords(holder)}.`
			: `${issue} is locked by ${ref}, which was not written by this program.`,
		remedy: isUncertain
			? `Whether that run still runs can't be seen from here. If it does not: ${say.git(`update-ref -d ${ref} ${blob}`)}`
			: `Wait for it, or stop it: kill ${holder?.pid}`,
	}),
	"worktree-in-the-way": ({ path }) => ({
		what: `${path} exists and is no worktree of this repository.`,
		remedy: `Move it away: mv ${shellWord(path)} ${shellWord(`${path}.old`)}`,
	}),
	"repository-tampered": ({ files }) => ({
		what: `Files that decide what git runs were changed after an agent with access to them had started: ${listed(files)}. git was not run again, nothing was committed, and the worktrees are kept.`,
		remedy: `Before you type any other command, look at what they say now: cat ${shellWord(files[0] ?? "")}`,
	}),
	"worktree-tampered": (problem, say) => ({
		what: `The worktree ${problem.path} is not as it was made: ${problem.detail}. Nothing was committed; it is kept.`,
		remedy: [`Look at it: ls -la ${shellWord(problem.path)}`, ...mendings(problem, say)].join("\n"),
	}),
	"nested-repository": ({ path, nested, submodules, issue }, say) => ({
		what: `The worktree ${path} holds ${[
			...(nested.length > 0 ? [`a git repository of its own: ${listed(nested)}`] : []),
			...(submodules.length > 0
				? [`work in the folder of a submodule, which git passes over: ${listed(submodules)}`]
				: []),
		].join("; ")}. Nothing was committed; it is kept.`,
		remedy: [
			...nested.map((each) => `Remove its .git: rm -rf ${shellWord(`${path}/${each.replace(/\/$/, "")}/.git`)}`),
			...submodules.map((each) => {
				const folder = `${path}/${each}`;
				const move = `mv ${shellWord(folder)} ${shellWord(`${folder}-found`)} && mkdir ${shellWord(folder)}`;
				return `Move that, without a .git: rm -rf ${shellWord(`${folder}/.git`)} && ${move}`;
			}),
			`then: ${say.save(issue)}`,
		].join("\n"),
	}),
	"work-unreadable": ({ issue, path, files }, say) => ({
		what: `The worktree ${path} holds what can't be read: ${listed(files)}. Nothing was committed; it is kept.`,
		remedy: `Make it readable: chmod -R u+rwX ${files.map((file) => shellWord(`${path}/${file}`)).join(" ")}\nthen: ${say.save(issue)}`,
	}),
	"work-ignored": ({ issue, path, files }, say) => ({
		what: `In ${path}, what only rules ignore that the base does not have is on no branch: ${listed(files)}. The worktree is kept.`,
		remedy: [
			`Where it is to be kept, correct the .gitignore there, then: ${say.save(issue)}`,
			`Where it is not: ${say.git(`worktree remove ${shellWord(path)}`)}`,
		].join("\n"),
	}),
	"copied-not-ignored": ({ issue, path, files }, say) => ({
		what: `In ${path}, what was copied there from your checkout is not ignored any more, and would be committed: ${listed(files)}. Nothing was committed; it is kept.`,
		remedy: [
			`Have it ignored again in the .gitignore there, or take it out: ${files.length > 5 ? `git -C ${shellWord(path)} clean -n` : `rm ${files.map((file) => shellWord(`${path}/${file}`)).join(" ")}`}`,
			`then: ${say.save(issue)}`,
		].join("\n"),
	}),
	"set-up-failed": ({ issue, command, exitCode, signal, limit, lines, log }, say) => {
		const how =
			limit !== undefined
				? `was still running after ${time(limit)}`
				: exitCode === null
					? `was ended by ${signal ?? "a signal"}`
					: `ended with exit code ${exitCode}`;
		const printed = lines.map((line) => `\n  ${oneLine(line, 300)}`).join("");
		const again = say.goal(issue);
		return {
			what: `The worktree of ${issue} could not be set up: \`${oneLine(command)}\` ${how}. No agent was started.${printed}`,
			remedy: `Log: ${log}\n${limit === undefined ? `To run it again: ${again}` : `To go on with twice as much: ${again} --timeout ${time(2 * limit)}`}`,
		};
	},
	"set-up-not-ignored": ({ issue, command, files }, say) => ({
		what: `\`${oneLine(command)}\` changed what git does not ignore in the worktree of ${issue}, and it would be committed as the agent's work: ${listed(files)}. No agent was started.`,
		remedy: `Have the command leave that alone (as \`npm ci\` does, where \`npm install\` does not), or ignore it on the base, then: ${say.goal(issue)}`,
	}),
	"worktree-locked": ({ path, reason }, say) => ({
		what: `The worktree ${path} is locked${reason ? ` (${reason})` : ""}. It is kept.`,
		remedy: `Unlock it: ${say.git(`worktree unlock ${shellWord(path)}`)}`,
	}),
	"worktree-not-removed": ({ path, detail }) => ({
		what: `git did not remove the worktree ${path}: ${detail}`,
		remedy: `Look at it: git -C ${shellWord(path)} status`,
	}),
	"work-not-persisted": ({ issue, path, files }, say) => ({
		what:
			files.length > 0
				? `${plural(files.length, "file")} in ${path} not committed yet: ${listed(files)}. The worktree is kept.`
				: `The last attempt in ${path} is not persisted yet. The worktree is kept.`,
		remedy: `Commit it: ${say.save(issue)}`,
	}),
	"nothing-recorded": ({ issue, path }) => ({
		what: `${path} has changes, but no phase has run on ${issue} that they could belong to.`,
		remedy: `Commit them yourself: git -C ${shellWord(path)} add -A && git -C ${shellWord(path)} commit`,
	}),
	"git-failed": ({ command, exitCode, stderr }) => ({
		what: `\`${oneLine(command)}\` failed${exitCode === null ? "" : ` (exit code ${exitCode})`}: ${stderr}`,
	}),
	"disk-full": ({ path }) => ({
		what: `There is no space left for ${path}.`,
		remedy: "Free some, then type the same command again.",
	}),
	"disk-low": ({ path, free, needed }) => ({
		what: `${path} is on a disk with ${size(free)} left; a run that fills it up would be broken off. Wanted are ${size(needed)}.`,
		remedy: "Free some, or ask for less: --min-free 50M",
	}),
	"worktrees-too-large": ({ path, free, worktree, jobs, minFree }) => {
		const most = Math.floor((free - minFree) / worktree);
		const fewer = most < 1 ? "" : `, or work on fewer issues at once: -j ${most}`;
		return {
			what: `${path} is on a disk with ${size(free)} left; ${plural(jobs, "worktree")} of ${size(worktree)}${jobs > 1 ? " each" : ""} and ${size(minFree)} to spare (--min-free) don't fit.`,
			remedy: `Free some${fewer}`,
		};
	},
	"worktrees-unsupported": ({ folder, detail }) => ({
		what: `git can't work with worktrees where they would lie, in ${folder}: ${detail}`,
		remedy: "Move the repository to another disk.",
	}),
	"folder-unwritable": ({ path, message }) => ({
		what: `Nothing can be written in ${path}: ${UNWRITABLE[message] ?? message}.`,
		remedy: `To see what it is, and whose: ls -ld ${shellWord(path)}`,
	}),
	unexpected: ({ message }) => ({ what: `It could not be found out: ${message}` }),
	defect: ({ message }) => ({ what: `It broke off: ${oneLine(message, 300)}` }),
	"file-unreadable": ({ path, message }) => ({ what: `${path} can't be read: ${message}` }),
	"file-unwritable": ({ path, message }) => ({ what: `${path} can't be written: ${message}` }),
	"report-unwritable": ({ path, message }) => ({
		what: `The report ${path} can't be written: ${message}.`,
		remedy: "Name a file that can: --report-junit FILE",
	}),
	"record-invalid": ({ path, message }) => ({
		what: `${path} is no record of an attempt: ${message}`,
		remedy: `Put it aside: mv ${shellWord(path)} ${shellWord(`${path}.broken`)}`,
	}),
	refused: ({ message, remedy }) => ({ what: message, remedy }),
	attempt: ({ record, logDir, everyTurn, limit }, say) => {
		const details = record.details.map((detail) => `\n  ${oneLine(detail, 300)}`).join("");
		const what = `${record.issueId} ${record.outcome}${record.reason ? `: ${record.reason}` : ""}${details}`;
		if (everyTurn) return { what, remedy: EVERY_TURN[everyTurn] };
		const again = say.goal(record.issueId);
		if (record.outcome === "deferred")
			return { what, remedy: `Answer in the issue's document, commit it, then: ${again}` };
		const log = `Log: ${logDir}`;
		if (!limit) return { what, remedy: `${log}\nTo run it again: ${again}` };
		const more = limit.name === "max-tokens" ? tokens(2 * limit.value) : time(2 * limit.value);
		return { what, remedy: `${log}\nTo go on with twice as much: ${again} --${limit.name} ${more}` };
	},
};

/** The sentences for a problem. */
export function messageOf(problem: Problem, say: Say): Message {
	const words = PROBLEMS[problem.kind] as ((fact: Problem, say: Say) => Message) | undefined;
	// A record may tell of a problem that another version of this program had.
	const { what, remedy } = words?.(problem, say) ?? { what: problem.kind };
	// Names of files and words of git or of an agent could command a terminal.
	return { what: printable(what), remedy: remedy === undefined ? undefined : printable(remedy) };
}

/** A problem as a person reads it: what, then what to do. */
export function paragraphOf(problem: Problem, say: Say): string {
	const { what, remedy } = messageOf(problem, say);
	return [what, ...(remedy ? remedy.split("\n").map((line) => `  ${line}`) : [])].join("\n");
}

/** How a worktree is made usable again with everything that is in it. */
function mendings(
	{ wrong, path, gitDir, branch, issue }: Extract<Problem, { readonly kind: "worktree-tampered" }>,
	say: Say,
): string[] {
	const persist = `then commit what is in it: ${say.save(issue)}`;
	switch (wrong) {
		case "pointer-replaced":
			return [
				`Put what stands there aside: mv ${shellWord(`${path}/.git`)} ${shellWord(`${path}.git-found`)}`,
				`and have the pointer made anew: ${say.git("worktree repair")}`,
				persist,
			];
		case "pointer-missing":
			return [`Have the pointer made anew: ${say.git("worktree repair")}`, persist];
		case "administration":
			return [`Have it known again: ${say.git(`worktree repair ${shellWord(path)}`)}`, persist];
		case "head": {
			const back = `git --git-dir=${shellWord(gitDir)} symbolic-ref HEAD refs/heads/${branch}`;
			return [`Put it back on its branch, with its files as they are: ${back}`, persist];
		}
		default:
			return unreachable(wrong);
	}
}

function updateOrPutAside(branch: string, base: string, say: Say): string {
	const rebase = `${say.git(`rebase ${shellWord(base)} ${shellWord(branch)}`)} && ${say.git(`switch ${shellWord(base)}`)}`;
	return `Bring it up to date: ${rebase}\n     or put it aside: ${say.git(`branch -m ${shellWord(branch)} ${shellWord(`old/${branch}`)}`)}`;
}

const PLACES: Readonly<Record<Place["what"], string>> = {
	repository: "The repository",
	"git-folder": "The repository's git folder",
	logs: "The repository's log folder",
	"temporary-folder": "The folder for temporary files",
	worktree: "The worktree",
	"runner-home": "CODEX_HOME",
	program: "The Codex program",
};

/** The system's codes, in words. */
const UNWRITABLE: Readonly<Record<string, string>> = {
	EACCES: "you may not",
	EPERM: "you may not",
	EROFS: "the disk is read-only",
	ENOENT: "it is a link that leads nowhere",
	ELOOP: "it is a link that leads to itself",
};

/** What to type where a check of Codex fails. */
const CHECKS: Readonly<Record<string, string>> = {
	"auth.credentials": "Set OPENAI_API_KEY, or type: npx codex login",
	// The doctor does not try it.
	sandbox: "To see it fail: npx codex sandbox -- true",
};

function checkWords(check: string, summary: string): string | undefined {
	if (check === "auth.credentials" && summary.includes("env var")) {
		return "Set the variable that the provider's `env_key` in Codex's config.toml names.";
	}
	return CHECKS[check];
}

/** What lets a sandbox start where namespaces are denied, as they are in most containers. */
function namespaceWords(check: string, summary: string): string[] {
	if (check !== "sandbox" || !/namespace|bwrap/i.test(summary)) return [];
	return [
		"Codex's sandbox needs user namespaces. In a container, start that with:",
		"--cap-add SYS_ADMIN --security-opt seccomp=unconfined --security-opt apparmor=unconfined",
		"On the machine itself: sudo sysctl kernel.unprivileged_userns_clone=1   (Ubuntu: kernel.apparmor_restrict_unprivileged_userns=0)",
	];
}

const EVERY_TURN: Readonly<Record<EveryTurn, string>> = {
	credentials: "Every further issue would meet the same. Set OPENAI_API_KEY, or log in: npx codex login",
	quota: "Every further issue would meet the same. Wait for the quota to be renewed, or raise it.",
	unreachable: "Every further issue would meet the same. Check the network: npx codex doctor",
};

/** Bytes as `--min-free` takes them. */
export function size(bytes: number): string {
	const megabytes = bytes / 2 ** 20;
	return megabytes < 1024 ? `${Math.floor(megabytes)}M` : `${(megabytes / 1024).toFixed(1)}G`;
}

/** Milliseconds as `--timeout` takes them. */
function time(ms: number): string {
	const [unit, length] = (
		[
			["h", 3_600_000],
			["m", 60_000],
			["s", 1000],
		] as const
	).find(([, each]) => ms % each === 0) ?? ["ms", 1];
	return `${ms / length}${unit}`;
}

/** Tokens as `--max-tokens` takes them. */
function tokens(number: number): string {
	if (number % 1_000_000 === 0) return `${number / 1_000_000}M`;
	return number % 1000 === 0 ? `${number / 1000}k` : String(Math.round(number));
}

function didYouMean(nearest: readonly string[] | undefined): string | undefined {
	return nearest && nearest.length > 0 ? `Did you mean ${nearest.map((each) => `"${each}"`).join(" or ")}?` : undefined;
}
