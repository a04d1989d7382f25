import { directoryIn } from "./arguments.ts";
import type { Start } from "./surroundings.ts";
import { gitAt, shellWord } from "./words/format.ts";
import { type Names, type Say, sayWith } from "./words/say.ts";

/** What the orchfile calls its commands that `init` writes. */
const AS_WRITTEN: Names = { goal: "dev", save: "persist" };

/** Says commands with the folder as it was typed: they have to work from the same place. */
export function sayAs(
	command: string,
	{ args, cwd }: Pick<Start, "args" | "cwd">,
	directory: () => string,
	names = AS_WRITTEN,
): Say {
	const typed = directoryIn(args);
	const around = typed === undefined ? command : `${command} -C ${shellWord(typed)}`;
	return sayWith(
		(words) => [around, words].filter(Boolean).join(" "),
		(words) => `${gitAt(directory(), cwd)} ${words}`,
		names,
	);
}
