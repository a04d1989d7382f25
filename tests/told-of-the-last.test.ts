import { expect, test } from "vitest";
import { answer } from "../tasks/rehearsal/answers.ts";
import type { Script } from "./support/scripted-model.ts";
import {
	answerDeferred,
	answerFailed,
	answerProse,
	devResult,
	editAndPass,
	failTurn,
	sayNothing,
} from "./support/scripts.ts";
import { createWorld } from "./support/world.ts";

const ENDS: readonly { readonly name: string; readonly first: Script; readonly told: object }[] = [
	{
		name: "deferred",
		first: answerDeferred,
		told: {
			outcome: "deferred",
			reason: null,
			failures: ["Which of the two formats is meant?"],
			summary: "Needs a decision.",
		},
	},
	{
		name: "said that it failed",
		first: answerFailed,
		told: { outcome: "failed", reason: null, summary: "The tests do not pass." },
	},
	{ name: "gave prose", first: answerProse, told: { outcome: "failed", reason: "invalid-result" } },
	{ name: "said nothing", first: sayNothing, told: { outcome: "failed", reason: "invalid-result" } },
	{
		name: "broke off",
		first: failTurn("no luck"),
		told: { outcome: "failed", reason: "runner-error", failures: ["no luck"] },
	},
	{
		name: "passed, for what the document said then",
		first: editAndPass,
		told: { outcome: "pass", reason: null, failures: [], summary: "Wrote A-1.txt." },
	},
];

for (const { name, first, told } of ENDS) {
	test(`the next attempt is told how the last one ended that ${name}`, async () => {
		const contexts: unknown[] = [];
		const script: Script = async function* (prompted) {
			contexts.push(prompted.context);
			if (contexts.length === 1) yield* first(prompted);
			else yield answer(devResult(prompted));
		};
		await using world = await createWorld([{ id: "A-1", script }]);
		await world.run(["dev", "A-1"]);
		await world.run(["dev", "A-1", "-B"]);
		expect(contexts).toHaveLength(2);
		expect(contexts[0]).not.toHaveProperty("priorAttempt");
		expect(contexts[1]).toMatchObject({ priorAttempt: told });
	});
}

test("the record says which model did the work, whoever chose it", async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	await world.run(["dev", "A-1"]);
	expect((await world.log<{ model: string }>("M1/A-1/dev-run.json")).model).toBe("scripted");
	await world.run(["dev", "A-1", "-B", "--model", "another"]);
	expect((await world.log<{ model: string }>("M1/A-1/dev-run.json")).model).toBe("another");
});
