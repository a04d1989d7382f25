import type { Part } from "../engine/execution.ts";
import type { Task } from "../engine/task.ts";
import { wordsOf } from "./orchfile-mistakes.ts";

/** What keeps an answer of somebody's function from being used. */
export interface Fault {
	readonly value: string;
	readonly expected: string;
}

const PLAIN = "plain data, as JSON can hold it";

/** What is wrong with what a function of a task has returned. @param issue the id of the issue that it was called for. */
export function faultIn(part: Part, { scope }: Task, value: unknown, issue: string | undefined): Fault | undefined {
	if (part === "upToDate") {
		const isAnswer = isRecord(value) && typeof value.upToDate === "boolean";
		if (!isAnswer)
			return { value: wordsOf(value), expected: "{ upToDate: true, value } or { upToDate: false, because }" };
		return value.upToDate ? faultInValue(value.value) : undefined;
	}
	if (part === "hold") {
		const held = isRecord(value) ? value : {};
		if (typeof held.release !== "function")
			return { value: wordsOf(value), expected: "{ release }, a function that lets go" };
		const isIssue = held.issue === undefined || (isPlanned(held.issue) && held.issue.id === issue);
		return isIssue
			? undefined
			: { value: `${wordsOf(held.issue)} as its issue`, expected: "the issue as it was given" };
	}
	// What the whole run's tasks return stays in this process.
	return scope === "run" ? undefined : faultInValue(value);
}

/** What keeps a list from being one of issues. */
export function faultInIssues(value: unknown): Fault | undefined {
	const expected = "a list of issues, each with an id of its own and a list of blockers";
	if (!Array.isArray(value)) return { value: wordsOf(value), expected };
	const ids = value.map((each) => (isPlanned(each) ? each.id : undefined));
	const at = ids.findIndex((id, place) => id === undefined || ids.indexOf(id) !== place);
	if (at !== -1) return { value: `${wordsOf(value[at])} in its list`, expected };
	const circle = findCircle(new Map(value.filter(isPlanned).map(({ id, blockers }) => [id, blockers])));
	return (
		circle && { value: `issues that wait for each other (${circle.join(" ← ")})`, expected: "an order among them" }
	);
}

/** The ids on a way that leads back to where it began; nothing where there is none. */
function findCircle(blockers: ReadonlyMap<string, readonly string[]>): string[] | undefined {
	const through = new Set<string>();
	const follow = (id: string, path: readonly string[]): string[] | undefined => {
		if (path.includes(id)) return [...path.slice(path.indexOf(id)), id];
		if (through.has(id)) return undefined;
		for (const each of blockers.get(id) ?? []) {
			const circle = follow(each, [...path, id]);
			if (circle) return circle;
		}
		through.add(id);
		return undefined;
	};
	for (const id of blockers.keys()) {
		const circle = follow(id, []);
		if (circle) return circle;
	}
	return undefined;
}

/** What the values of this program's own verbs have at least; others are only asked for their kind. */
const FORMS: Readonly<Record<string, (value: Readonly<Record<string, unknown>>) => boolean>> = {
	note: ({ text }) => typeof text === "string" || typeof text === "number",
	worktree: ({ path }) => typeof path === "string",
	turn: ({ record }) => isRecord(record) && typeof record.outcome === "string",
	saved: ({ record, commit }) => isRecord(record) && (commit === null || typeof commit === "string"),
	kept: ({ ignored }) => Array.isArray(ignored),
};

function faultInValue(value: unknown): Fault | undefined {
	const odd = findOdd(value);
	if (odd !== undefined) return { value: odd, expected: PLAIN };
	const kind = isRecord(value) ? value.kind : undefined;
	if (!isRecord(value) || typeof kind !== "string" || !Object.hasOwn(FORMS, kind) || FORMS[kind]?.(value))
		return undefined;
	const expected = kind === "note" ? "{ kind, text }" : `what a verb returns as ${kind}, or a kind of its own`;
	return { value: JSON.stringify(value), expected };
}

/** The first thing in a value that JSON would lose. */
function findOdd(value: unknown): string | undefined {
	let odd: string | undefined;
	try {
		JSON.stringify(value, (key, each: unknown) => {
			const type = [Map, Set, Promise].find((type) => each instanceof type)?.name ?? typeof each;
			if (["Map", "Set", "Promise", "bigint", "function", "symbol"].includes(type))
				odd ??= `a ${type}${key === "" ? "" : ` under "${key}"`}`;
			return odd === undefined ? each : undefined;
		});
	} catch (thrown) {
		return odd ?? `what JSON can't hold (${wordsOf(thrown).split("\n")[0]})`;
	}
	return odd;
}

function isPlanned(value: unknown): value is { readonly id: string; readonly blockers: readonly string[] } {
	return isRecord(value) && typeof value.id === "string" && Array.isArray(value.blockers);
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
