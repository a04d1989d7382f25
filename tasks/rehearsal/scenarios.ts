import { noteOf, type Scenario } from "../contract/scenario.ts";
import { answer, devAnswer, fixAnswer, reviewAnswer } from "./answers.ts";
import { fix, review } from "./judging-turns.ts";
import { addWeakTest, breakCheck, cheat } from "./misdeeds.ts";
import { findPart } from "./part.ts";
import { concludeWork, phaseOf, type Saying, writeNote } from "./rehearsed-turn.ts";
import type { Prompted, Script } from "./script.ts";

/** What a rehearsal is told of its run, which no agent is. */
export interface Rehearsed {
	/** Whether the run comes to a verdict, so that checks and reviews can show what they catch. */
	readonly isJudged: boolean;
}

/** What the model says in a scenario. A turn of work writes its note first, so that there is something to keep. */
export function scriptOf(scenario: Scenario, rehearsed: Rehearsed): Script {
	const play = PLAYS[scenario];
	return async function* (prompted) {
		const phase = phaseOf(prompted);
		if (phase === "dev") yield* writeNote(prompted);
		if (play.goesWrong) return yield* play.goesWrong(prompted);
		if (phase === "review") return yield* review(scenario, prompted);
		if (phase === "fix") return yield* fix(scenario, prompted);
		const did = play.does && (yield* play.does(prompted, rehearsed));
		const also = did === undefined ? "" : `, ${did}`;
		yield* concludeWork(prompted, `read the issue, wrote ${noteOf(prompted.issueId)}${also}.`);
	};
}

/** What a scenario adds to its note: work that ends well, or an end of every turn. */
type Play =
	| {
			readonly does?: (prompted: Prompted, rehearsed: Rehearsed) => Saying<string | undefined>;
			readonly goesWrong?: never;
	  }
	| { readonly goesWrong: Script };

const PLAYS: Readonly<Record<Scenario, Play>> = {
	pass: {
		async *does(prompted, { isJudged }) {
			if (!isJudged || (yield* findPart(prompted)) !== "breaks-a-check") return undefined;
			return yield* breakCheck(prompted);
		},
	},
	"weak-tests": { does: addWeakTest },
	cheats: { does: cheat },
	stubborn: {},
	prose: {
		async *goesWrong() {
			yield { kind: "answer", text: "All done! The issue is implemented and everything works." };
		},
	},
	defer: {
		async *goesWrong(prompted) {
			const summary = "A person has to decide first.";
			const openQuestions = ["Which of the two formats is meant, and who decides it?"];
			const phase = phaseOf(prompted);
			if (phase === "review")
				yield answer(reviewAnswer(prompted, { status: "blocked", summary, requiredActions: openQuestions }));
			else
				yield answer(
					(phase === "fix" ? fixAnswer : devAnswer)(prompted, { status: "deferred", summary, openQuestions }),
				);
		},
	},
	fail: {
		async *goesWrong(prompted) {
			const testsRun = [{ command: "npm test", status: "fail", notes: "1 of 3 fails" } as const];
			const failed = { status: "failed", summary: "The tests can't be made to pass.", testsRun } as const;
			const phase = phaseOf(prompted);
			// A review can't say that it failed.
			if (phase === "review") yield { kind: "answer", text: failed.summary };
			else yield answer((phase === "fix" ? fixAnswer : devAnswer)(prompted, failed));
		},
	},
	hang: {
		async *goesWrong() {
			yield { kind: "silent" };
		},
	},
	quota: {
		async *goesWrong() {
			yield { kind: "failed", code: "insufficient_quota", message: "All of it is used." };
		},
	},
	unreachable: {
		async *goesWrong() {
			yield { kind: "gone" };
		},
	},
};
