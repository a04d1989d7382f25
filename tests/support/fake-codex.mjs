#!/usr/bin/env node
// Stands in for the Codex program where its stream of events is to be abused. What it does depends on the id of the issue
// that it is asked about; how much of it, on `sizes.json` in CODEX_HOME.
import { mkdirSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";

const args = process.argv.slice(2);
const home = process.env.CODEX_HOME;

/** One turn: a good beginning, the work, the abuse, and a good end where the abuse leaves room for one. */
async function turn(prompt) {
	const context = JSON.parse(/^ORCH_CONTEXT:\n(.+)/.exec(prompt)[1]);
	const sizes = JSON.parse(readFileSync(join(home, "sizes.json"), "utf8"));
	event({ type: "thread.started", thread_id: `thread-of-${context.issueId}` });
	event({ type: "turn.started" });
	event(message("item_0", "Working on it."));
	writeFileSync(join(args[args.indexOf("--cd") + 1], "work.txt"), context.issueId);
	// Several issues may ask for the same: GOOD-1, GOOD-2.
	const abuse = ABUSES[context.issueId] ?? ABUSES[context.issueId.replace(/-\d+$/, "")];
	if (!abuse) throw new Error(`no abuse for ${context.issueId}`);
	const answer = await abuse(sizes, context);
	if (answer === undefined) return;
	event(message("item_1", answer));
	event({ type: "turn.completed", usage: { input_tokens: 1, cached_input_tokens: 0, output_tokens: 1 } });
}

/** Each returns the last message of a turn that completes, or nothing. */
const ABUSES = {
	GOOD: (_, context) => valid(context),
	"NOT-JSON": between("warning: this is no event\n"),
	"NOT-AN-EVENT": between("null\n"),
	"NO-ITEM": between('{"type":"item.completed"}\n'),
	BLANK: between("\n"),
	CUT: () => out('{"type":"item.completed","item":{"id":"item_'),
	"NO-USAGE"(_, context) {
		event(message("item_1", valid(context)));
		event({ type: "turn.completed" });
	},
	"LONG-LINE"(sizes) {
		fill(sizes.line, out);
		out("\n");
	},
	"ENDLESS-LINE": (sizes) => fill(sizes.line, out),
	"LONG-EVENT"(sizes, context) {
		out('{"type":"item.completed","item":{"id":"item_1","type":"reasoning","text":"');
		fill(sizes.line, out);
		out('"}}\n');
		return valid(context);
	},
	"MANY-LINES"(sizes, context) {
		const lines = `${JSON.stringify({ type: "item.updated", item: { id: "item_9", type: "todo_list", items: [] } })}\n`;
		const some = lines.repeat(1000);
		for (let written = 0; written < sizes.lines; written += 1000) out(some);
		return valid(context);
	},
	FLOOD(sizes, context) {
		const some = commands(64);
		for (let written = 0; written < sizes.flood; written += some.length) out(some);
		return valid(context);
	},
	"LOUD-AND-WELL"(sizes, context) {
		fill(sizes.stderr, (part) => write(2, part));
		return valid(context);
	},
	"LOUD-AND-DEAD"(sizes) {
		fill(sizes.stderr, (part) => write(2, part));
		write(2, "the last words\n");
		process.exitCode = 3;
	},
	"LONG-ANSWER": (sizes) => "x".repeat(sizes.answer),
	// A Codex that knows nothing of permission profiles says so in its rollout.
	UNCONFINED(_, context) {
		const folder = join(home, "sessions/2026/01/01");
		mkdirSync(folder, { recursive: true });
		const lines = [{ type: "session_meta" }, { type: "turn_context", payload: { sandbox_policy: {} } }];
		const rollout = join(folder, `rollout-2026-01-01T00-00-00-thread-of-${context.issueId}.jsonl`);
		writeFileSync(rollout, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
		return valid(context);
	},
};

/** Writes this in the middle of a turn that is good otherwise. */
function between(part) {
	return (_, context) => {
		out(part);
		return valid(context);
	};
}

/** Events as a turn has them most: commands that began, and that ended after some forty lines of output. */
function commands(count) {
	return Array.from({ length: count }, (_, at) => {
		const id = `item_${at}`;
		const command = `bash -lc 'npx vitest run tests/part-${at}.test.ts'`;
		const lines = Array.from(
			{ length: 40 },
			(_, line) => ` \u2713 part ${at} does what is wanted of it in situation "${line}" (${line} ms)\n`,
		);
		const started = { id, type: "command_execution", command, aggregated_output: "", status: "in_progress" };
		const ended = { ...started, aggregated_output: lines.join(""), exit_code: 0, status: "completed" };
		return `${JSON.stringify({ type: "item.started", item: started })}\n${JSON.stringify({ type: "item.completed", item: ended })}\n`;
	}).join("");
}

function message(id, text) {
	return { type: "item.completed", item: { id, type: "agent_message", text } };
}

function valid({ issueId, milestoneId, branchName, worktreePath }) {
	const identity = { phase: "dev", status: "pass", issueId, milestoneId, branch: branchName, worktreePath };
	const lists = { testsRun: [], docsUpdated: [], draftPrs: [], stackBranches: [], deferred: [], openQuestions: [] };
	return JSON.stringify({ ...identity, summary: "Did it.", ...lists });
}

function event(fields) {
	out(`${JSON.stringify(fields)}\n`);
}

function out(part) {
	write(1, part);
}

function fill(size, take) {
	const part = "x".repeat(1 << 20);
	for (let written = 0; written < size; written += part.length) take(part);
}

/** Writes all of it, however slow the reader is: pipes are not waited for by themselves. */
function write(fd, part) {
	const bytes = Buffer.from(part);
	for (let at = 0; at < bytes.length; ) {
		try {
			at += writeSync(fd, bytes, at);
		} catch (error) {
			if (error.code === "EPIPE") process.exit(1);
			if (error.code !== "EAGAIN") throw error;
		}
	}
}

if (args[0] === "doctor") {
	process.stdout.write(JSON.stringify({ checks: {} }));
} else if (args[0] === "exec") {
	await turn(await text(process.stdin));
} else if (args[0] !== "sandbox") {
	process.exit(64);
}
