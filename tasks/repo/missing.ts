import type { IssuePlan, StackedTip } from "../contract/issue.ts";
import type { AttemptRecord } from "../contract/record.ts";
import { contains } from "./branch.ts";
import { isConflict, mergeCommits } from "./merge.ts";

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
			/** The name of what it can't be merged with: something merged before, the base, or the branch itself. */
			readonly other: string;
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

/** How a merge is made: tried, it leaves nothing that anything refers to, and asks nobody to sign it. */
interface MergeOptions {
	readonly isTried?: boolean;
}

/** Puts together what a branch holds and what it lacks; its ref stays as it is. */
export async function mergeMissing(
	{ repository, base, branch }: Pick<IssuePlan, "repository" | "base" | "branch">,
	from: string,
	missing: readonly Missing[],
	signal: AbortSignal,
	{ isTried = false }: MergeOptions = {},
): Promise<Merged> {
	let head = from;
	for (const [at, each] of missing.entries()) {
		const message = isTried ? undefined : `Merge ${each.name} into ${branch}\n`;
		const merge = await mergeCommits(repository, head, each.commit, message, signal);
		if (merge.kind === "conflict") {
			const held = [{ name: base.name, commit: base.commit }, ...missing.slice(0, at), { name: branch, commit: from }];
			return { ...merge, by: each, other: await findOther(repository, held, each.commit, signal) };
		}
		head = merge.head;
	}
	return { kind: "merged", head };
}

/**
 * The commit of an issue's branch that holds the base and all that the issue is stacked on, and nothing of the issue's own.
 * @param before what an attempt of before started from.
 * @returns nothing where the branch has no such commit: it was begun before some of it was there. One that is made to be compared with
 * would be in no branch, and git drops that.
 */
export async function findStart(
	{ repository, base, branch }: Pick<IssuePlan, "repository" | "base" | "branch">,
	stack: readonly StackedTip[],
	before: AttemptRecord["base"] | undefined,
): Promise<string | undefined> {
	const [only] = stack;
	if (!only) return base.commit;
	if (stack.length === 1 && (await contains(repository, only.commit, base.commit))) return only.commit;
	const commits = (of: string, on: readonly StackedTip[]) => [of, ...on.map(({ commit }) => commit)].join();
	if (before?.start === undefined || commits(base.commit, stack) !== commits(before.commit, before.stack))
		return undefined;
	return (await contains(repository, `refs/heads/${branch}`, before.start)) ? before.start : undefined;
}

/** The first that can't be merged with a commit by itself; where only all of them together can't, the last. */
async function findOther(
	repository: IssuePlan["repository"],
	held: readonly Missing[],
	commit: string,
	signal: AbortSignal,
): Promise<string> {
	for (const each of held) if (await isConflict(repository, each.commit, commit, signal)) return each.name;
	return held.at(-1)?.name ?? "";
}
