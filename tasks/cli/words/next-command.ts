import type { IssueStanding } from "../standing.ts";
import { groupOf, type Tone } from "./night-words.ts";
import { answering, type Say } from "./say.ts";
import { type Why, whyOf } from "./why-words.ts";

/**
 * The one command to type after a night. What waits for nobody's answer is gone on with, all of it at once; else the first that a
 * person has to answer, or that is done, says what is next.
 * @param target what the night was about, as it is typed.
 */
export function nextCommand(
	standings: readonly IssueStanding[],
	target: string,
	now: number,
	say: Say,
): Why["next"] | undefined {
	const of = (...tones: readonly Tone[]) => standings.filter((each) => tones.includes(groupOf(each).tone));
	const [running] = of("running");
	if (running) return undefined;
	if (of("bad", "open").length > 0) return { how: "To go on with what is not done", command: say.goal(target) };
	const [asking] = of("ask");
	if (asking) return { how: `To answer ${asking.issue.id}`, command: answering(asking.issue.id, say) };
	const [done] = of("good");
	const next = done && whyOf(done, now, say).next;
	return next && { how: `To look at the work, ${done.issue.id} first`, command: next.command };
}
