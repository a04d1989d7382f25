import { describe, expect, test } from "vitest";
import { expectNoneLeft } from "../support/observe.ts";
import { ownOrchfile } from "../support/own-orchfile.ts";
import { type Say, type Script, usagePerResponse } from "../support/scripted-model.ts";
import { devResult, editAndPass } from "../support/scripts.ts";
import { createWorld, type Finished, type World } from "../support/world.ts";

/** A pause that a test can wait for. What compiles it goes on running, with the variables that it was started with: no world's. */
const soon = await ownOrchfile(["codexRunner()", "codexRunner({ pause: 100 })"]);
/** One that is too long to be waited for. */
const never = await ownOrchfile(["codexRunner()", "codexRunner({ pause: 3_600_000 })"]);

/** What a provider answers, what a person reads of it, and what they are told to do. */
type Row = readonly [id: string, say: Say, reason: RegExp, remedy: RegExp];

const LIMITED = /it passes.*side by side[^\n]*\n {2}To run it again: npx tsx \S+ dev /;
const IN_TROUBLE = /trouble of its own, which passes\.\n {2}To run it again: npx tsx \S+ dev /;
const TOO_LONG = /Part the issue .*: npx tsx \S+ dev TOO-LONG-\d --model MODEL$/m;
const CONTENT = /Word it otherwise, commit it, then: npx tsx \S+ dev /;
const AT_RATE = "Rate limit reached for gpt-5 on tokens per min (TPM): Limit 30000. Please try again in 0.1s.";

/** What the next turn need not meet. It is asked for once more by itself. */
const PASSING: readonly Row[] = [
	["RPM", refused(429, "requests", "rate_limit_exceeded", AT_RATE), /status: 429/, LIMITED],
	["TPM", refused(429, "tokens", "rate_limit_exceeded", "tokens per min (TPM)"), /status: 429/, LIMITED],
	["RPD", refused(429, "requests", "rate_limit_exceeded", "requests per day (RPD)"), /status: 429/, LIMITED],
	["BARE-429", { kind: "http", status: 429 }, /status: 429/, LIMITED],
	["AFTER", { kind: "http", status: 429, headers: { "retry-after": "1" } }, /status: 429/, LIMITED],
	["LIMIT", failed("rate_limit_exceeded", AT_RATE), /^rate limit exceeded: Rate limit reached/, LIMITED],
	["SLOW", refused(503, "server_error", "slow_down", "Slow down."), /^rate limit exceeded: Slow down/, LIMITED],
	["FULL", refused(503, "server_error", "server_is_overloaded", "Try later."), /at capacity/, IN_TROUBLE],
	["BARE-503", { kind: "http", status: 503 }, /^unexpected status 503 /, IN_TROUBLE],
	["BROKEN", refused(500, "server_error", null, "Our disks are on fire."), /high demand/, IN_TROUBLE],
	["HTML-502", page(502, "502 Bad Gateway"), /^unexpected status 502 Bad Gateway: 502 Bad Gateway, url/, IN_TROUBLE],
	["HTML-504", page(504, "Gateway Time-out"), /^unexpected status 504 .*: Gateway Time-out, url/, IN_TROUBLE],
	[
		"OTHER-529",
		refused(529, "overloaded_error", null, "Overloaded"),
		/^unexpected status 529 .*Overloaded/,
		IN_TROUBLE,
	],
	["CUT", { kind: "drop" }, /^stream disconnected/, IN_TROUBLE],
];
/** One for each way in which an answer ends a stream or keeps it from beginning. */
const GONE_ON = PASSING.filter(([id]) => ["RPM", "AFTER", "LIMIT", "BARE-503", "HTML-502", "CUT"].includes(id));
const OF_THE_ISSUE: readonly Row[] = [
	[
		"TOO-LONG-1",
		refused(400, "invalid_request_error", "context_length_exceeded", "exceeds the context window"),
		/context/,
		TOO_LONG,
	],
	["TOO-LONG-2", failed("context_length_exceeded", "Too long."), /ran out of room/, TOO_LONG],
	["TOO-LONG-3", { kind: "http", status: 413 }, /^unexpected status 413/, TOO_LONG],
	[
		"POLICY",
		refused(400, "invalid_request_error", "content_policy_violation", "rejected as a result of our safety system."),
		/safety/,
		CONTENT,
	],
	["FLAGGED", failed("invalid_prompt", "flagged as potentially violating our usage policy"), /usage policy/, CONTENT],
	["ODD", refused(400, "invalid_request_error", "unsupported_value", "Not known."), /^Not known\.$/, /To run it again/],
];
const ALIKE = /Every further issue would meet the same\. /.source;
const LOG_IN = new RegExp(`${ALIKE}.*log in`);
const QUOTA = new RegExp(`${ALIKE}.*quota`);
const ASK = new RegExp(`${ALIKE}.*base_url`);
const MODEL = new RegExp(`${ALIKE}.*: npx tsx \\S+ dev .* --model MODEL$`, "m");
const OF_EVERY_ISSUE: readonly Row[] = [
	[
		"QUOTA",
		refused(429, "insufficient_quota", "insufficient_quota", "You exceeded your current quota."),
		/^Quota/,
		QUOTA,
	],
	["BILLING", refused(429, "insufficient_quota", "billing_hard_limit_reached", "Reached."), /^Quota/, QUOTA],
	["USAGE", refused(429, "usage_limit_reached", null, "The usage limit has been reached"), /usage limit/, QUOTA],
	["PAY", refused(402, "insufficient_balance", null, "Insufficient Balance"), /Insufficient Balance/, QUOTA],
	["KEY", refused(401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided."), /Incorrect/, LOG_IN],
	["EXPIRED", refused(401, "invalid_request_error", "token_expired", "Your token has expired."), /expired/, LOG_IN],
	[
		"REGION",
		refused(403, "request_forbidden", "unsupported_country_region_territory", "Country not supported"),
		/Country/,
		ASK,
	],
	["ADDRESS", page(404, "Not Found"), /^unexpected status 404 Not Found: Not Found, url/, ASK],
	[
		"NAME",
		refused(404, "invalid_request_error", "model_not_found", "The model `gpt-9` does not exist."),
		/gpt-9/,
		MODEL,
	],
	["ACCESS", refused(403, "invalid_request_error", "model_not_found", "no access to model `gpt-5`"), /gpt-5/, MODEL],
];

test.concurrent("what a provider says for a while only is asked for once more in the same thread, and nothing is lost or paid twice", async () => {
	await using world = await createWorld(
		GONE_ON.map(([id, say]) => ({ id, script: once(say) })),
		{ retries: 0 },
	);
	const finished = await world.run(["dev", "M1", "-j", "3"], soon);

	expect(wordsOf(finished), finished.stderr).toEqual(Object.fromEntries(GONE_ON.map(([id]) => [id, "pass"])));
	expect(finished.exitCode).toBe(0);
	for (const [id] of GONE_ON) {
		const record = await world.log<{ threadId: string }>(`M1/${id}/dev-run.json`);
		// The command before, and the answer after; what was refused had no cost.
		const { input_tokens, output_tokens } = usagePerResponse;
		expect(record).toMatchObject({ usage: { inputTokens: 2 * input_tokens, outputTokens: 2 * output_tokens } });
		const events = await world.lines<{ type: string; thread_id?: string }>(`M1/${id}/dev.jsonl`);
		expect(events.flatMap(({ thread_id }) => thread_id ?? [])).toEqual([record.threadId, record.threadId]);
		expect(await world.repository.git(["show", `issue/${id}:work.txt`])).toBe("half");
	}
});

test.concurrent("what lasts is asked for four times, fails its issue alone, and says what it is and what to do", async () => {
	const rows = [...GONE_ON, ...OF_THE_ISSUE];
	const isOver = { now: false };
	await using world = await createWorld(
		[...rows.map(([id, say]) => ({ id, script: until(isOver, say) })), { id: "Z-GOOD", script: editAndPass }],
		{ retries: 0 },
	);
	const finished = await world.run(["dev", "M1", "-j", "3"], soon);
	expect(finished.exitCode).toBe(1);
	expect(wordsOf(finished)).toMatchObject({ "Z-GOOD": "pass" });
	await expectToldOfAll(world, finished, rows);
	for (const [id, , reason] of GONE_ON) {
		expect(requestsOf(world, id), id).toBe(5);
		expect(finished.stderr).toMatch(
			new RegExp(`^${id} {2}[\\d:]{8} {2}phase:dev {2}.*; asking once more in \\d+ s`, "m"),
		);
		expect(finished.stderr).toMatch(new RegExp(reason.source.replace(/^\^/, "").replace(/\$$/, "")));
	}
	for (const [id] of OF_THE_ISSUE) expect(requestsOf(world, id), id).toBe(2);

	isOver.now = true;
	// One for each remedy; what is typed is another issue's name otherwise.
	const one = [...new Map(rows.map(([id, , , remedy]) => [remedy, id])).values()];
	for (const id of one) expect(await world.run(["dev", id]), id).toMatchObject({ exitCode: 0 });
});

test.concurrent("the other ways in which a provider is in trouble, where they are not waited for", async () => {
	const rows = PASSING.filter((row) => !GONE_ON.includes(row));
	await using world = await createWorld(
		rows.map(([id, say]) => ({ id, script: ever(say) })),
		{ retries: 0 },
	);
	const finished = await world.run(["dev", "M1", "-j", "3"], never);
	expect(finished.exitCode).toBe(1);
	await expectToldOfAll(world, finished, rows);
	for (const [id] of rows) expect(requestsOf(world, id), id).toBe(2);
});

/** Each of the issues has failed for its own reason, with its own remedy, and with what had been paid for before. */
async function expectToldOfAll(world: World, finished: Finished, rows: readonly Row[]): Promise<void> {
	expect(wordsOf(finished)).toMatchObject(Object.fromEntries(rows.map(([id]) => [id, "failed: runner-error"])));
	const { input_tokens, output_tokens } = usagePerResponse;
	const usage = { inputTokens: input_tokens, outputTokens: output_tokens };
	for (const row of rows) {
		await expectTold(world, finished, row);
		if (PASSING.includes(row)) expect(await world.log(`M1/${row[0]}/dev-run.json`), row[0]).toMatchObject({ usage });
	}
	const told = /^ {2}(?:To run it again|.*Part the issue .*|.*Word it .*): npx tsx \S+ dev (\S+)(?: --model MODEL)?$/gm;
	const ids = [...finished.stderr.matchAll(told)].map(([, id]) => id);
	expect(ids.sort()).toEqual(rows.map(([id]) => id).sort());
}

describe.concurrent("what every further issue would meet alike ends the run", () => {
	test.each(OF_EVERY_ISSUE)("%s", async (...row) => {
		const [id, say] = row;
		const isOver = { now: false };
		await using world = await createWorld(
			[
				{ id, script: until(isOver, say) },
				{ id: "Z-GOOD", script: editAndPass },
			],
			{ retries: 0 },
		);
		const finished = await world.run(["dev", "M1", "--wait", "0"]);

		expect(finished.exitCode).toBe(1);
		expect(wordsOf(finished)).toEqual({ [id]: endOf(id), "Z-GOOD": "not started" });
		const told = await expectTold(world, finished, row);
		expect(finished.stderr).toMatch(/every further issue would fail alike/i);
		expect(requestsOf(world, id)).toBe(2);

		isOver.now = true;
		// Whoever has done what it says goes on; of those that say the same, one does.
		const isDone = OF_EVERY_ISSUE.find(([, , , remedy]) => remedy === row[3])?.[0] === id;
		const rest = isDone ? [] : ["-n"];
		const otherModel = /: npx tsx \S+ (dev .*)MODEL$/m.exec(told)?.[1];
		if (otherModel)
			expect(await world.run([...`${otherModel}gpt-5`.split(" "), ...rest])).toMatchObject({ exitCode: 0 });
		const goOn = /To go on: npx tsx \S+ (.+)$/m.exec(finished.stderr)?.[1] ?? "";
		expect(await world.run([...goOn.split(" "), ...rest])).toMatchObject({ exitCode: 0 });
	});
});

test.concurrent("a limit that asks for a longer wait than a turn should have is not waited for, nor one that the time limit has no room for", async () => {
	const say = failed("rate_limit_exceeded", "requests per day (RPD). Please try again in 7m12s.");
	await using world = await createWorld(
		[
			{ id: "DAY", script: ever(say) },
			{ id: "SHORT", script: ever({ kind: "http", status: 429 }) },
		],
		{ retries: 0 },
	);
	// A minute's pause does not fit into what SHORT may take.
	const finished = await world.run(["dev", "M1", "--timeout", "50s"]);
	expect(wordsOf(finished)).toEqual({ DAY: "failed: runner-error", SHORT: "failed: runner-error" });
	expect([requestsOf(world, "DAY"), requestsOf(world, "SHORT")]).toEqual([2, 2]);
});

test.concurrent("Ctrl-C during the pause ends the run at once, and the work is kept", async () => {
	await using world = await createWorld([{ id: "A-1", script: ever({ kind: "http", status: 429 }) }]);
	const { child, finished, until } = world.start(["dev", "M1"]);
	await until(/asking once more in 60 s/);
	child.kill("SIGINT");
	const ended = await finished;
	expect(ended.exitCode).toBe(130);
	expect(await world.log("M1/A-1/dev-run.json")).toMatchObject({ outcome: "cancelled", reason: "interrupted" });
	expect(await world.repository.git(["show", "issue/A-1:work.txt"])).toBe("half");
	await expectNoneLeft(world);
});

/** A limit that would have been over by itself says nothing of the work. */
function endOf(id: string): string {
	return id === "USAGE" ? "stopped: usage-limit" : "failed: runner-error";
}

async function expectTold(world: World, { stderr }: Finished, [id, , reason, remedy]: Row): Promise<string> {
	const record = await world.log<{ details: string[] }>(`M1/${id}/dev-run.json`);
	const [outcome, because] = endOf(id).split(": ");
	expect(record).toMatchObject({ outcome, reason: because, saved: { commits: 1 } });
	expect(record.details, id).toEqual([expect.stringMatching(reason)]);
	const from = stderr.indexOf(`${id} ${endOf(id)}\n`);
	expect(from, id).toBeGreaterThan(-1);
	const paragraph = stderr.slice(from).split(/\n(?=\S)/)[0] ?? "";
	expect(paragraph).toMatch(remedy);
	expect(paragraph).not.toMatch(/\{|<html/);
	return paragraph;
}

function requestsOf({ model }: World, id: string): number {
	return model.requests.filter(({ issueId }) => issueId === id).length;
}

function once(say: Say): Script {
	return async function* (prompted) {
		yield { kind: "run", command: "echo half > work.txt" };
		yield say;
		yield { kind: "answer", text: JSON.stringify(devResult(prompted)) };
	};
}

function ever(say: Say): Script {
	return until({ now: false }, say);
}

function until(isOver: { readonly now: boolean }, say: Say): Script {
	return async function* (prompted) {
		if (isOver.now) yield* editAndPass(prompted);
		yield { kind: "run", command: "echo half > work.txt" };
		yield say;
	};
}

function refused(status: number, type: string, code: string | null, message: string): Say {
	return { kind: "http", status, body: { error: { message, type, param: null, code } } };
}

function failed(code: string, message: string): Say {
	return { kind: "failed", code, message };
}

/** What stands between a provider and the network says it in HTML. */
function page(status: number, title: string): Say {
	const html = `<html>\n<head><title>${title}</title></head><body><h1>${title}</h1></body></html>`;
	return { kind: "http", status, html };
}

function wordsOf({ stdout }: Finished): Record<string, string> {
	const [, ...rows] = stdout.trimEnd().split("\n");
	return Object.fromEntries(rows.map((row) => row.split(/ {2,}/).slice(0, 2)));
}
