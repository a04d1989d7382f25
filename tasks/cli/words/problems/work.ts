import type { SubmoduleWork, UnderWay, WorkProblem } from "../../../contract/problems/work.ts";
import { listed, oneLine, plural, shellWord } from "../format.ts";
import type { Kinds, Message, Say } from "../say.ts";
import { makeKnown } from "./worktree.ts";

/** The words for each WorkProblem. */
export const WORK: Kinds<WorkProblem, Message, [Say]> = {
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
	"submodule-work": ({ issue, path, branch, submodules }, say) => ({
		what: `In ${path}, ${submodules.map(inSubmodule).join("; ")}. A submodule is a repository of its own: what is committed there is yours to decide. Nothing was committed; the worktree is kept.`,
		remedy: [...submodules.flatMap((each) => waysOut(each, path, branch, issue)), `then: ${say.save(issue)}`].join(
			"\n",
		),
	}),
	"submodule-commits": ({ issue, path, branch, orphans }, say) => ({
		what: `The folder ${path} is gone, and what was committed in its submodules is only in ${listed(orphans.map(({ gitDir }) => gitDir))}.`,
		remedy: [
			...orphans.flatMap(({ gitDir, tips, source }) =>
				tips.map(({ ref }, at) => {
					// Its own folder is gone, and git would go there.
					const git = `git --git-dir=${shellWord(gitDir)} --work-tree=.`;
					const name = `${branch}${at === 0 ? "" : `-${at + 1}`}`;
					return source === undefined
						? `To look at it: ${git} log ${shellWord(ref)}`
						: `To have it in the clone: ${git} push ${shellWord(source)} ${shellWord(`${ref}:refs/heads/${name}`)}`;
				}),
			),
			`then: ${say.goal(issue)}`,
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
	"work-not-persisted": ({ issue, path, files }, say) => ({
		what:
			files.length > 0
				? `${plural(files.length, "file")} in ${path} not committed yet: ${listed(files)}. The worktree is kept.`
				: `The last attempt in ${path} is not persisted yet. The worktree is kept.`,
		remedy: `${files.length > 0 ? "Commit" : "Persist"} it: ${say.save(issue)}`,
	}),
	"work-under-way": ({ issue, path, underWay, files }, say) => ({
		what: `In ${path}, ${underWay ? underWayWords(underWay) : "what was merged is in conflict"}${files.length > 0 ? `, with conflicts in ${listed(files)}` : ""}. Nothing was committed; it is kept.`,
		remedy: [
			...(underWay
				? endings(underWay, `git -C ${shellWord(path)}`)
				: [`Once it is resolved: git -C ${shellWord(path)} add -A`]),
			`then: ${say.goal(issue)}`,
		].join("\n"),
	}),
	"work-gone": ({ issue, path, isTaken }, say) => ({
		what: `The worktree of ${issue} is gone, with all in it that was not committed: ${isTaken ? `what stands in ${path} is not what its agent worked in` : `there is no ${path}`}.`,
		remedy: [
			// As no worktree any more, or it would be taken for the one that is gone.
			...(isTaken ? [`Put what stands there aside: ${aside(path)} && rm -f ${shellWord(`${path}-found/.git`)}`] : []),
			`To have it done again: ${say.goal(issue)}`,
		].join("\n"),
	}),
	"work-moved": ({ issue, branch, path, isTaken, found, way }, say) => {
		const move = {
			"by-git": () => say.git(`worktree move ${shellWord(found)} ${shellWord(path)}`),
			"by-hand": () => `mv ${shellWord(found)} ${shellWord(path)}`,
			forgotten: () => makeKnown(say, branch, found, path),
		};
		return {
			what: `The worktree of ${issue} is not in ${path} any more, but in ${found}. Nothing was committed.`,
			remedy: [
				...(isTaken ? [`Put what stands there aside: ${aside(path)}`] : []),
				`Have it back: ${move[way]()}`,
				`then commit what is in it: ${say.save(issue)}`,
			].join("\n"),
		};
	},
	"work-set-aside": ({ issue, path, stashed, commits }, say) => {
		const git = `git -C ${shellWord(path)}`;
		const many = [
			...(stashed.length > 0 ? [stashed.length === 1 ? "a stash" : `${stashed.length} stashes`] : []),
			...(commits.length > 0 ? [`${plural(commits.length, "commit")} beside its branch`] : []),
		];
		return {
			what: `There is nothing to commit for ${issue}: what was done is in ${many.join(" and in ")}. The worktree ${path} is kept.`,
			remedy: [
				...stashed.map((commit) => `Have it in the worktree: ${git} stash apply ${commit}`),
				...commits.map((commit) => `Have it on the branch: ${git} merge ${commit}`),
				`or do without it: ${git} commit --allow-empty -m "Nothing to keep"`,
				`then: ${say.save(issue)}`,
			].join("\n"),
		};
	},
	"nothing-recorded": ({ issue, path }) => ({
		what: `${path} has changes, but no phase has run on ${issue} that they could belong to.`,
		remedy: `Commit them yourself: git -C ${shellWord(path)} add -A && git -C ${shellWord(path)} commit`,
	}),
	"changed-in-review": ({ issue, path, files, more }, say) => {
		const git = `git -C ${shellWord(path)}`;
		const named = files.map((file) => `\n  ${oneLine(file, 300)}`).join("");
		const rest = more > 0 ? `\n  and ${more} more` : "";
		return {
			what: `${path} was changed while a review was at work, which changes nothing: this is nobody's work, and is not committed.${named}${rest}`,
			remedy: [
				`Put it away: ${git} stash push -u`,
				`or commit it yourself: ${git} add -A && ${git} commit`,
				`then: ${say.goal(issue)}`,
			].join("\n"),
		};
	},
};

/** What is under way, in words. */
export function underWayWords({ what, branch }: UnderWay): string {
	return `${/^[aeiou]/.test(what) ? "an" : "a"} ${what}${branch === undefined ? "" : ` of ${branch}`} is under way`;
}

/** How what is under way is ended. */
export function endings({ what }: UnderWay, git: string): string[] {
	if (what === "bisect") return [`End it: ${git} bisect reset`];
	return [`Go on with it: ${git} ${what} --continue`, `or take it back: ${git} ${what} --abort`];
}

function inSubmodule({ path, changed, hidden, tips, pointer }: SubmoduleWork): string {
	const held = [
		...(changed.length > 0 ? [`${plural(changed.length, "path")} not committed: ${listed(changed)}`] : []),
		...(hidden.length > 0 ? [`what only newer rules ignore: ${listed(hidden)}`] : []),
		...(tips.length > 0 ? [`commits that are nowhere else: ${listed(tips.map(({ ref }) => ref))}`] : []),
	];
	return pointer === undefined
		? `the submodule ${path} has ${held.join(", and ")}`
		: `the submodule ${path} is to be at ${pointer.slice(0, 12)}, a commit that is not to be found here`;
}

/** How what is in a submodule gets to where it is not lost; a pointer can only be put right. */
function waysOut(
	{ path, changed, hidden, tips, pointer, source }: SubmoduleWork,
	worktree: string,
	branch: string,
	issue: string,
) {
	const folder = shellWord(`${worktree}/${path}`);
	const at = `git -C ${folder}`;
	if (pointer !== undefined) {
		const back = `git -C ${shellWord(worktree)} reset -q HEAD -- ${shellWord(path)}`;
		return [
			`Have the commit fetched: ${at} fetch origin ${pointer}`,
			`or, where that is not committed, take it back: ${back}`,
		];
	}
	const commits = changed.length + hidden.length > 0;
	const others = tips.filter(({ ref }) => ref !== "HEAD" && ref !== `refs/heads/${branch}`);
	const refs = [
		...(commits || others.length < tips.length ? [`HEAD:refs/heads/${branch}`] : []),
		...others.map(({ ref }) => `${ref}:refs/heads/${branch}-${ref.replace(/^refs\/(?:heads|tags)?\/?/, "")}`),
	].map(shellWord);
	const force = `${at} add -f -- ${hidden.map(shellWord).join(" ")}`;
	const add = [...(changed.length > 0 ? [`${at} add -A`] : []), ...(hidden.length > 0 ? [force] : [])].join(" && ");
	const keep =
		source === undefined
			? `${at} push origin`
			: `git --git-dir=${shellWord(source)} fetch --no-recurse-submodules ${folder}`;
	return [
		...(commits ? [`Commit it there, or remove it: ${add} && ${at} commit -m ${shellWord(issue)}`] : []),
		`${commits ? "and have" : "Have"} it in ${source === undefined ? "its remote" : "your clone"}: ${keep} ${refs.join(" ")}`,
	];
}

function aside(path: string): string {
	return `mv ${shellWord(path)} ${shellWord(`${path}-found`)}`;
}
