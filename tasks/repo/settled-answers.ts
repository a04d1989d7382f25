import { join } from "node:path";
import type { RepositoryPaths } from "../contract/issue.ts";
import { exists } from "../system/paths.ts";

/** What was found out about commits, and whether all that was asked about was there. */
export interface Found<T> {
	readonly answer: T;
	readonly isWhole: boolean;
}

const HASH = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/**
 * Remembers, as long as a run has its repository open, what is asked about commits by their hashes alone and so stays as it is: the
 * tasks of an issue ask the same, one after the other. What was asked where commits are missing may be another answer by the next time.
 */
export function settledAnswers<T>() {
	const known = new WeakMap<RepositoryPaths, Map<string, T>>();
	return async (
		repository: RepositoryPaths,
		commits: readonly string[],
		ask: () => Promise<Found<T>>,
		about = "",
	): Promise<T> => {
		if (!commits.every((each) => HASH.test(each))) return (await ask()).answer;
		const answers = known.get(repository) ?? new Map<string, T>();
		known.set(repository, answers);
		const key = [...commits, about].join(" ");
		if (answers.has(key)) return answers.get(key) as T;
		const { answer, isWhole } = await ask();
		if (isWhole && !(await exists(join(repository.commonDir, "shallow")))) answers.set(key, answer);
		return answer;
	};
}
