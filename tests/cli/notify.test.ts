import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Told, variablesOf } from "../../tasks/cli/notify/told.ts";
import { watchForWaits } from "../../tasks/cli/notify/watch-for-waits.ts";
import { variableOf } from "../../tasks/cli/options/option-row.ts";
import { OPTION_ROWS } from "../../tasks/cli/options/option-rows.ts";
import { refusedSentence } from "../../tasks/cli/words/notify-words.ts";
import type { RunEvent } from "../../tasks/engine/event.ts";
import { expectNoneLeft } from "../support/observe.ts";
import { answerDeferred, answerFailed, editAndPass } from "../support/scripts.ts";
import { createWorld, type World } from "../support/world.ts";

/** Keeps what it is told, a line each time, and says what nobody is to see. */
const KEEP =
	'cat >> "$HOME/told.jsonl"; echo "$ORCH_EVENT $ORCH_EXIT_CODE $ORCH_PAGE $ORCH_MESSAGE" >> "$HOME/said"; echo noise';
/** Ids and titles that a shell would make something of. */
const HOSTILE = "$(touch pwned) `touch pwned` \"; touch pwned;\n '\u202e\u001b[2J";

async function toldIn({ repository: { home } }: World): Promise<Told[]> {
	const text = await readFile(join(home, "told.jsonl"), "utf8").catch(() => "");
	await writeFile(join(home, "told.jsonl"), "");
	return text
		.split("\n")
		.filter(Boolean)
		.map((line) => JSON.parse(line));
}

test("the end is told, with what became of the issues, and nothing of it reaches the shell as code", async () => {
	await using world = await createWorld([
		{ id: "A-1", script: editAndPass, title: HOSTILE },
		{ id: "A-2", script: answerDeferred },
		{ id: "A-3", script: editAndPass, blocked_by: ["A-2"] },
		{ id: "B-1", script: answerFailed, milestone: "M2" },
		{ id: "B-2", script: answerDeferred, milestone: "M2" },
	]);
	const { home } = world.repository;
	const asked = await world.run(["dev", "M1", "--notify", KEEP]);
	expect(asked.exitCode).toBe(1);
	expect(asked.stdout + asked.stderr).not.toMatch(/^noise|nothing of the run depends/m);
	const [questions, ...more] = await toldIn(world);
	expect(more).toEqual([]);
	expect(questions).toMatchObject({
		event: "questions",
		task: "dev",
		target: "M1",
		exitCode: 1,
		message: "dev M1 waits for your answer: 1 of 3 done, 1 has a question, 1 waits for others.",
		issues: [
			{ id: "A-1", title: HOSTILE, came: "done", status: "pass" },
			{ id: "A-2", came: "question", status: "deferred" },
			{ id: "A-3", came: "blocked" },
		],
	});
	expect(questions?.next).toMatch(/answer A-2 --commit$/);
	// The last line of what the run prints.
	expect(asked.stdout.trimEnd().split("\n").at(-1)).toBe(questions?.page);
	expect(questions?.page).toMatch(/logs\/orch\/M1\/report\.html$/);
	expect(await readFile(join(home, "said"), "utf8")).toBe(`questions 1 ${questions?.page} ${questions?.message}\n`);
	expect(existsSync(join(world.repository.path, "pwned"))).toBe(false);

	// Where something has failed, an answer is not all that is left.
	await world.run(["dev", "M2"], { env: { ORCH_NOTIFY: KEEP } });
	const [end] = await toldIn(world);
	expect(end).toMatchObject({ event: "end", message: "dev M2 has ended: 0 of 2 done, 1 failed, 1 has a question." });
	expect(end?.next).toMatch(/dev M2$/);

	// Nothing was to do, which is told as well; what goes wrong with the command is told once, and is none of the run's.
	const failed = await world.run([
		"dev",
		"A-1",
		"--notify",
		"cat >> $HOME/told.jsonl; echo no such channel >&2; exit 3",
	]);
	expect(failed.exitCode).toBe(0);
	expect(failed.stderr).toMatch(
		/^The command of --notify ended with exit code 3; nothing of the run depends on it\.\n {2}no such channel$/m,
	);
	expect(await toldIn(world)).toMatchObject([
		{ event: "end", exitCode: 0, message: "dev A-1 has ended: 1 of 1 done." },
	]);

	// A rehearsal tells where that is typed, and not otherwise.
	await world.run(["dev", "B-1", "--rehearse", "--notify", KEEP]);
	expect(await toldIn(world)).toMatchObject([
		{ message: expect.stringMatching(/^The rehearsal of dev B-1 has ended: /) },
	]);

	// A run that does not begin is a night lost as well. What only looks tells nobody, nor does a rehearsal that was not asked to.
	const quietly = { env: { ORCH_NOTIFY: KEEP } };
	for (const words of [["check"], ["status", "M1"], ["dev", "M1", "-n"], ["dev", "B-1", "--rehearse"]])
		await world.run(words, quietly);
	expect(await toldIn(world)).toEqual([]);
	const refused = await world.run(["dev", "M9"], quietly);
	expect(refused.stderr).not.toMatch(/^report /m);
	expect(await toldIn(world)).toMatchObject([
		{ event: "end", exitCode: refused.exitCode, message: expect.stringMatching(/^dev M9 did not run: ./) },
	]);
});

test("a command that takes long is waited for, until Ctrl-C, which changes nothing of how the run ended", async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass, state: "done" }]);
	const { finished, child, until } = world.start(["dev", "M1", "--notify", "touch $HOME/begun; sleep 600 & sleep 600"]);
	await until(/Waiting for the command of --notify; Ctrl-C to end it\./);
	child.kill("SIGINT");
	const { exitCode, stderr } = await finished;
	expect(exitCode, stderr).toBe(0);
	expect(existsSync(join(world.repository.home, "begun"))).toBe(true);
	await expectNoneLeft(world);
});

test("waiting is told once a stretch", () => {
	const times: string[] = [];
	const hear = watchForWaits((until) => times.push(until));
	const activity = (issue: string, what: object) =>
		hear({ kind: "task-activity", task: "dev", issue, activity: what as { kind: string } });
	const waits = (issue: string, until: string | null) => activity(issue, { kind: "waiting", until });
	waits("A", "1");
	activity("B", { kind: "command", command: "in between, one that was asked before" });
	waits("B", "2");
	// Renewed: nobody has answered.
	waits("A", null);
	waits("A", "3");
	waits("A", null);
	waits("B", null);
	activity("A", { kind: "warning", text: "the limit once more" });
	waits("A", "4");
	expect(times).toEqual(["1"]);
	waits("A", null);
	activity("A", { kind: "command", command: "true" });
	waits("B", "5");
	hear({ kind: "task-settled", task: "dev", issue: "B", outcome: { status: "done", value: {} } } as RunEvent);
	waits("A", "6");
	expect(times).toEqual(["1", "5", "6"]);
});

test("variables of what is told are no option's, and hold what a variable can", () => {
	const told: Told = { event: "end", message: `${"x".repeat(300_000)}\0`, task: "dev", target: "" };
	const variables = variablesOf(told);
	const options = OPTION_ROWS.map(variableOf);
	for (const [name, value] of Object.entries(variables)) {
		expect(options).not.toContain(name);
		expect(value.length).toBeLessThan(100_000);
		expect(value).not.toContain("\0");
	}
	expect(refusedSentence("dev M1", "a\nb \u001b[2J")).toBe("dev M1 did not run: a b");
});
