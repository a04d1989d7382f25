import type { AnswerEntry } from "../contract/answer.ts";
import type { Phase } from "../contract/phase.ts";
import type { BodyLine } from "./markdown-body.ts";

const HEADER =
	/^(?:## |\*\*)Answers of (\d{4}-\d\d-\d\d), to the (dev|review|fix) attempt of (\S+) that began (\d{4}-\S+Z)(?:\*\*)?$/;
const LABEL = /^\*\*(Question|Answer|Remark)\*\*$/;

/**
 * What a person has said, as lines of markdown. Every line of a text of theirs or of an agent's is quoted: no heading, list, code or comment in
 * it reaches beyond that.
 * @param isPart of a part of a document, which a heading would end.
 */
export function renderEntry(entry: AnswerEntry, isPart: boolean): string[] {
	const { date, phase, issue, startedAt } = entry;
	const header = `Answers of ${date}, to the ${phase} attempt of ${issue} that began ${startedAt}`;
	const part = (label: string, text: string) => ["", `**${label}**`, "", ...quoted(text)];
	return [
		isPart ? `**${header}**` : `## ${header}`,
		...entry.answers.flatMap(({ question, answer }) => [...part("Question", question), ...part("Answer", answer)]),
		...entry.remarks.flatMap((remark) => part("Remark", remark)),
	];
}

/** What persons have said in a document, in its order. */
export function readEntries(body: readonly BodyLine[]): AnswerEntry[] {
	const entries: { entry: AnswerEntry; parts: { label: string; lines: string[] }[] }[] = [];
	let current: (typeof entries)[number] | undefined;
	for (const { text } of body) {
		const line = text.trim();
		const [, date = "", phase, issue = "", startedAt = ""] = HEADER.exec(line) ?? [];
		const label = LABEL.exec(line)?.[1];
		if (phase !== undefined) {
			const about = { date, phase: phase as Phase, issue, startedAt };
			current = { entry: { ...about, answers: [], remarks: [] }, parts: [] };
			entries.push(current);
		} else if (label !== undefined) current?.parts.push({ label, lines: [] });
		else if (line.startsWith(">")) current?.parts.at(-1)?.lines.push(text.replace(/^\s*> ?/, ""));
		else if (line !== "") current = undefined;
	}
	return entries.map(({ entry, parts }) => {
		const said = parts.map(({ label, lines }) => ({ label, text: lines.join("\n") }));
		const answers = said.flatMap(({ label, text }, at) => {
			const before = said[at - 1];
			return label === "Answer" && before?.label === "Question" ? [{ question: before.text, answer: text }] : [];
		});
		return { ...entry, answers, remarks: said.flatMap(({ label, text }) => (label === "Remark" ? [text] : [])) };
	});
}

/** The lines of a document without what persons have answered in it: what they quote says nothing of the issue's fields. */
export function withoutEntries(body: readonly BodyLine[]): readonly BodyLine[] {
	let isWithin = false;
	return body.filter(({ text }) => {
		if (HEADER.test(text.trim())) isWithin = true;
		else if (isWithin && !isOfEntry(text)) isWithin = false;
		return !isWithin;
	});
}

/**
 * True where a text is another one with what persons have answered put in, in however many places, and nothing else is different. How lines
 * end makes no difference.
 */
export function isOnlyAnswered(before: string, after: string): boolean {
	const [from, to] = [before, after].map((text) => text.split(/\r\n|\r|\n/)) as [string[], string[]];
	const failed = new Set<string>();
	const fits = (first: number, second: number): boolean => {
		let [at, now] = [first, second];
		while (at < from.length && from[at] === to[now]) [at, now] = [at + 1, now + 1];
		if (now === to.length) return at === from.length;
		const place = `${at} ${now}`;
		if (failed.has(place)) return false;
		const { length, least } = entriesAt(to, now);
		// What follows may be an earlier answer, or blank lines, that were there before.
		for (let added = length; added >= least; added--) if (fits(at, now + added)) return true;
		failed.add(place);
		return false;
	};
	return from.length < to.length && fits(0, 0);
}

/** How many lines from one on persons have answered, or close what stood open before it, and how many at least; none where no answer begins. */
function entriesAt(lines: readonly string[], from: number): { readonly length: number; readonly least: number } {
	const isBlank = (at: number) => lines[at]?.trim() === "";
	let at = from;
	while (isBlank(at)) at++;
	if (/^(?:`{3,}|~{3,}|-->)$/.test(lines[at] ?? "")) at++;
	while (isBlank(at)) at++;
	if (!HEADER.test(lines[at]?.trim() ?? "")) return { length: 0, least: 1 };
	const least = at + 1 - from;
	while (at < lines.length && isOfEntry(lines[at] ?? "")) at++;
	return { length: at - from, least };
}

function isOfEntry(text: string): boolean {
	const line = text.trim();
	return line === "" || line.startsWith(">") || LABEL.test(line) || HEADER.test(line);
}

function quoted(text: string): string[] {
	return text.split("\n").map((line) => (line === "" ? ">" : `> ${line}`));
}
