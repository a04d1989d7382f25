import { AsyncLocalStorage } from "node:async_hooks";
import process from "node:process";
import { given } from "../contract/given.ts";
import { Failure } from "../contract/problem.ts";
import type { Part } from "../engine/execution.ts";
import { BlockedError, SkippedError } from "../engine/outcome.ts";
import type { Task } from "../engine/task.ts";
import { lineOfTheirs } from "../system/stack.ts";
import { wordsOf } from "./orchfile-mistakes.ts";
import { strayWords } from "./words/problems/orchfile.ts";

/** Takes what a function of a task has thrown where nobody waits for it; false once the function is through. */
type TakeStray = (thrown: unknown) => boolean;

const calls = new AsyncLocalStorage<TakeStray>();
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
	const value = await calling(action).catch((thrown: unknown) => {
		throw asFailure(thrown, part, node, issue);
	});
	const fault = part === "run" && isSource ? faultInIssues(value) : faultIn(part, node, value);
	if (fault) throw new Failure({ kind: "task-answer", ...about, ...fault, ...lineOfTheirs(node.site) });
	return value;
}

/** What a function of a task has thrown, as a failure with its place; a failure of the task's own words stays as it is. */
function asFailure(thrown: unknown, part: Part, node: Task, issue: string | undefined): Error {
	if (thrown instanceof Failure || thrown instanceof BlockedError || thrown instanceof SkippedError) return thrown;
	// What is no error has no stack; the task has been declared somewhere.
	const line = lineOfTheirs(thrown) ?? lineOfTheirs(node.site);
	const about = { task: node.name, part, hasStack: thrown instanceof Error, ...given({ issue }) };
	return new Failure({ kind: "task-threw", ...about, message: wordsOf(thrown), ...line }, { cause: thrown });
}

/** What a task threw that watched a run, in one line: nothing of the run depends on it. */
export function watcherWords(thrown: unknown, node: Task): string {
	return strayWords(wordsOf(thrown), lineOfTheirs(thrown) ?? lineOfTheirs(node.site), node.name);
}

function calling<T>(action: () => Promise<T>): Promise<T> {
	return new Promise<T>((resolve, reject) => {
		let isOver = false;
		const takeStray: TakeStray = (thrown) => {
			if (isOver) return false;
			reject(thrown);
			return true;
		};
		calls
			.run(takeStray, action)
			.then(resolve, reject)
			.finally(() => {
				isOver = true;
			});
	});
}

/** What a task throws in a callback, or in a promise that nobody waits for, would end the night for every issue. */
function listen(): void {
	if (isListening) return;
	isListening = true;
	// Between a task's code and what it calls may lie more than Node shows of a stack.
	Error.stackTraceLimit = Math.max(Error.stackTraceLimit, 50);
	process.on("uncaughtException", (thrown) => {
		const takeStray = calls.getStore();
		if (takeStray?.(thrown)) return;
		const line = lineOfTheirs(thrown);
		if (takeStray || line) {
			// It is over, and its issue perhaps as well.
			process.stderr.write(`${strayWords(wordsOf(thrown), line)}\n`);
			return;
		}
		process.stderr.write(`${thrown instanceof Error ? thrown.stack : String(thrown)}\n`);
		process.exit(1);
	});
}

interface Fault {
	readonly value: string;
	readonly expected: string;
}

function faultIn(part: Part, { scope }: Task, value: unknown): Fault | undefined {
	if (part === "upToDate") {
		const isAnswer = typeof value === "object" && value !== null && "upToDate" in value;
		if (isAnswer && typeof value.upToDate === "boolean") return undefined;
		return { value: wordsOf(value), expected: "{ upToDate: true, value } or { upToDate: false, because }" };
	}
	if (part === "hold") {
		const { release } = (value ?? {}) as { readonly release?: unknown };
		if (typeof release === "function") return undefined;
		return { value: wordsOf(value), expected: "{ release }, a function that lets go" };
	}
	// What the whole run's tasks return stays in this process.
	const odd = scope === "run" ? undefined : findOdd(value);
	return odd === undefined ? undefined : { value: odd, expected: "plain data, as JSON can hold it" };
}

/** What keeps a list from being one of issues. */
function faultInIssues(value: unknown): Fault | undefined {
	const expected = "a list of issues, each with an id of its own and a list of blockers";
	if (!Array.isArray(value)) return { value: wordsOf(value), expected };
	const ids = value.map((each) => (Array.isArray(each?.blockers) && typeof each.id === "string" ? each.id : undefined));
	const at = ids.findIndex((id, place) => id === undefined || ids.indexOf(id) !== place);
	return at === -1 ? undefined : { value: `${wordsOf(value[at])} in its list`, expected };
}

/** The first thing in a value that JSON would lose. */
function findOdd(value: unknown): string | undefined {
	let odd: string | undefined;
	try {
		JSON.stringify(value, (key, each: unknown) => {
			const kind = each instanceof Map ? "Map" : each instanceof Set ? "Set" : typeof each;
			if (["Map", "Set", "bigint", "function", "symbol"].includes(kind))
				odd ??= `a ${kind}${key === "" ? "" : ` under "${key}"`}`;
			return odd === undefined ? each : undefined;
		});
	} catch (thrown) {
		return odd ?? `what JSON can't hold (${wordsOf(thrown).split("\n")[0]})`;
	}
	return odd;
}
