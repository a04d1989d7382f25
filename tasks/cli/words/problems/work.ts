import type { UnderWay, WorkProblem } from "../../../contract/problems/work.ts";
import { listed, plural, shellWord } from "../format.ts";
import type { Kinds, Message, Say } from "../say.ts";

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
		remedy: `Commit it: ${say.save(issue)}`,
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
	"nothing-recorded": ({ issue, path }) => ({
		what: `${path} has changes, but no phase has run on ${issue} that they could belong to.`,
		remedy: `Commit them yourself: git -C ${shellWord(path)} add -A && git -C ${shellWord(path)} commit`,
	}),
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
