import type { RunRequest } from "./arguments.ts";
import { wordsForAgents } from "./options/repeated-command.ts";
import { shellWord } from "./words/format.ts";
import { type Names, type Say, sayWith } from "./words/say.ts";

/** A command that is suggested starts from the same base as the run that suggests it, and brings up to date for its goal. */
export function sayHere(say: Say, names: Names, request: RunRequest): Say {
	const { base } = request.options;
	const keeps = (words: string) => base === undefined || /^(?:-|discover)/.test(words) || words.includes("--base ");
	const withBase = (words: string) => say(keeps(words) ? words : `${words} --base ${shellWord(base ?? "")}`);
	return sayWith(withBase, say.git, names, (without) => [
		...wordsForAgents(request, without),
		...(request.options.rehearse ? ["--rehearse"] : []),
	]);
}
