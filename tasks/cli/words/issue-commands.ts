import type { IssueStanding } from "../standing.ts";
import { gitCommand, shellWord } from "./format.ts";
import { type Say, showingOwn } from "./say.ts";
import { type Why, whyOf } from "./why-words.ts";

/** What may be typed about an issue, what brings it on first. */
export function issueCommands(standing: IssueStanding, now: number, say: Say): NonNullable<Why["next"]>[] {
	const { issue, survey } = standing;
	const { next } = whyOf(standing, now, say);
	const whole = survey.tip === null ? undefined : wholeDiff(standing, say);
	const all = [
		...(next ? [next] : []),
		...(whole === undefined ? [] : [{ how: "All of its diff", command: whole }]),
		...(survey.hasWorktree ? [{ how: "Its worktree", command: `cd ${shellWord(issue.worktreePath)}` }] : []),
		{ how: "Where it stands by then", command: say(`why ${shellWord(issue.id)}`) },
	];
	return all.filter(({ command }, at) => all.findIndex((each) => each.command === command) === at);
}

/** What shows all that an issue's branch has of its own. */
export function wholeDiff({ issue, survey }: IssueStanding, say: Say): string {
	return `${gitCommand(issue.repository.root, process.cwd())} ${showingOwn(issue, survey.record, say)}`;
}
