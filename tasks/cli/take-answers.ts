import { readFile } from "node:fs/promises";
import { type Answerable, openOf, type Said } from "../answer.ts";
import { hasHidden } from "../backlog/answer-text.ts";
import { Failure } from "../contract/problem.ts";
import { editorOf } from "../repo/persons-commit.ts";
import { writeFileAtomic } from "../system/atomic-write.ts";
import { type Asked, answersInOrder, type FilledIn, readForm, renderForm } from "./answer-form.ts";
import { askInEditor, forget, readText } from "./ask-in-editor.ts";
import type { RunRequest } from "./request.ts";
import type { Surroundings } from "./surroundings.ts";
import { canAsk } from "./views/terminal.ts";
import { aboutLines } from "./words/answer-words.ts";

/** What was typed, as it is to be written. */
export interface Taken extends Said {
	/** Something in it is left out, since nobody can see it. */
	readonly hasHidden?: boolean;
}

/** Where what was typed lies until it has got further. */
export interface Kept {
	readonly file: string;
	/** Whether something lies there that is worth a word. */
	isWorthIt?: () => Promise<boolean>;
	/** To be called when all of it has got further. */
	isDone?: () => Promise<void>;
}

/**
 * Takes answers from wherever they come: the command line, a file, a pipe, or an editor.
 * @param kept is told how what was typed is kept.
 * @returns `shown` where only the form was asked for.
 * @throws Failure `nobody-to-ask`, `answers-unreadable`, `no-editor`, `editor-failed`.
 */
export async function takeAnswers(
	answerable: Answerable,
	kept: Kept,
	{ messages, answersFile, dryRun, json }: RunRequest,
	{ stdin, stdout, stderr, env }: Surroundings,
): Promise<Taken | "shown"> {
	const { issue, questions, said } = answerable;
	const asked: Asked = { about: aboutLines(answerable), questions, open: openOf(answerable) };
	if (messages !== undefined) {
		const isSaid = (question: string | undefined, text: string) =>
			question === undefined
				? said.remarks.includes(text)
				: said.answers.some((each) => each.question === question && each.answer === text);
		return asTaken(answersInOrder(messages, asked, isSaid), messages.join(""));
	}
	if (answersFile !== undefined) {
		const isPipe = answersFile === "-";
		const text = await readText(isPipe ? "standard input" : answersFile, isPipe ? stdin : undefined);
		if (isPipe) await keepIn(kept, text);
		return asTaken(readForm(text, asked), text);
	}
	const form = renderForm(asked);
	if (dryRun) {
		stdout.write(form);
		return "shown";
	}
	if (json) return { answers: [], remarks: [] };
	if (!canAsk(stdin, stderr, env)) throw new Failure({ kind: "nobody-to-ask", issue: issue.id, questions: asked.open });
	kept.isDone = () => forget(kept.file);
	kept.isWorthIt = async () => {
		const text = await readFile(kept.file, "utf8").catch(() => form);
		if (text !== form) return true;
		await forget(kept.file);
		return false;
	};
	const text = await askInEditor(kept.file, form, await editorOf(issue.repository), issue.id);
	return asTaken(readForm(text, asked), text);
}

function asTaken({ answers, remarks }: FilledIn, text: string): Taken {
	const all = [...answers].map(([question, answer]) => ({ question, answer }));
	return { answers: all, remarks, hasHidden: hasHidden(text) };
}

/** What came through a pipe is nowhere else. */
async function keepIn(kept: Kept, text: string): Promise<void> {
	kept.isWorthIt = async () => {
		await writeFileAtomic(kept.file, text);
		return true;
	};
}
