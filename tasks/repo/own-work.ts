import type { RepositoryPaths } from "../contract/issue.ts";
import { readingChanges } from "./commands/numstat-log.ts";
import { type LoggedCommit, ownLog, parseOwnLog } from "./commands/own-log.ts";
import { reach } from "./commands/parents.ts";
import { git } from "./git.ts";

/** What an issue's own work is told by. */
export interface OwnWork {
	/** The commit that it ends with. */
	readonly head: string;
	/** What it is not part of: the base now, or then where it is part of that by now. */
	readonly base: string;
	/** Further commits that its branch started from. */
	readonly started: readonly string[];
}

/** Commits that are an issue's own, the oldest first, and what they come from. */
export interface FoundWork {
	readonly commits: readonly LoggedCommit[];
	/** Commits of others that they come from, what the newest comes from first. */
	readonly from: readonly string[];
}

/** Finds each issue's own commits, by one git for all that have a base in common. What a gone branch held may be gone too. */
export async function findOwnWork(
	{ root }: RepositoryPaths,
	works: readonly OwnWork[],
	signal: AbortSignal,
): Promise<FoundWork[]> {
	const logs = new Map<string, Promise<Map<string, LoggedCommit>>>();
	for (const base of new Set(works.map((each) => each.base))) {
		const heads = works.filter((each) => each.base === base).flatMap(({ head, started }) => [head, ...started]);
		const args = ownLog([...new Set(heads)], base);
		const log = git(args, { cwd: root, signal, expect: [128], broughtBy: readingChanges(...heads) });
		logs.set(
			base,
			log.then(({ stdout }) => new Map(parseOwnLog(stdout).map((each) => [each.commit, each]))),
		);
	}
	return Promise.all(works.map(async (work) => ownIn((await logs.get(work.base)) ?? new Map(), work)));
}

function ownIn(log: ReadonlyMap<string, LoggedCommit>, { head, started }: OwnWork): FoundWork {
	const parents = new Map([...log].map(([commit, each]) => [commit, each.parents]));
	const [others, all] = [reach(parents, started), reach(parents, [head])];
	const isOwn = (commit: string) => all.has(commit) && !others.has(commit);
	const commits = [...log.values()].filter(({ commit }) => isOwn(commit));
	const from = commits.flatMap(({ parents }) => parents.filter((each) => !isOwn(each)));
	return { commits: commits.reverse(), from: [...new Set(from)] };
}
