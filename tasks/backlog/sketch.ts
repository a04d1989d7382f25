import { basename } from "node:path";
import type { Issue } from "../contract/issue.ts";
import type { Field, Layout } from "../contract/layout.ts";
import { isClosed } from "../contract/state.ts";
import { findByPattern } from "./by-pattern.ts";
import { LARGEST_FRONT_MATTER } from "./front-matter.ts";
import { isFinishedPath } from "./layout-patterns.ts";
import { readBody } from "./markdown-body.ts";

/** What can be told of a document that can't be used: whom it concerns. */
export interface Sketch {
	/** What it may be called; the file's name where it names nothing. */
	readonly id: string;
	/** `null` where it names none; absent where nobody can tell. */
	readonly milestone?: string | null;
	readonly isClosed: boolean;
	/** What it says that waits for it. */
	readonly blocks: readonly string[];
}

/** Of front matter that was read, and has values that can't be used. */
export function sketchOf(file: string, data: Readonly<Record<string, unknown>>, layout: Layout): Sketch {
	const { id, milestone, state, blocked } = data;
	return {
		id: typeof id === "string" ? id : basename(file, ".md"),
		...(milestone === undefined || milestone === null ? { milestone: null } : {}),
		...(typeof milestone === "string" ? { milestone } : {}),
		isClosed: isFinishedPath(file, layout) || (typeof state === "string" && isClosed({ state }, layout.states)),
		blocks: Array.isArray(blocked) ? blocked.filter((each) => typeof each === "string") : [],
	};
}

/** Of a document whose front matter can't be read: by the lines that look like its fields. */
export function sketchOfText(file: string, bytes: Uint8Array, layout: Layout): Sketch {
	const lines = new TextDecoder().decode(bytes.subarray(0, LARGEST_FRONT_MATTER)).split(/\r\n|\r|\n/);
	const textOf = (field: Field): string | undefined => {
		const name = layout.fields[field];
		const line = name === null ? undefined : lines.find((each) => each.startsWith(`${name}:`));
		const value = line
			?.slice(`${name}:`.length)
			.replace(/\s#.*$/, "")
			.trim();
		const said =
			value?.replace(/^(["'])(.*)\1$/, "$2") || findByPattern(field, layout, file, () => readBody(bytes))?.value;
		return typeof said === "string" ? said : undefined;
	};
	const [milestone, state] = [textOf("milestone"), textOf("state")];
	return {
		id: textOf("id") ?? basename(file, ".md"),
		// What is not found may stand there in another form.
		...(milestone === undefined ? {} : { milestone: /^(?:null|~)$/i.test(milestone) ? null : milestone }),
		isClosed: isFinishedPath(file, layout) || (state !== undefined && isClosed({ state }, layout.states)),
		blocks: [],
	};
}

/** Of an issue that can't be told apart from another. */
export function sketchOfIssue(issue: Issue, { states }: Layout): Sketch {
	const { id, milestone, blocks } = issue;
	return { id, milestone, isClosed: isClosed(issue, states), blocks };
}
