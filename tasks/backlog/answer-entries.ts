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

/** True for lines of which each belongs to what persons have answered, or closes what stood open before it. */
export function areEntries(lines: readonly string[]): boolean {
	const own = lines.filter((line) => line.trim() !== "");
	const from = /^(?:`{3,}|~{3,}|-->)$/.test(own[0] ?? "") ? 1 : 0;
	return HEADER.test(own[from]?.trim() ?? "") && own.slice(from).every((line) => isOfEntry(line));
}

function isOfEntry(text: string): boolean {
	const line = text.trim();
	return line === "" || line.startsWith(">") || LABEL.test(line) || HEADER.test(line);
}

function quoted(text: string): string[] {
	return text.split("\n").map((line) => (line === "" ? ">" : `> ${line}`));
}
