import { type Conflict, type IntegrationStep, type LeftOut, MOST_FOUND } from "../contract/integration.ts";
import type { IssuePlan } from "../contract/issue.ts";
import { findChanging, type Together } from "../repo/integration.ts";
import { isConflict } from "../repo/merge.ts";

/** What is told of a conflict: where it is, and with which of those that are there. @param steps how these came there. */
export async function conflictOf(
	{ repository, base }: IssuePlan,
	tip: string,
	files: readonly Conflict[],
	{ merge }: Together,
	steps: readonly IntegrationStep[],
	signal: AbortSignal,
): Promise<Extract<LeftOut, { kind: "conflict" }>> {
	const by: string[] = [];
	// What can't be had with the base can't be had with anything that is on it.
	if (await isConflict(repository, base.commit, tip, signal)) by.push(base.name);
	else {
		const paths = files.map(({ path }) => path);
		const changing = new Set(await findChanging(repository, base.commit, merge, paths, signal));
		const merged = steps.flatMap((step) => (step.kind === "merged" ? [step] : []));
		const find = async (some: typeof merged) => {
			for (const step of some) if (await isConflict(repository, step.tip, tip, signal)) by.push(step.issue);
		};
		await find(merged.filter((step) => changing.has(step.merge)));
		// Where a folder was moved, what conflicts is a path that nobody has changed.
		if (by.length === 0) await find(merged.filter((step) => !changing.has(step.merge)));
	}
	return {
		kind: "conflict",
		files: files.slice(0, MOST_FOUND).map(({ path, kinds }) => ({ path, kinds: [...kinds] })),
		moreFiles: Math.max(0, files.length - MOST_FOUND),
		with: by,
	};
}
