import type { SetUpProblem } from "../../../contract/problems/set-up.ts";
import { listed, oneLine, shellWord } from "../format.ts";
import { time } from "../option-values.ts";
import type { Kinds, Message, Say } from "../say.ts";

/** The words for each SetUpProblem. */
export const SET_UP: Kinds<SetUpProblem, Message, [Say]> = {
	"copied-not-ignored": ({ issue, path, files }, say) => ({
		what: `In ${path}, what was copied there from your checkout is not ignored any more, and would be committed: ${listed(files)}. Nothing was committed; it is kept.`,
		remedy: [
			`Have it ignored again in the .gitignore there, or take it out: ${files.length > 5 ? `git -C ${shellWord(path)} clean -n` : `rm ${files.map((file) => shellWord(`${path}/${file}`)).join(" ")}`}`,
			`then: ${say.save(issue)}`,
		].join("\n"),
	}),
	"set-up-failed": ({ issue, command, exitCode, signal, limit, lines, log }, say) => {
		const how =
			limit !== undefined
				? `was still running after ${time(limit)}`
				: exitCode === null
					? `was ended by ${signal ?? "a signal"}`
					: `ended with exit code ${exitCode}`;
		const printed = lines.map((line) => `\n  ${oneLine(line, 300)}`).join("");
		const again = say.goal(issue);
		return {
			what: `The worktree of ${issue} could not be set up: \`${oneLine(command)}\` ${how}. No agent was started.${printed}`,
			remedy: `Log: ${log}\n${limit === undefined ? `To run it again: ${again}` : `To go on with twice as much: ${say.goal(issue, { option: "timeout", value: time(2 * limit) })}`}`,
		};
	},
	"set-up-not-ignored": ({ issue, command, files }, say) => ({
		what: `\`${oneLine(command)}\` changed what git does not ignore in the worktree of ${issue}, and it would be committed as the agent's work: ${listed(files)}. No agent was started.`,
		remedy: `Have the command leave that alone (as \`npm ci\` does, where \`npm install\` does not), or ignore it on the base, then: ${say.goal(issue)}`,
	}),
};
