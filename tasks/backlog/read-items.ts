import { hash } from "node:crypto";
import { given } from "../contract/given.ts";
import type { Issue } from "../contract/issue.ts";
import { type ItemSettings, USUAL_ITEM } from "../contract/items.ts";
import type { Layout } from "../contract/layout.ts";
import { isMilestone, isName, MILESTONE_RULE, NAME_RULE } from "../contract/names.ts";
import type { Problem } from "../contract/problem.ts";
import { isClosed } from "../contract/state.ts";
import { inPath, inText } from "./field-patterns.ts";
import { readFrontMatter } from "./front-matter.ts";
import { asHeading, type BodyLine, readBody } from "./markdown-body.ts";
import type { Sketch } from "./sketch.ts";

/** The issues of one document, and what is wrong with it. */
export interface ItemsReading {
	readonly project: string | undefined;
	readonly issues: readonly Issue[];
	readonly problems: readonly Problem[];
	/** What can be told of what was meant to be an item and is none, by its problem. */
	readonly sketches: ReadonlyMap<Problem, Sketch>;
}

/** A part of a document that is an issue, or was meant to be one. */
interface Item extends BodyLine {
	readonly mark: string | undefined;
	readonly lines: readonly string[];
	/** What stands above it and belongs to no other item. */
	readonly above: readonly string[];
	/** The line behind it, if there is one. */
	next?: number;
}

const BOX = /^(?:[-*+]|\d{1,9}[.)])[ \t]+\[([^\]]?)\][ \t]+(\S.*)$/u;

/**
 * Reads the issues that one document's lines or sections are. Each waits for the one before it. What a record compares of one is its own
 * text and what stands above it that is no other's, whatever boxes are ticked.
 * @param file its path relative to the repository, with `/`.
 */
export function readItems(file: string, bytes: Uint8Array, settings: ItemSettings, layout: Layout): ItemsReading {
	const ofPath = (field: "project" | "milestone") =>
		settings.files.includes(`{${field}}`) ? inPath(field, settings.files).exec(file)?.[1] : undefined;
	const project = ofPath("project") ?? layout.project;
	const milestone = ofPath("milestone") ?? null;
	const told = (line: number, what: string, expected: string): Problem => ({
		...{ kind: "document-invalid", file, line, what, expected },
	});
	const sketches = new Map<Problem, Sketch & { readonly blocks: string[] }>();
	const reading = readFrontMatter(bytes);
	if (reading.kind === "broken")
		return { project, issues: [], problems: [{ kind: "document-invalid", file, ...reading.problem }], sketches };
	const problems: Problem[] = [];
	if (project === undefined || !isName(project))
		problems.push(told(1, `project: ${JSON.stringify(project) ?? "nothing"}`, PROJECT));
	if (milestone !== null && !isMilestone(milestone))
		problems.push(told(1, `milestone: ${JSON.stringify(milestone)}`, MILESTONE_RULE));
	if (problems.length > 0) return { project: undefined, issues: [], problems, sketches };
	const { item = USUAL_ITEM, beside } = settings;
	const pattern = item.replace(/^(?:- \[ \]|#+) +/, "");
	const [idIn, titleIn] = [inText("id", pattern), inText("title", pattern)];
	const found: Issue[] = [];
	const order = new Order(beside);
	const { items, stray } = itemsIn(readBody(bytes), item);
	for (const { text, line } of stray)
		problems.push(told(line, shown(text.trim()), `\`${item}\`, where its line begins`));
	for (const each of items) {
		const id = idIn.exec(each.text)?.[1];
		const title = withoutMark(titleIn.exec(each.text)?.[1] ?? "", beside);
		if (id === undefined || title === "" || !isName(id)) {
			// A section beside the tasks is none, as long as there is nothing to tick in it.
			if (each.mark === undefined && id === undefined && !each.lines.some((line) => ANY_BOX.test(line))) continue;
			// What the mark means is told below the list, in a line that begins with it.
			if (id === undefined && beside === `[${each.mark}]`) continue;
			const problem = told(
				each.line,
				shown(each.text),
				id === undefined ? `\`${item}\`` : `\`${item}\` (\`item\`), with an id of ${NAME_RULE}`,
			);
			problems.push(problem);
			const isOver = isClosed({ state: stateOf(each) }, layout.states);
			sketches.set(problem, { id: id ?? "", milestone, isClosed: isOver, blocks: [] });
			continue;
		}
		// What is behind one that is still to be done waits for it.
		for (const { isClosed: isOver, blocks } of sketches.values()) if (!isOver) blocks.push(id);
		found.push({
			...{ id, title, state: stateOf(each), project: project ?? "", milestone, ...NOTHING },
			blockedBy: order.before(id, each.text),
			...{ docPath: file, docLine: each.line, ...given({ docNextLine: each.next }) },
			docHash: hash("sha256", comparedOf(each), "hex"),
		});
	}
	return { project, issues: found, problems, sketches };
}

const PROJECT = `{project} in \`files\` or \`project\` in the layout, of ${NAME_RULE}`;
const NOTHING = {
	...{ priority: null, estimate: null, parent: null },
	...{ assignees: [], labels: [], children: [], blocks: [], relatedTo: [] },
} as const;
/** A box, be it drawn as no item may be: without a blank before or behind it, or with one too many. */
const ANY_BOX = /^\s*(?:[-*+•–—]|\d{1,9}[.)])\s*\[(\s*[^\]\s]?\s*)\](?=[\s\p{L}\p{N}*_`"']|$)/u;
/** A box that no list has, before what has a number as ids have. */
const NAKED_BOX = /^\s*(?:\[\s*[xX]?\s*\]|(?:[-*+•–—]\s*)?[☐☑☒])\s*[^\s:(]*\d/u;

/** The items of a document, and what looks like one that is nobody's. */
function itemsIn(body: readonly BodyLine[], item: string): { readonly items: Item[]; readonly stray: BodyLine[] } {
	const level = /^#+/.exec(item)?.[0].length;
	const isAlike = headingLike(item);
	const items: (Item & { lines: string[] })[] = [];
	const stray: BodyLine[] = [];
	const above: string[] = [];
	let current: (typeof items)[number] | undefined;
	for (const line of body) {
		const heading = asHeading(line);
		const box = level === undefined ? BOX.exec(line.text) : null;
		const isItem = box !== null || (level !== undefined && heading?.level === level);
		if (current && !isItem && isWithin(line, heading?.level, level)) {
			current.lines.push(line.text);
			continue;
		}
		if (current) current.next = line.line;
		current = undefined;
		if (!isItem) {
			above.push(line.text);
			if (level === undefined ? isLikeABox(line.text) : heading && heading.level > 1 && isAlike(heading.text))
				stray.push(line);
		} else {
			const text = (box?.[2] ?? heading?.text ?? "").replace(/\*\*|__|`/g, "").trim();
			current = { text, line: line.line, mark: box?.[1], lines: [line.text], above: [...above] };
			items.push(current);
		}
	}
	return { items, stray };
}

/** What tells of a heading of another level whether it was meant: one with a word of the pattern's own does. */
function headingLike(item: string): (text: string) => boolean {
	const pattern = item.replace(/^#+ +/, "");
	if (!/\p{L}/u.test(pattern.replace(/\{\w+\}/g, ""))) return () => false;
	const id = inText("id", pattern);
	return (text) => id.test(text.replace(/\*\*|__|`/g, "").trim());
}

/** True for what was meant to be an item, and is drawn otherwise. */
function isLikeABox(text: string): boolean {
	const [box, mark = ""] = ANY_BOX.exec(text) ?? [];
	// A letter counts the points of a list.
	if (box !== undefined) return /^(?:\s|[xX]|[^\p{L}\p{N}])*$/u.test(mark) && text.slice(box.length).trim() !== "";
	return NAKED_BOX.test(text);
}

/** What is further in belongs to a box, and what is below a heading to it. */
function isWithin({ text }: BodyLine, heading: number | undefined, level: number | undefined): boolean {
	if (level !== undefined) return heading === undefined || heading > level;
	return heading === undefined && (text.trim() === "" || /^\s/.test(text));
}

/** Which issues each waits for. */
class Order {
	readonly #beside: string | undefined;
	#last: string[] = [];
	#now: string[] = [];
	#areBeside = false;

	constructor(beside: string | undefined) {
		this.#beside = beside;
	}

	before(id: string, text: string): readonly string[] {
		const isBeside = this.#beside !== undefined && text.includes(this.#beside);
		if (isBeside && this.#areBeside) this.#now.push(id);
		else {
			this.#last = this.#now;
			this.#now = [id];
		}
		this.#areBeside = isBeside;
		return this.#last;
	}
}

function stateOf({ mark, lines }: Item): string {
	const written = mark === undefined ? lines.flatMap((line) => ANY_BOX.exec(line)?.[1] ?? []) : [mark];
	const marks = written.map((each) => each.trim() || (each === "" ? "" : " "));
	const strange = marks.find((each) => !/^[ xX]$/.test(each));
	if (strange !== undefined) return `[${strange}]`;
	return marks.length > 0 && marks.every((each) => /[xX]/.test(each)) ? "done" : "planned";
}

function comparedOf({ above, lines }: Item): string {
	return [above, lines].map((each) => each.map(unticked).join("\n").trimEnd()).join("\n\n");
}

function unticked(line: string): string {
	return line.replace(ANY_BOX, (box) => box.replace(/\[.*/s, "[ ]")).trimEnd();
}

function withoutMark(title: string, mark: string | undefined): string {
	const text = (mark === undefined ? title : title.replace(mark, "")).replace(/\s+/g, " ").trim();
	return text.replace(/^[-–—]\s+/, "");
}

function shown(text: string): string {
	return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
