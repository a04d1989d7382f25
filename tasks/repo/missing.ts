import type { IssuePlan, StackedTip } from "../contract/issue.ts";
import { contains } from "./branch.ts";
import { mergeCommits } from "./merge.ts";

/** A commit that an issue's branch has to hold and does not. */
export interface Missing {
	/** The branch it is the tip of. */
	readonly name: string;
	readonly commit: string;
	/** The blocker it comes from; absent for the base. */
	readonly issue?: string;
}

/** What putting a branch together came to. */
export type Merged =
	| { readonly kind: "merged"; readonly head: string }
	| {
			readonly kind: "conflict";
			readonly by: Missing;
			/** Names of what was merged before. */
			readonly merged: readonly string[];
			readonly files: readonly string[];
	  };

/** What has to be merged into a branch: the base first, then what the issue is stacked on. */
export async function findMissing(
	{ repository, base }: Pick<IssuePlan, "repository" | "base">,
	head: string,
	stack: readonly StackedTip[],
): Promise<Missing[]> {
	const wanted: Missing[] = [
		{ name: base.name, commit: base.commit },
		...stack.map(({ branch, commit, issue }) => ({ name: branch, commit, issue })),
	];
	const held = await Promise.all(wanted.map(({ commit }) => contains(repository, head, commit)));
	return wanted.filter((_, at) => !held[at]);
}

/** Puts together what a branch holds and what it lacks; its ref stays as it is. */
export async function mergeMissing(
	{ repository, branch }: Pick<IssuePlan, "repository" | "branch">,
	from: string,
	missing: readonly Missing[],
	signal: AbortSignal,
): Promise<Merged> {
	const merged: string[] = [];
	let head = from;
	for (const each of missing) {
		const merge = await mergeCommits(repository, head, each.commit, `Merge ${each.name} into ${branch}\n`, signal);
		if (merge.kind === "conflict") return { ...merge, by: each, merged };
		head = merge.head;
		merged.push(each.name);
	}
	return { kind: "merged", head };
}
