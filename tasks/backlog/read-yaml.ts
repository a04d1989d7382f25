import {
	CORE_SCHEMA,
	constructFromEvents,
	EVENT_ID,
	type Event,
	getScalarValue,
	parseEvents,
	YAMLException,
} from "js-yaml";
import { hintFor } from "./quote-hint.ts";
import { type Comment, commentsIn } from "./yaml-comments.ts";

/** Front matter as data, with the line of the file that a value stands on. */
export interface FrontMatter {
	readonly data: Readonly<Record<string, unknown>>;
	lineOf(path: readonly PropertyKey[]): number;
	/** The value at a path as it is written; nothing for what is no single value. */
	textOf(path: readonly PropertyKey[]): string | undefined;
	/** Comments that look like values. */
	readonly comments: readonly Comment[];
}

/** What keeps a document's front matter from being read. */
export interface FrontMatterProblem {
	readonly line: number;
	readonly what: string;
	readonly expected: string;
}

/**
 * Reads what stands between the fences of a document.
 * @param source what follows the opening `---`: its line 1 is the rest of the fence.
 */
export function readYaml(source: string): Yaml | FrontMatterProblem {
	let data: unknown;
	let events: Event[];
	try {
		events = parseEvents(source, {});
		const refused = findRefused(source, events);
		if (refused) return refused;
		[data] = constructFromEvents(events, { source, schema: CORE_SCHEMA });
	} catch (error) {
		if (!(error instanceof YAMLException)) throw error;
		const line = error.mark?.line ?? 0;
		return { line: line + 1, what: error.reason, expected: hintFor(source, line, faultIn) ?? "YAML without errors" };
	}
	if (typeof data !== "object" || data === null || Array.isArray(data))
		return {
			line: 2,
			what: "front matter that is no map",
			expected: "`key: value` lines, at least id, title and project",
		};
	return new Yaml(data as Readonly<Record<string, unknown>>, source, events);
}

/** What YAML knows and front matter has not. */
function findRefused(source: string, events: readonly Event[]): FrontMatterProblem | undefined {
	let second: Event | undefined;
	for (let at = 1; at < events.length; at++) {
		const event = events[at] as Event;
		if (event.type === EVENT_ID.ALIAS) {
			const expected = "plain YAML without anchors and aliases; quote what begins with `*`";
			return { line: lineAt(source, event.anchorStart), what: "a YAML alias", expected };
		}
		if (event.type === EVENT_ID.DOCUMENT) second ??= events[at + 1] as Event;
	}
	if (!second) return undefined;
	return { line: lineAt(source, startOf(second)), what: "multiple documents", expected: "one YAML document" };
}

function lineAt(source: string, offset: number): number {
	return source.slice(0, Math.max(offset, 0)).split("\n").length;
}

/** YAML that was read. Where things stand in it is worked out when it is asked, which it is of few documents. */
export class Yaml implements FrontMatter {
	readonly data: Readonly<Record<string, unknown>>;
	readonly #source: string;
	readonly #events: readonly Event[];

	constructor(data: Readonly<Record<string, unknown>>, source: string, events: readonly Event[]) {
		this.data = data;
		this.#source = source;
		this.#events = events;
	}

	lineOf(path: readonly PropertyKey[]): number {
		return lineAt(this.#source, nodeAt(this.#source, this.#events, path).offset);
	}

	textOf(path: readonly PropertyKey[]): string | undefined {
		return textAt(this.#source, this.#events, path);
	}

	get comments(): readonly Comment[] {
		return commentsIn(this.#source);
	}
}

/** What keeps a source from being read. */
function faultIn(source: string): { readonly line: number } | undefined {
	try {
		constructFromEvents(parseEvents(source, {}), { source, schema: CORE_SCHEMA });
		return undefined;
	} catch (error) {
		return { line: error instanceof YAMLException ? (error.mark?.line ?? 0) : 0 };
	}
}

/** A single value as it is written. */
function textAt(source: string, events: readonly Event[], path: readonly PropertyKey[]): string | undefined {
	const { at, depth } = nodeAt(source, events, path);
	const event = events[at];
	return depth === path.length && event?.type === EVENT_ID.SCALAR ? getScalarValue(source, event) : undefined;
}

/** The value at a path, or the nearest around it that is there: its event, where it begins, and how far down the path it is. */
function nodeAt(source: string, events: readonly Event[], path: readonly PropertyKey[]) {
	// The first event opens the document.
	let at = 1;
	let offset = 0;
	let depth = 0;
	for (const step of path) {
		const found = childOf(source, events, at, step);
		if (found === undefined) break;
		at = found.at;
		// What is empty is written down nowhere; in a list, it stands behind what was before it.
		if (found.offset >= 0) offset = found.offset;
		depth++;
	}
	return { at, offset, depth };
}

function childOf(
	source: string,
	events: readonly Event[],
	parent: number,
	step: PropertyKey,
): { readonly at: number; readonly offset: number } | undefined {
	const { type } = events[parent] ?? {};
	if (type !== EVENT_ID.MAPPING && type !== EVENT_ID.SEQUENCE) return undefined;
	let at = parent + 1;
	for (let index = 0; events[at] && events[at]?.type !== EVENT_ID.POP; index++) {
		const key = events[at] as Event;
		if (type === EVENT_ID.MAPPING) at = endOf(events, at);
		const value = events[at] as Event;
		const isWanted = type === EVENT_ID.SEQUENCE ? index === step : isScalar(key, source, String(step));
		if (isWanted) return { at, offset: Math.max(startOf(value), startOf(key)) };
		at = endOf(events, at);
	}
	return undefined;
}

function isScalar(event: Event, source: string, text: string): boolean {
	return event.type === EVENT_ID.SCALAR && getScalarValue(source, event) === text;
}

/** The index of what follows a node. */
function endOf(events: readonly Event[], node: number): number {
	let depth = 0;
	for (let at = node; at < events.length; at++) {
		const type = events[at]?.type;
		if (type === EVENT_ID.POP) depth--;
		else if (type === EVENT_ID.MAPPING || type === EVENT_ID.SEQUENCE) depth++;
		if (depth === 0) return at + 1;
	}
	return events.length;
}

/** Offset of a node in its source; -1 for one that is not written down. */
function startOf(event: Event): number {
	if ("valueStart" in event) return event.valueStart;
	return "start" in event ? event.start : -1;
}
