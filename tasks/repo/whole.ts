import type { RepositoryPaths } from "../contract/issue.ts";
import { readingBetween, readingChanges } from "./commands/numstat-log.ts";
import { parsePatchIds, parsePatchLog, patchBetween, patchIdInput, patchLog } from "./commands/patch-log.ts";
import { git } from "./git.ts";
import { settledAnswers } from "./settled-answers.ts";

const answers = settledAnswers<string | undefined>();

/** What the patch as a whole is given as, among those of commits. */
const WHOLE = "0".repeat(40);

/**
 * The commit of the base with which all that lies between two commits came there as one patch (git-patch-id(1)), as a forge squashes a
 * branch; nothing when there is none.
 * @throws Failure `objects-unfetched`.
 */
export function findWhole(
	repository: RepositoryPaths,
	from: string,
	to: string,
	base: string,
): Promise<string | undefined> {
	return answers(repository, [from, to, base], async () => {
		let isWhole = true;
		const ask = async (args: readonly string[], broughtBy: readonly string[], input?: string) => {
			const options = { cwd: repository.root, expect: [1, 128], broughtBy, ...(input === undefined ? {} : { input }) };
			const { exitCode, stdout } = await git(args, options);
			if (exitCode === 128) isWhole = false;
			return exitCode === 0 ? stdout : "";
		};
		if (from === base) return { answer: undefined, isWhole };
		const range = `${from}..${base}`;
		const [patch, log] = await Promise.all([
			ask(patchBetween(from, to), readingBetween(from, to)),
			ask(patchLog(range), readingChanges(range)),
		]);
		const there = parsePatchLog(log);
		if (patch === "" || there.length === 0) return { answer: undefined, isWhole };
		const input = patchIdInput([{ hash: WHOLE, patch }, ...there]);
		const ids = parsePatchIds(await ask(["patch-id", "--verbatim"], [], input));
		const id = ids.get(WHOLE);
		return { answer: there.find(({ hash }) => id !== undefined && ids.get(hash) === id)?.hash, isWhole };
	});
}
