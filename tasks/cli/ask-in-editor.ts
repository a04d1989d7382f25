import { isUtf8 } from "node:buffer";
import { readFile, rm } from "node:fs/promises";
import { Failure } from "../contract/problem.ts";
import { writeFileAtomic } from "../system/atomic-write.ts";
import { exists } from "../system/paths.ts";
import { runInTerminal } from "../system/user-command.ts";

/**
 * Has a form filled in, in a person's editor. It lies in a file that stays until its owner removes it: what was typed and did not get
 * further is there the next time.
 * @param command the editor's, as git would run it.
 * @throws Failure `no-editor`, `editor-failed`, `answers-unreadable`.
 */
export async function askInEditor(
	file: string,
	form: string,
	command: string | undefined,
	issue: string,
): Promise<string> {
	if (command === undefined) throw new Failure({ kind: "no-editor", issue });
	if (!(await exists(file))) await writeFileAtomic(file, form);
	const exitCode = await runInTerminal(command, [file]);
	if (exitCode === NOT_FOUND || exitCode === NOT_STARTED)
		throw new Failure({ kind: "no-editor", issue, editor: command });
	if (exitCode !== 0) throw new Failure({ kind: "editor-failed", editor: command, exitCode });
	return readText(file);
}

/** What a shell exits with where a program can't be found, or is none. */
const NOT_FOUND = 127;
const NOT_STARTED = 126;

/** Bytes that are more than any document takes. */
const MOST = 4 * 1024 * 1024;

/** A text of a person's. @param source what it is read from where that is not the file. @throws Failure `answers-unreadable`. */
export async function readText(path: string, source?: AsyncIterable<Uint8Array | string>): Promise<string> {
	const refuse = (message: string) => new Failure({ kind: "answers-unreadable", path, message });
	const bytes = await (source ? gathered(source) : readFile(path)).catch((error: Error) => {
		throw refuse(error.message);
	});
	if (bytes.length > MOST) throw refuse("it is too large");
	if (bytes.includes(0)) throw refuse("it has NUL bytes, and so is no text");
	if (!isUtf8(bytes)) throw refuse("it is not UTF-8");
	return bytes.toString("utf8");
}

async function gathered(source: AsyncIterable<Uint8Array | string>): Promise<Buffer> {
	const pieces: Buffer[] = [];
	let size = 0;
	for await (const piece of source) {
		pieces.push(Buffer.from(piece));
		size += piece.length;
		if (size > MOST) break;
	}
	return Buffer.concat(pieces);
}

/** Removes a form that nothing was filled in, or of which all has got further. */
export async function forget(file: string): Promise<void> {
	await rm(file, { force: true });
}
