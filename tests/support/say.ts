import { shellWord } from "../../tasks/cli/words/format.ts";
import { type Say, sayWith } from "../../tasks/cli/words/say.ts";

/** How commands are said in this repository's own terms, behind these words. */
export function testSay(program = "npx tsx orchfile.ts", git = "git", goal = "dev"): Say {
	const names = { goal, save: "persist" };
	return sayWith((words) => `${program} ${words}`, { git: (words) => `${git} ${words}`, revision: shellWord }, names);
}
