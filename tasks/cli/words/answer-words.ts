import { styleText } from "node:util";
import type { Answerable } from "../../answer.ts";
import { insertedIn } from "../../backlog/inserted.ts";
import { waitsForAnswer } from "../../contract/record.ts";
import type { Decoration } from "./doctor-words.ts";
import { oneLine, plural, printable, shellWord } from "./format.ts";
import { endOf } from "./outcome-words.ts";
import type { Say } from "./say.ts";

/** Lines around what was added, and of that as many as a person looks through. */
const AROUND = 3;
const MOST = 200;

/** What stands above the questions, a line each. */
export function aboutLines({ issue, record }: Answerable): string[] {
	return [
		`${issue.id}: ${oneLine(issue.title, 100)}`,
		`Its ${record.phase} attempt that began ${record.startedAt} ended ${endOf(record)}.`,
		...(waitsForAnswer(record) ? [] : record.details.slice(0, 20).map((each) => oneLine(each, 300))),
		"Write below each question, and below the last line what goes beyond.",
		"What is left empty stays open. Where all is, nothing is written.",
	];
}

/** What was put into a document, as git shows a change. */
export function changeText(file: string, before: string, after: string, decoration: Decoration): string {
	const inserted = insertedIn(before, after);
	if (!inserted) return "";
	const { at, lines } = inserted;
	const all = after.replace(/(?:\r\n|\r|\n)$/, "").split(/\r\n|\r|\n/);
	const from = Math.max(0, at - AROUND);
	const behind = all.slice(at + lines.length, at + lines.length + AROUND);
	const context = [...all.slice(from, at), ...behind].length;
	const added = (line: string) => (decoration === "colours" ? styleText("green", line) : line);
	const shown = lines.slice(0, MOST).map((line) => added(`+${printable(line)}`));
	const more = lines.length > MOST ? [`(and ${plural(lines.length - MOST, "line")} more)`] : [];
	return [
		`--- a/${printable(file)}`,
		`+++ b/${printable(file)}`,
		`@@ -${from + 1},${context} +${from + 1},${context + lines.length} @@`,
		...all.slice(from, at).map((line) => ` ${printable(line)}`),
		...shown,
		...more,
		...behind.map((line) => ` ${printable(line)}`),
	].join("\n");
}

/** What was done, and what to type next; a command ends its line. */
export function afterLines(
	{ issue }: Answerable,
	{
		commit,
		open,
		subject,
	}: { readonly commit?: string | undefined; readonly open: readonly string[]; readonly subject: string },
	say: Say,
): string[] {
	const path = shellWord(issue.docPath);
	const still = open.map((each) => `Still open: ${oneLine(each, 300)}`);
	const done =
		commit === undefined
			? [`To commit it, as agents see only what is committed: ${say.git(`commit -m ${shellWord(subject)} -- ${path}`)}`]
			: [`Committed on ${issue.base.name}: ${commit.slice(0, 10)}`];
	return [...still, ...done, `To have ${issue.id} go on: ${say.goal(issue.id)}`];
}

/** Where a person finds again what was typed and got no further, and how it is used. */
export function keptLine(id: string, file: string, say: Say): string {
	return `What you typed is kept. To use it: ${say(`answer ${shellWord(id)} -F ${shellWord(file)}`)}`;
}
