import type { GitProblem, Refused } from "../../../contract/problems/git.ts";
import { bringFilter } from "../filter-words.ts";
import { oneLine, shellWord } from "../format.ts";
import type { Kinds, Message, Say } from "../say.ts";

/** The words for each GitProblem. */
export const GIT: Kinds<GitProblem, Message, [Say]> = {
	"lock-file": (problem, say) => ({
		what: `${problem.path} keeps git from writing: another git is at work, or one was killed and left it.${kept(problem)}`,
		remedy: then(`Once no other one is at work here: rm -f ${shellWord(problem.path)}`, problem, say),
	}),
	"not-signed": (problem, say) => ({
		what: `git could not sign the commit in ${problem.path}, as commit.gpgSign asks for: ${oneLine(problem.detail, 300)}.${kept(problem)}`,
		remedy: then(
			`To see with what it signs: ${say.git('config --show-origin --get-regexp "^(gpg|user\\.signingkey)"')}\nMend that, or commit without signing: ${say.git("config commit.gpgSign false")}`,
			problem,
			say,
		),
	}),
	"ref-blocked": (problem, say) => ({
		what: `git can't write ${problem.ref}: ${problem.path} is in its way, and holds no branch.${kept(problem)}`,
		remedy: then(`Put it aside: mv ${shellWord(problem.path)} ${shellWord(asideOf(problem.path))}`, problem, say),
	}),
	"git-unwritable": (problem, say) => ({
		what: `git can't write to ${problem.path}: ${problem.detail}.${kept(problem)}`,
		remedy: then(
			problem.isOwn
				? `Make it writable: chmod -R u+rwX ${shellWord(problem.path)}`
				: `To see whose it is: ls -ld ${shellWord(problem.path)}`,
			problem,
			say,
		),
	}),
	"file-refused": (problem, say) => ({
		what: `git does not take the file ${problem.file} in ${problem.path}: ${oneLine(problem.detail, 300)}. Nothing was committed.${kept(problem)}`,
		remedy: then(
			`Correct it, or give it another name: mv ${shellWord(`${problem.path}/${problem.part}`)} ${shellWord(`${problem.path}/${renamed(problem.part)}`)}`,
			problem,
			say,
		),
	}),
	"filter-failed": (problem, say) => ({
		what: `The filter${problem.filter ? ` ${oneLine(problem.filter)}` : ""} that git runs on ${problem.file ? `the file ${oneLine(problem.file)}` : "files"} has failed in ${problem.path}: ${oneLine(problem.detail, 300)}. Nothing was checked out or committed unfiltered.${kept(problem)}`,
		remedy: then(
			problem.program
				? `Install ${oneLine(problem.program)}, or put it on PATH. ${bringFilter("", true, say)}`
				: bringFilter(problem.filter ?? "", true, say),
			problem,
			say,
		),
	}),
	"path-too-long": (problem, say) => ({
		what: `In ${problem.path} lie files whose names, with all their folders, are too long for git, below ${oneLine(problem.folder)}. Nothing was committed.${kept(problem)}`,
		remedy: then(
			`Move what is in there further up: mv ${shellWord(`${problem.path}/${problem.folder}`)} ${shellWord(`${problem.path}/moved-up`)}`,
			problem,
			say,
		),
	}),
	"index-broken": (problem, say) => ({
		what: `git can't read the index of ${problem.path}: ${problem.index} is damaged.${kept(problem)}`,
		remedy: then(
			`Have it made anew, which leaves all files as they are: mv ${shellWord(problem.index)} ${shellWord(`${problem.index}.broken`)} && git -C ${shellWord(problem.path)} reset -q`,
			problem,
			say,
		),
	}),
	"object-damaged": (problem, say) => ({
		what: `The repository at ${problem.path} lacks what it should hold: ${oneLine(problem.detail, 300)}.${kept(problem)}`,
		remedy: then(
			[
				...(problem.file === undefined
					? []
					: [`Put the damaged file aside: mv ${shellWord(problem.file)} ${shellWord(`${problem.file}.broken`)}`]),
				problem.remote === undefined
					? `Bring it from a clone that has it: ${say.git("fetch --refetch CLONE")}`
					: `Bring it again: ${say.git(`fetch --refetch ${shellWord(problem.remote)}`)}`,
			].join("\n"),
			problem,
			say,
		),
	}),
	"objects-unfetched": (problem, say) => ({
		what: `The clone at ${problem.path} is partial, and lacks files that this needs. A run fetches nothing.${kept(problem)}`,
		// What needs them fetches them, where a person types it.
		remedy: then(
			`Fetch them: ${say.git(problem.broughtBy?.map(shellWord).join(" ") ?? "fetch --refetch --no-filter")}`,
			problem,
			say,
		),
	}),
	"config-broken": (problem, say) => ({
		what: `git can't read its settings: ${settingOf(problem)}.${kept(problem)}`,
		remedy: then(mendSetting(problem, say), problem, say),
	}),
	"identity-lost": (problem, say) => ({
		what: `git does not know any more who makes the commits in ${problem.path}.${kept(problem)}`,
		remedy: then(
			'Tell it: git config --global user.name "Your Name" && git config --global user.email you@example.com',
			problem,
			say,
		),
	}),
	"git-failed": (problem, say) => ({
		what: `In ${problem.path}, \`${oneLine(problem.command)}\` failed${problem.exitCode === null ? "" : ` (exit code ${problem.exitCode})`}: ${problem.stderr}${kept(problem)}`,
		remedy: then("", problem, say),
	}),
};

function kept({ worktree }: Refused): string {
	return worktree === undefined ? "" : ` The worktree ${worktree} is kept.`;
}

/** What is to be mended, and what goes on from there. */
function then(mend: string, { issue, next }: Refused, say: Say): string {
	const command = issue === undefined ? undefined : next === "save" ? say.save(issue) : say.goal(issue);
	if (mend === "") return command === undefined ? "Type the same command again." : `To try it again: ${command}`;
	return `${mend}\n${command === undefined ? "then type the same command again." : `then: ${command}`}`;
}

type Setting = Extract<GitProblem, { readonly kind: "config-broken" }>;

function settingOf({ file, line, key }: Setting): string {
	const place = file === undefined ? "" : `line ${line} of ${file}`;
	return key === undefined
		? `${place} is none`
		: `${place ? `${place} gives ` : ""}${key} ${place ? "" : "has "}a value that is none`;
}

function mendSetting({ file, key }: Setting, say: Say): string {
	if (file === undefined)
		return `Take it out, with --global where it stands there: ${say.git(`config --unset-all ${shellWord(key ?? "")}`)}`;
	return key === undefined
		? `Correct that line; to see it: cat -n ${shellWord(file)}`
		: `Correct it, or take it out: ${say.git(`config --file ${shellWord(file)} --unset-all ${shellWord(key)}`)}`;
}

/** Beside git's folder of refs, in which every file is taken for one. */
function asideOf(path: string): string {
	const at = path.indexOf("/refs/");
	return at === -1 ? `${path}.found` : `${path.slice(0, at)}/found-${path.slice(at + 1).replaceAll("/", "-")}`;
}

/** A name that git takes, in the same folder. */
function renamed(file: string): string {
	const at = file.lastIndexOf("/") + 1;
	return `${file.slice(0, at)}${file.slice(at).replace(/[~:\u200b-\u200f\u202a-\u202e\u206a-\u206f\ufeff]|^\.+/g, "")}-renamed`;
}
