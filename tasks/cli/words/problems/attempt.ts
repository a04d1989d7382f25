import type { AttemptProblem } from "../../../contract/problems/attempt.ts";
import type { AttemptRecord, EveryTurn, ThisTurn } from "../../../contract/record.ts";
import { oneLine } from "../format.ts";
import { time, tokens } from "../option-values.ts";
import { endOf, waitsForAnswer } from "../outcome-words.ts";
import { answering, codexWith, type Kinds, type Message, type Say } from "../say.ts";
import { timeOfDay } from "../waiting-words.ts";

/** The words for each AttemptProblem. */
export const ATTEMPT: Kinds<AttemptProblem, Message, [Say]> = {
	attempt: ({ record, logDir, everyTurn, thisTurn, program, limit, limitUntil }, say) => {
		const details = record.details.map((detail) => `\n  ${oneLine(detail, 300)}`).join("");
		const what = `${record.issueId} ${endOf(record)}${details}`;
		const otherModel = say.goal(record.issueId, { option: "model", value: "MODEL" });
		if (everyTurn === "model") return { what, remedy: `${ALIKE} Name a model that the provider has: ${otherModel}` };
		if (everyTurn === "quota" && limitUntil !== undefined)
			return { what, remedy: limitRemedy(record, limitUntil, say) };
		if (everyTurn) return { what, remedy: `${ALIKE} ${EVERY_TURN[everyTurn](codexWith(program), say)}` };
		const again = say.goal(record.issueId);
		if (waitsForAnswer(record)) return { what, remedy: `To answer: ${answering(record.issueId, say)}\nThen: ${again}` };
		const log = `Log: ${logDir}`;
		if (thisTurn)
			return { what, remedy: `${log}\n${THIS_TURN[thisTurn]}: ${thisTurn === "too-long" ? otherModel : again}` };
		if (record.reason === "branch-moved") return { what, remedy: `${log}\n${MOVED}: ${again}` };
		if (!limit) return { what, remedy: `${log}\nTo run it again: ${again}` };
		const more = limit.name === "max-tokens" ? tokens(2 * limit.value) : time(2 * limit.value);
		return {
			what,
			remedy: `${log}\nTo go on with twice as much: ${say.goal(record.issueId, { option: limit.name, value: more })}`,
		};
	},
};

/** What to do about a usage limit that lasts longer than it was to be waited for. */
function limitRemedy({ issueId, endedAt }: AttemptRecord, until: string, say: Say): string {
	const left = Date.parse(until) - Date.parse(endedAt ?? until);
	const wait = `${Math.max(1, Math.ceil(left / 3_600_000))}h`;
	const over = `The usage limit is over at ${timeOfDay(Date.parse(until), Date.parse(endedAt ?? until))}`;
	return `${ALIKE} ${over}, which is longer than the run was to wait. To wait for it: ${say.goal(issueId, { option: "wait", value: wait })}`;
}

const MOVED =
	"It was not the reviewer, whose commands can't write what belongs to git.\nTo have it judged as it stands now";

const ALIKE = "Every further issue would meet the same.";

const EVERY_TURN: Readonly<Record<Exclude<EveryTurn, "model">, (codex: (args: string) => string, say: Say) => string>> =
	{
		credentials: (codex) => `Set OPENAI_API_KEY, or log in: ${codex("login")}`,
		quota: () => "Wait for the quota to be renewed, or raise it.",
		refused: (codex) =>
			`Ask the provider what it allows, and whether its \`base_url\` in Codex's config.toml is right: ${codex("doctor")}`,
		configuration: (_, say) => `Correct Codex's config.toml, then: ${say("doctor")}`,
		unreachable: (codex) => `Check the network: ${codex("doctor")}`,
	};

/** What to do, before the command. */
const THIS_TURN: Readonly<Record<ThisTurn, string>> = {
	"rate-limit":
		"The provider takes only so much at a time, which is no quota: it passes, and later when fewer issues run side by side (-j).\nTo run it again",
	"provider-trouble": "The provider has trouble of its own, which passes.\nTo run it again",
	"too-long":
		"It is more than fits into the model's context. Part the issue into smaller ones, or name a model that holds more",
	content: "The provider does not answer what this issue asks for. Word it otherwise, commit it, then",
};
