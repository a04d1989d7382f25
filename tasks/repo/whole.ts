import type { RepositoryPaths } from "../contract/issue.ts";
import { readingBetween, readingChanges } from "./commands/numstat-log.ts";
import { parsePatchIds, parsePatchLog, patchBetween, patchIdInput, patchLog } from "./commands/patch-log.ts";
import { git } from "./git.ts";
import { settledAnswers } from "./settled-answers.ts";

/** What came, up to which commit, and with which one of the base. */
export interface Whole {
	readonly to: string;
	readonly commit: string;
}

const answers = settledAnswers<Whole | undefined>();

/**
 * The commit of the base with which all that lies between a commit and one of several came there as one patch (git-patch-id(1)), as a forge
 * squashes a branch; nothing when there is none.
 * @param tos the first of which that came is taken.
 * @throws Failure `objects-unfetched`.
 */
export function findWhole(
	repository: RepositoryPaths,
	from: string,
	tos: readonly string[],
	base: string,
): Promise<Whole | undefined> {
	return answers(repository, [from, ...tos, base], async () => {
		let isWhole = true;
		const ask = async (args: readonly string[], broughtBy: readonly string[], input?: string) => {
			const options = { cwd: repository.root, expect: [1, 128], broughtBy, ...(input === undefined ? {} : { input }) };
			const { exitCode, stdout } = await git(args, options);
			if (exitCode === 128) isWhole = false;
			return exitCode === 0 ? stdout : "";
		};
		if (from === base || tos.length === 0) return { answer: undefined, isWhole };
		const range = `${from}..${base}`;
		const there = parsePatchLog(await ask(patchLog(range), readingChanges(range)));
		if (there.length === 0) return { answer: undefined, isWhole };
		const wholes: { readonly hash: string; readonly patch: string }[] = [];
		for (const to of tos) wholes.push({ hash: to, patch: await ask(patchBetween(from, to), readingBetween(from, to)) });
		const input = patchIdInput([...wholes.filter(({ patch }) => patch !== ""), ...there]);
		const ids = parsePatchIds(await ask(["patch-id", "--verbatim"], [], input));
		const found = tos.flatMap((to) => {
			const id = ids.get(to);
			const commit = id === undefined ? undefined : there.find(({ hash }) => ids.get(hash) === id)?.hash;
			return commit === undefined ? [] : [{ to, commit }];
		});
		return { answer: found[0], isWhole };
	});
}
