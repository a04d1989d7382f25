import { AsyncLocalStorage } from "node:async_hooks";
import process from "node:process";
import { given } from "../contract/given.ts";
import { Failure } from "../contract/problem.ts";
import type { Part } from "../engine/execution.ts";
import { BlockedError, SkippedError } from "../engine/outcome.ts";
import type { Holding, Task } from "../engine/task.ts";
import { lineOfTheirs } from "../system/stack.ts";
import { writeNow } from "../system/write-now.ts";
import { wordsOf } from "./orchfile-mistakes.ts";
import { faultIn, faultInIssues } from "./own-answer.ts";
import { exitWords, strayWords } from "./words/problems/orchfile.ts";

/** A function of a task, while it is called. */
interface Call {
	readonly node: Task;
	readonly issue: string | undefined;
	readonly part: Part;
	/** Takes what it has thrown where nobody waits for it; false once it is through. */
	readonly takeStray: (thrown: unknown) => boolean;
}

const calls = new AsyncLocalStorage<Call>();
/** Those that are not through. */
const open = new Set<Call>();
let isListening = false;

/**
 * Calls a function of a task of the orchfile's own. What it throws, also in a callback or a promise that nobody waits for, is the
 * task's, and so is an answer that nobody can use.
 * @param isSource true for a task whose answer is the list of issues.
 * @throws Failure `task-threw` or `task-answer`; what the task throws as a {@link Failure} goes on as it is.
 */
export async function callOwn<T>(
	part: Part,
	node: Task,
	issue: string | undefined,
	action: () => Promise<T>,
	isSource = false,
): Promise<T> {
	listen();
	const about = { task: node.name, part, ...given({ issue }) };
	const value = await calling(part, node, issue, action).catch((thrown: unknown) => {
		throw asFailure(thrown, part, node, issue);
	});
	const fault = part === "run" && isSource ? faultInIssues(value) : faultIn(part, node, value, issue);
	if (fault) throw new Failure({ kind: "task-answer", ...about, ...fault, ...lineOfTheirs(node.site) });
	return part === "hold" ? (releasingQuietly(value as Holding<unknown>, node) as T) : value;
}

/** What lets go of an issue is called when all is done for it: what goes wrong then is told, and ends nothing. */
function releasingQuietly({ release, ...rest }: Holding<unknown>, node: Task): Holding<unknown> {
	const quietly = async () => {
		try {
			await release();
		} catch (thrown) {
			const line = lineOfTheirs(thrown) ?? lineOfTheirs(node.site);
			process.stderr.write(`${strayWords(wordsOf(thrown), line, { task: node.name, while: "let go of its issue" })}\n`);
		}
	};
	return { ...rest, release: quietly };
}

/** Keeps what every task is given as it is: one that changes it has made a mistake, and is told its line. */
export function keepAsIs(value: unknown): void {
	if (typeof value !== "object" || value === null || Object.isFrozen(value)) return;
	if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) return;
	Object.freeze(value);
	for (const each of Object.values(value)) keepAsIs(each);
}

/** What a function of a task has thrown, as a failure with its place; a failure of the task's own words stays as it is. */
function asFailure(thrown: unknown, part: Part, node: Task, issue: string | undefined): Error {
	if (thrown instanceof BlockedError || thrown instanceof SkippedError) return thrown;
	if (thrown instanceof Failure && isTellable(thrown)) return thrown;
	// What is no error has no stack; the task has been declared somewhere.
	const line = lineOfTheirs(thrown) ?? lineOfTheirs(node.site);
	const about = { task: node.name, part, hasStack: thrown instanceof Error, ...given({ issue }) };
	return new Failure({ kind: "task-threw", ...about, message: wordsOf(thrown), ...line }, { cause: thrown });
}

/** False for a failure that says nothing: it would be told in no words. */
function isTellable({ problems }: Failure): boolean {
	return problems.length > 0 && problems.every((each) => each.kind !== "refused" || typeof each.message === "string");
}

/** What a task threw that watched a run, in one line: nothing of the run depends on it. */
export function watcherWords(thrown: unknown, node: Task): string {
	return strayWords(wordsOf(thrown), lineOfTheirs(thrown) ?? lineOfTheirs(node.site), {
		task: node.name,
		while: "watched the run",
	});
}

function calling<T>(part: Part, node: Task, issue: string | undefined, action: () => Promise<T>): Promise<T> {
	return new Promise<T>((resolve, reject) => {
		const call: Call = {
			node,
			issue,
			part,
			takeStray: (thrown) => {
				if (!open.has(call)) return false;
				reject(thrown);
				return true;
			},
		};
		open.add(call);
		calls
			.run(call, action)
			.then(resolve, reject)
			.finally(() => open.delete(call));
	});
}

/** What a task throws in a callback, or in a promise that nobody waits for, would end the night for every issue. */
function listen(): void {
	if (isListening) return;
	isListening = true;
	// Between a task's code and what it calls may lie more than Node shows of a stack.
	Error.stackTraceLimit = Math.max(Error.stackTraceLimit, 50);
	process.on("uncaughtException", (thrown) => {
		const call = calls.getStore();
		if (call?.takeStray(thrown)) return;
		const line = lineOfTheirs(thrown);
		if (call || line) {
			// It is over, and its issue perhaps as well.
			process.stderr.write(`${strayWords(wordsOf(thrown), line)}\n`);
			return;
		}
		process.stderr.write(`${thrown instanceof Error ? thrown.stack : String(thrown)}\n`);
		process.exit(1);
	});
	// Nothing is left that could go on: Node would end without a word.
	process.on("beforeExit", () => {
		for (const { node, issue, part, takeStray } of open) {
			const about = { task: node.name, part, ...given({ issue }), ...lineOfTheirs(node.site) };
			const value = "a promise that nothing is left to settle";
			takeStray(new Failure({ kind: "task-answer", ...about, value, expected: "one that comes to an end" }));
		}
	});
	process.on("exit", (code) => {
		const call = calls.getStore();
		if (!call || !open.has(call)) return;
		const line = lineOfTheirs(new Error("exits")) ?? lineOfTheirs(call.node.site);
		writeNow(exitWords(call.node.name, call.issue, line));
		if (code === 0) process.exit(1);
	});
}
