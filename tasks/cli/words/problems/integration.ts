import type { IntegrationProblem } from "../../../contract/problems/integration.ts";
import { didYouMean } from "../did-you-mean.ts";
import { shellWord } from "../format.ts";
import { holderWords, type Kinds, type Message, type Say } from "../say.ts";

/** The words for each IntegrationProblem. */
export const INTEGRATION: Kinds<IntegrationProblem, Message, [Say]> = {
	"not-to-integrate": ({ option, name, target, nearest }, say) => ({
		what: `--${option} names "${name}", which is none of the open issues${target === "" ? "" : ` of ${target}`}.`,
		remedy:
			didYouMean(nearest) ?? `To see what there is: ${say(`plan ${target === "" ? "--all" : shellWord(target)}`)}`,
	}),
	"integration-branch-taken": ({ branch, tip, was }, say) => ({
		what: `The branch ${branch} is there, and ${was === null ? "was not made by an integration" : `has been moved by somebody since, from ${was.slice(0, 10)} to ${tip.slice(0, 10)}`}: it is left as it is.`,
		remedy: [
			`Keep it under another name: ${say.git(`branch -m ${shellWord(branch)} ${shellWord(`old/${branch}`)}`)}`,
			`or have it made anew: ${say.git(`update-ref -d ${shellWord(`refs/heads/${branch}`)} ${tip}`)}`,
		].join("\n"),
	}),
	"integration-checked-out": ({ branch, path, base }) => ({
		what: `The branch ${branch} is checked out in ${path}, and would move under whoever works there.`,
		remedy: `Go to ${base} there: git -C ${shellWord(path)} switch ${shellWord(base)}`,
	}),
	"integration-locked": ({ branch, holder, isUncertain, ref, blob }, say) => ({
		what: holder
			? `${branch} is being put together by another run: ${holderWords(holder)}.`
			: `${branch} is locked by ${ref}, which was not written by this program.`,
		remedy: isUncertain
			? `Whether that run still runs can't be seen from here. If it does not: ${say.git(`update-ref -d ${shellWord(ref)} ${blob}`)}`
			: `Wait for it, or stop it: kill ${holder?.pid}`,
	}),
};
