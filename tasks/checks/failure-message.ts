import { stripVTControlCharacters } from "node:util";
import { withoutFolders } from "./test-name.ts";

const LINES = 6;
const CHARACTERS = 600;

/** How much of a failure's text is read to make its message of. */
export const READ_OF_TEXT = 4_000;

/** What a failed test said, in a few lines: by its attribute, or by its text where that says nothing. */
export function failureMessage(attribute: string, text: string, folders: readonly string[]): string | undefined {
	const isEmpty = /^\s*(?:test )?(?:failed|failure|error)?\.?\s*$/i.test(attribute);
	const chosen = (isEmpty && text.trim() ? text : attribute).slice(0, READ_OF_TEXT);
	const plain = stripVTControlCharacters(chosen).replace(/(?!\n)\p{Cc}/gu, " ");
	const lines = withoutFolders(plain, folders)
		.split("\n")
		.map((line) => line.trimEnd())
		.filter(Boolean);
	const message = lines.slice(0, LINES).join("\n").trim();
	if (!message) return undefined;
	return message.length > CHARACTERS || lines.length > LINES ? `${message.slice(0, CHARACTERS)} …` : message;
}
