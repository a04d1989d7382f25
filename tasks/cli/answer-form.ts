import { plainText } from "../backlog/answer-text.ts";
import { inOneLine } from "./words/format.ts";

/** What a form is about. */
export interface Asked {
	/** What stands above everything, a line each. */
	readonly about: readonly string[];
	/** All questions of the attempt; those that are answered already are not asked again, and keep their numbers. */
	readonly questions: readonly string[];
	readonly open: readonly string[];
}

/** What was filled in: for each question of the attempt its answer, if there is one, and what goes beyond. */
export interface FilledIn {
	readonly answers: ReadonlyMap<string, string>;
	readonly remarks: readonly string[];
}

const BEYOND = "Beyond the questions";
const MARK = new RegExp(`^<!-- (?:Question (\\d+) of \\d+|${BEYOND}) -->$`);

/** A form to fill in: comments tell what it is, questions are quoted, and what is written below one answers it. */
export function renderForm({ about, questions, open }: Asked): string {
	const asked = questions.flatMap((question, at) =>
		open.includes(question)
			? [`<!-- Question ${at + 1} of ${questions.length} -->`, "", ...quoted(question), "", "", ""]
			: [],
	);
	return `${[...headOf(about), "", ...asked, `<!-- ${BEYOND} -->`, "", ""].join("\n")}\n`;
}

/**
 * Reads a form that was filled in, or a text that is none: that answers the only open question, and is a remark where there is not one
 * such question.
 */
export function readForm(text: string, { questions, open }: Asked): FilledIn {
	const known = new Set(questions.flatMap(quoted));
	const parts = new Map<string | undefined, string[]>();
	let lines: string[] = [];
	parts.set(undefined, lines);
	let isForm = false;
	for (const line of withoutHead(text).split(/\r\n|\r|\n/)) {
		const mark = MARK.exec(line.trim());
		if (mark) {
			isForm = true;
			const part = mark[1] === undefined ? undefined : questions[Number(mark[1]) - 1];
			lines = parts.get(part) ?? [];
			parts.set(part, lines);
		} else if (!known.has(line.trimEnd())) lines.push(line);
	}
	const texts = [...parts].map(([of, typed]) => [of, plainText(typed.join("\n"))] as const);
	const beyond = texts.flatMap(([of, said]) => (of === undefined && said !== "" ? [said] : []));
	const [only] = open.length === 1 ? open : [];
	if (!isForm && only !== undefined) return { answers: new Map(beyond.map((said) => [only, said])), remarks: [] };
	const answers = texts.flatMap(([of, said]) => (of !== undefined && said !== "" ? [[of, said] as const] : []));
	return { answers: new Map(answers), remarks: beyond };
}

/**
 * What texts answer that were typed one after the other: the open questions, in their order; what is left over are remarks. One that is
 * empty leaves its question open.
 * @param isSaid whether the document has an answer: the same command typed again says nothing new.
 */
export function answersInOrder(
	texts: readonly string[],
	{ questions, open }: Pick<Asked, "questions" | "open">,
	isSaid: (question: string | undefined, text: string) => boolean,
): FilledIn {
	const plain = texts.map(plainText);
	const isRepeated = plain.every((text, at) => text === "" || isSaid(questions[at], text));
	const asked = isRepeated ? questions : open;
	const answers = asked.flatMap((question, at) => (plain[at] ? [[question, plain[at]] as const] : []));
	return { answers: new Map(answers), remarks: plain.slice(asked.length).filter(Boolean) };
}

function headOf(about: readonly string[]): string[] {
	const lines = about.map((line) => inOneLine(line).replaceAll("--", "- -"));
	return lines.map((line, at) => `${at === 0 ? "<!-- " : "     "}${line}${at === lines.length - 1 ? " -->" : ""}`);
}

/** The comment at the beginning tells what a form is about, and may have been made when that was called otherwise. */
function withoutHead(text: string): string {
	const plain = text.replace(/^\uFEFF/, "");
	const end = plain.indexOf("-->");
	const isHead = plain.startsWith("<!-- ") && end !== -1 && !MARK.test(plain.split(/\r?\n/, 1)[0] ?? "");
	return isHead ? plain.slice(end + "-->".length) : plain;
}

function quoted(question: string): string[] {
	return question.split("\n").map((line) => `> ${line}`.trimEnd());
}
