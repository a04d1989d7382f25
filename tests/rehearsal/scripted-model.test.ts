import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Codex, type Thread, type ThreadEvent } from "@openai/codex-sdk";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ScriptedModel, startScriptedModel, usagePerResponse } from "../support/scripted-model.ts";
import {
	devResult,
	editAndPass,
	failTurn,
	gate,
	gated,
	hang,
	passWithoutChange,
	printEnvironment,
	runFailingCommand,
	sayNothing,
	writeOutside,
} from "../support/scripts.ts";

const schema = {
	type: "object",
	properties: { summary: { type: "string" } },
	required: ["summary"],
	additionalProperties: false,
};

let folder: string;
let worktree: string;
let file: string;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "scripted-model-"));
	worktree = join(folder, "worktree");
	file = join(worktree, "A-1.txt");
	await mkdir(join(folder, "home"));
	execFileSync("git", ["init", "--quiet", worktree]);
});

// Codex may still be closing its databases there after an abort.
afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

test("an edit and a pass end the turn with the answer, the file and the usage", async () => {
	await using model = await startScriptedModel({ "A-1": editAndPass });
	const { events, thrown } = await turn(await threadTo(model));

	const usage = { input_tokens: 200, cached_input_tokens: 80, output_tokens: 40, reasoning_output_tokens: 10 };
	expect(thrown).toBeUndefined();
	expect(events.at(-1)).toMatchObject({ type: "turn.completed", usage });
	expect(answerIn(events)).toMatchObject({ phase: "dev", status: "pass", ...identity() });
	expect(await readFile(file, "utf8")).toBe("written for A-1\n");
	expect(model.issuesSeen).toEqual(["A-1"]);
	expect(model.requests.map(({ issueId, step }) => ({ issueId, step }))).toEqual([
		{ issueId: "A-1", step: 0 },
		{ issueId: "A-1", step: 1 },
	]);
});

test("a script sees the prompt, its context and the schema", async () => {
	await using model = await startScriptedModel(async function* (prompted) {
		yield { kind: "answer", text: JSON.stringify(prompted) };
	});
	const { events } = await turn(await threadTo(model));

	const context = { issueId: "A-1", milestoneId: "M1", branchName: "issue/A-1", worktreePath: worktree };
	expect(answerIn(events)).toEqual({ issueId: "A-1", context, prompt: prompt("A-1"), schema });
});

test("a 400 fails the turn with its message", async () => {
	await using model = await startScriptedModel(failTurn("the model is out of office"));
	const { events, thrown } = await turn(await threadTo(model));

	expect(failureIn(events)).toContain("the model is out of office");
	expect(thrown).toMatch(/exited with code 1/);
	expect(existsSync(file)).toBe(true);
});

test("an issue without a script fails its turn and says so", async () => {
	await using model = await startScriptedModel({ "A-1": editAndPass });
	const { events } = await turn(await threadTo(model), "B-2");

	expect(failureIn(events)).toContain('no script for issue \\"B-2\\", only for A-1');
	expect(model.issuesSeen).toEqual([]);
});

test("a dropped stream is repeated and the turn goes on", async () => {
	await using model = await startScriptedModel(async function* (prompted) {
		yield { kind: "drop" };
		const kept = yield { kind: "drop", command: "echo once >> A-1.txt; cat A-1.txt" };
		yield { kind: "answer", text: JSON.stringify(devResult(prompted, { summary: kept })) };
	});
	const { events } = await turn(await threadTo(model));

	expect(events.filter(({ type }) => type === "error")).toHaveLength(2);
	expect(events.at(-1)).toMatchObject({ type: "turn.completed", usage: usagePerResponse });
	expect(answerIn(events)).toMatchObject({ summary: expect.stringMatching(/Output:\nonce\n$/) });
	expect(model.requests.map(({ step }) => step)).toEqual([0, 0, 1]);
});

test("a stream that is always dropped fails the turn", async () => {
	await using model = await startScriptedModel(
		async function* () {
			yield { kind: "drop" };
		},
		{ retries: 1 },
	);
	const { events } = await turn(await threadTo(model));

	expect(failureIn(events)).toContain("stream disconnected before completion");
	expect(model.requests).toHaveLength(2);
});

test("a repeated request gets the response it got before", async () => {
	await using model = await startScriptedModel(editAndPass);
	const { events } = await turn(await threadTo(model));

	const body = JSON.stringify(model.requests.at(0)?.body);
	const again = await fetch(`${model.url}/responses`, { method: "POST", body });
	expect(await again.text()).toContain("written for A-1");
	expect(events.filter(({ type }) => type === "turn.completed")).toHaveLength(1);
	expect(model.issuesSeen).toEqual(["A-1"]);
});

test("a resumed thread is asked anew", async () => {
	await using model = await startScriptedModel(editAndPass);
	const thread = await threadTo(model);
	await turn(thread);
	await rm(file);
	const { events } = await turn(thread);

	expect(answerIn(events)).toMatchObject({ status: "pass" });
	expect(existsSync(file)).toBe(true);
	expect(model.issuesSeen).toEqual(["A-1", "A-1"]);
});

test("an agent that hangs ends when it is aborted", async () => {
	await using model = await startScriptedModel(hang);
	const controller = new AbortController();
	const { events, thrown } = await turn(await threadTo(model), "A-1", controller, (event) => {
		if (event.type === "item.completed" && event.item.type === "command_execution") controller.abort();
	});

	expect(thrown).toMatch(/aborted/);
	expect(events.some(({ type }) => type.startsWith("turn.") && type !== "turn.started")).toBe(false);
	expect(existsSync(file)).toBe(true);
});

test("an agent at a gate waits for its release", async () => {
	const held = gate();
	await using model = await startScriptedModel(gated(editAndPass, held));
	const running = turn(await threadTo(model));

	await held.reached;
	expect(existsSync(file)).toBe(false);
	held.release();
	expect(answerIn((await running).events)).toMatchObject({ status: "pass" });
	expect(existsSync(file)).toBe(true);
});

test("closing the server does not wait for an agent at a gate", async () => {
	const held = gate();
	const model = await startScriptedModel(gated(editAndPass, held), { retries: 0 });
	const controller = new AbortController();
	const running = turn(await threadTo(model), "A-1", controller);

	await held.reached;
	await model.close();
	controller.abort();
	expect((await running).thrown).toMatch(/aborted/);
});

test("two issues side by side each follow their own script", async () => {
	const held = gate();
	await using model = await startScriptedModel({ "A-1": gated(editAndPass, held), "B-2": passWithoutChange });
	const first = turn(await threadTo(model));
	await held.reached;
	const second = await turn(await threadTo(model), "B-2");
	held.release();

	expect(answerIn(second.events)).toMatchObject({ issueId: "B-2" });
	expect(answerIn((await first).events)).toMatchObject({ issueId: "A-1" });
	expect(model.issuesSeen).toEqual(["A-1", "B-2"]);
});

test("a turn without a message completes without an answer", async () => {
	await using model = await startScriptedModel(sayNothing);
	const { events } = await turn(await threadTo(model));

	expect(events.at(-1)?.type).toBe("turn.completed");
	expect(answerIn(events)).toBeUndefined();
});

test("a failing command is in the events and the turn goes on", async () => {
	await using model = await startScriptedModel(runFailingCommand);
	const { events } = await turn(await threadTo(model));

	const failed = { type: "command_execution", aggregated_output: "about to fail\n", exit_code: 3, status: "failed" };
	expect(events).toContainEqual(expect.objectContaining({ item: expect.objectContaining(failed) }));
	expect(answerIn(events)).toMatchObject({ status: "pass" });
});

test("the sandbox keeps a command from writing outside the worktree", async () => {
	const outside = join(folder, "outside.txt");
	await using model = await startScriptedModel(writeOutside(outside));
	const { events } = await turn(await threadTo(model));

	expect(answerIn(events)).toMatchObject({ summary: expect.stringContaining("Read-only file system") });
	expect(existsSync(outside)).toBe(false);
	expect(existsSync(file)).toBe(true);
});

test("the answer of printEnvironment holds the environment of the agent's shell", async () => {
	await using model = await startScriptedModel(printEnvironment);
	const { events } = await turn(await threadTo(model));

	expect(answerIn(events)).toMatchObject({ summary: expect.stringMatching(/^PATH=/m) });
	expect(JSON.stringify(answerIn(events))).not.toContain("canary");
});

async function threadTo(model: ScriptedModel): Promise<Thread> {
	const home = join(folder, "home");
	await writeFile(join(home, "config.toml"), model.configToml);
	const codex = new Codex({
		env: { PATH: process.env.PATH ?? "", HOME: home, CODEX_HOME: home, SOME_TOKEN: "canary" },
		config: {
			shell_environment_policy: { inherit: "core" },
			sandbox_workspace_write: { exclude_slash_tmp: true, exclude_tmpdir_env_var: true },
		},
	});
	return codex.startThread({ workingDirectory: worktree, sandboxMode: "workspace-write", approvalPolicy: "never" });
}

/** Collects a turn's events, and the message of what was thrown at its end. */
async function turn(
	thread: Thread,
	issueId = "A-1",
	{ signal } = new AbortController(),
	onEvent = (_event: ThreadEvent) => {},
): Promise<{ events: ThreadEvent[]; thrown: string | undefined }> {
	const collected: ThreadEvent[] = [];
	try {
		const { events } = await thread.runStreamed(prompt(issueId), { outputSchema: schema, signal });
		for await (const event of events) {
			collected.push(event);
			onEvent(event);
		}
		return { events: collected, thrown: undefined };
	} catch (error) {
		return { events: collected, thrown: String(error) };
	}
}

function prompt(issueId: string): string {
	const context = { issueId, milestoneId: "M1", branchName: `issue/${issueId}`, worktreePath: worktree };
	return `ORCH_CONTEXT:\n${JSON.stringify(context)}\n\nDo what the issue asks for.`;
}

function identity() {
	return { issueId: "A-1", milestoneId: "M1", branch: "issue/A-1", worktreePath: worktree };
}

function answerIn(events: readonly ThreadEvent[]): unknown {
	const texts = events.flatMap((event) =>
		event.type === "item.completed" && event.item.type === "agent_message" ? [event.item.text] : [],
	);
	return texts.length === 0 ? undefined : JSON.parse(texts.at(-1) ?? "");
}

function failureIn(events: readonly ThreadEvent[]): string | undefined {
	return events.flatMap((event) => (event.type === "turn.failed" ? [event.error.message] : [])).at(-1);
}
