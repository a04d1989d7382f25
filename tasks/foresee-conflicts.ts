import type { Conflict } from "./contract/integration.ts";
import type { IssuePlan } from "./contract/issue.ts";
import { problemOf } from "./contract/problem.ts";
import type { IssueSurvey } from "./contract/standing.ts";
import { mergeTree } from "./repo/integration.ts";
import { findChangedSince } from "./repo/path-changes.ts";
import { mapSome } from "./system/map-some.ts";

/** Issues whose changes are read side by side, and pairs of which it is tried whether they can be had together: a try takes some 10 ms. */
const READERS = 8;
const MOST_PAIRS = 50;

/** Two issues that were accepted, and can't be had together. */
export interface ForeseenConflict {
	readonly issues: readonly [first: string, second: string];
	readonly files: readonly Conflict[];
}

/** What was foreseen of issues that were accepted. */
export interface Foreseen {
	readonly conflicts: readonly ForeseenConflict[];
	/** Pairs that change the same files, and that were not tried. */
	readonly more: number;
}

interface Accepted {
	readonly issue: IssuePlan;
	readonly tip: string;
	readonly paths: ReadonlySet<string>;
	/** The folders that these lie in. */
	readonly folders: ReadonlySet<string>;
}

/**
 * Foresees which accepted issues, of those that the base does not have, will conflict once somebody puts them together. Only what changes
 * the same paths is tried, by git-merge-tree(1), which leaves objects that nothing refers to.
 */
export async function foreseeConflicts(
	all: readonly { readonly issue: IssuePlan; readonly survey: IssueSurvey }[],
	signal: AbortSignal,
): Promise<Foreseen> {
	const asked = all.flatMap(({ issue, survey: { tip, judged, isMerged, holder } }) => {
		const verdict = judged?.verdict;
		const isAccepted = verdict?.outcome === "accepted" && verdict.commit === tip;
		return isAccepted && tip !== null && !isMerged && !holder ? [{ issue, tip }] : [];
	});
	if (asked.length < 2) return { conflicts: [], more: 0 };
	const accepted = await mapSome(asked, READERS, async ({ issue, tip }): Promise<Accepted> => {
		const paths = await findChangedSince(issue.repository, issue.base.commit, tip, signal);
		return { issue, tip, paths: new Set(paths), folders: new Set(paths.flatMap(foldersOf)) };
	});
	const pairs = accepted.flatMap((one, at) =>
		accepted.slice(at + 1).flatMap((other) => (meet(one, other) || meet(other, one) ? [[one, other] as const] : [])),
	);
	const tried = await mapSome(pairs.slice(0, MOST_PAIRS), READERS, async ([one, other]) => {
		const files = await conflictOf(one, other, signal);
		const issues = [one.issue.id, other.issue.id] as const;
		return files.length > 0 ? [{ issues, files }] : [];
	});
	return { conflicts: tried.flat(), more: Math.max(0, pairs.length - MOST_PAIRS) };
}

/** Whether one changes what the other does, or has a file where the other has a folder. */
function meet({ paths }: Accepted, other: Accepted): boolean {
	for (const path of paths) if (other.paths.has(path) || other.folders.has(path)) return true;
	return false;
}

function foldersOf(path: string): string[] {
	const parts = path.split("/");
	return parts.slice(1).map((_, at) => parts.slice(0, at + 1).join("/"));
}

/** The files that two can't both be had with; none where git lacks what would tell. */
async function conflictOf(
	{ issue: { repository }, tip }: Accepted,
	other: Accepted,
	signal: AbortSignal,
): Promise<readonly Conflict[]> {
	const merge = await mergeTree(repository, { commit: tip, merge: tip }, other.tip, signal).catch((error: unknown) => {
		if (problemOf(error)?.kind !== "objects-unfetched") throw error;
		return undefined;
	});
	return merge?.kind === "conflict" ? merge.files : [];
}
