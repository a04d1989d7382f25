import { hash } from "node:crypto";
import { given } from "../contract/given.ts";
import type { Issue } from "../contract/issue.ts";
import { type ItemSettings, USUAL_ITEM } from "../contract/items.ts";
import type { Layout } from "../contract/layout.ts";
import { isMilestone, isName, MILESTONE_RULE, NAME_RULE } from "../contract/names.ts";
import type { Problem } from "../contract/problem.ts";
import { inPath, inText } from "./field-patterns.ts";
import { readFrontMatter } from "./front-matter.ts";
import { asHeading, type BodyLine, readBody } from "./markdown-body.ts";

/** The issues of one document, and what is wrong with it. */
export interface ItemsReading {
	readonly project: string | undefined;
	readonly issues: readonly Issue[];
	readonly problems: readonly Problem[];
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
	const reading = readFrontMatter(bytes);
	if (reading.kind === "broken")
		return { project, issues: [], problems: [{ kind: "document-invalid", file, ...reading.problem }] };
	const problems: Problem[] = [];
	if (project === undefined || !isName(project))
		problems.push(told(1, `project: ${JSON.stringify(project) ?? "nothing"}`, PROJECT));
	if (milestone !== null && !isMilestone(milestone))
		problems.push(told(1, `milestone: ${JSON.stringify(milestone)}`, MILESTONE_RULE));
	if (problems.length > 0) return { project: undefined, issues: [], problems };
	const { item = USUAL_ITEM, beside } = settings;
	const pattern = item.replace(/^(?:- \[ \]|#+) +/, "");
	const [idIn, titleIn] = [inText("id", pattern), inText("title", pattern)];
	const found: Issue[] = [];
	const order = new Order(beside);
	for (const each of itemsIn(readBody(bytes), item)) {
		const id = idIn.exec(each.text)?.[1];
		const title = withoutMark(titleIn.exec(each.text)?.[1] ?? "", beside);
		if (id === undefined || title === "" || !isName(id)) {
			// A section beside the tasks is none, as long as there is nothing to tick in it.
			if (each.mark === undefined && id === undefined && !each.lines.some((line) => ANY_BOX.test(line))) continue;
			// What the mark means is told below the list, in a line that begins with it.
			if (id === undefined && beside === `[${each.mark}]`) continue;
			problems.push(
				told(
					each.line,
					shown(each.text),
					id === undefined ? `\`${item}\`` : `\`${item}\` (\`item\`), with an id of ${NAME_RULE}`,
				),
			);
			continue;
		}
		found.push({
			...{ id, title, state: stateOf(each), project: project ?? "", milestone, ...NOTHING },
			blockedBy: order.before(id, each.text),
			...{ docPath: file, docLine: each.line, ...given({ docNextLine: each.next }) },
			docHash: hash("sha256", comparedOf(each), "hex"),
		});
	}
	return { project, issues: found, problems };
}

const PROJECT = `{project} in \`files\` or \`project\` in the layout, of ${NAME_RULE}`;
const NOTHING = {
	...{ priority: null, estimate: null, parent: null },
	...{ assignees: [], labels: [], children: [], blocks: [], relatedTo: [] },
} as const;
const ANY_BOX = /^\s*(?:[-*+]|\d{1,9}[.)])[ \t]+\[([^\]]?)\]\s/u;

function itemsIn(body: readonly BodyLine[], item: string): Item[] {
	const level = /^#+/.exec(item)?.[0].length;
	const items: (Item & { lines: string[] })[] = [];
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
		if (!isItem) above.push(line.text);
		else {
			const text = (box?.[2] ?? heading?.text ?? "").replace(/\*\*|__|`/g, "").trim();
			current = { text, line: line.line, mark: box?.[1], lines: [line.text], above: [...above] };
			items.push(current);
		}
	}
	return items;
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
	const marks = mark === undefined ? lines.flatMap((line) => ANY_BOX.exec(line)?.[1] ?? []) : [mark];
	const strange = marks.find((each) => !/[ xX]/.test(each));
	if (strange !== undefined) return `[${strange}]`;
	return marks.length > 0 && marks.every((each) => each !== " ") ? "done" : "planned";
}

function comparedOf({ above, lines }: Item): string {
	return [above, lines].map((each) => each.map(unticked).join("\n").trimEnd()).join("\n\n");
}

function unticked(line: string): string {
	return line.replace(/^(\s*(?:[-*+]|\d{1,9}[.)])[ \t]+\[)[^\]]?(\]\s)/u, "$1 $2").trimEnd();
}

function withoutMark(title: string, mark: string | undefined): string {
	const text = (mark === undefined ? title : title.replace(mark, "")).replace(/\s+/g, " ").trim();
	return text.replace(/^[-–—]\s+/, "");
}

function shown(text: string): string {
	return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
