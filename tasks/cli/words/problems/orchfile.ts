import { dirname } from "node:path";
import type { OrchfileProblem } from "../../../contract/problems/orchfile.ts";
import { PACKAGE_ROOT } from "../../../system/package-root.ts";
import { didYouMean } from "../did-you-mean.ts";
import { installCommand, oneLine, shellWord } from "../format.ts";
import { idleWords } from "../idle-words.ts";
import type { Kinds, Message, Say } from "../say.ts";

/** The words for each OrchfileProblem. */
export const ORCHFILE: Kinds<OrchfileProblem, Message, [Say]> = {
	"no-orchfile": ({ folder, nearest }, say) => ({
		what: `There is no orchfile.ts in ${folder}, nor above it up to the top of its repository.`,
		remedy: `${nearest.length > 0 ? `${didYouMean(nearest)} ` : ""}To have one written: ${say("init")}`,
	}),
	"orchfile-broken": ({ path, file = path, line, message, needsPackage, elsewhere }, say) => ({
		what: line === undefined ? `${file} can't be loaded: ${message}` : `${placeOf({ file, line })}${message}`,
		remedy: elsewhere
			? `The package is a dependency of ${elsewhere}. To have an orchfile written there: ${say("init")}`
			: needsPackage
				? `Install what it imports: ${installCommand(PACKAGE_ROOT, dirname(path))}`
				: undefined,
	}),
	"orchfile-threw": ({ path, file = path, line, message, nearest }) => ({
		what: `${placeOf({ file, line })}${oneLine(message, MOST)}`,
		remedy: didYouMean(nearest),
	}),
	"orchfile-no-module": ({ path, file = path, line }) => ({
		what: `${placeOf({ file, line })}its package has no "type": "module", so it can't await outside of a function.`,
		remedy: `Call it .mts: mv ${shellWord(path)} ${shellWord(path.replace(/\.ts$/, ".mts"))}`,
	}),
	"orchfile-idle": ({ path }) => idleWords(path),
	"main-twice": ({ path, file = path, line }) => ({
		what: `${placeOf({ file, line })}main is called a second time; expected one call, which has done what was asked for.`,
		remedy: "Take one of them out.",
	}),
	"graph-invalid": ({ what, expected, nearest, ...place }) => ({
		what: `${placeOf(place)}${what}; expected ${expected}.`,
		remedy: didYouMean(nearest),
	}),
	"layout-invalid": ({ key, value, expected, ...place }) => ({
		what: `${placeOf(place) || "The orchfile's "}layout.${key} is ${value}; expected ${expected}.`,
	}),
	"default-invalid": ({ option, message, nearest, ...place }) => ({
		what: `${placeOf(place) || "The orchfile: "}the default for "${option}" is not valid: ${message.replace(/\.$/, "")}.`,
		remedy: didYouMean(nearest),
	}),
	"task-threw": ({ task, issue, part, message, hasStack, ...place }, say) => ({
		what: `${placeOf(place)}task "${task}"${PARTS[part]} threw${issue === undefined ? "" : ` for ${issue}`}: ${oneLine(message, MOST)}`,
		remedy:
			issue === undefined || !hasStack
				? undefined
				: `Its stack: ${say(`${shellWord(task)} ${shellWord(issue)} --verbose`)}`,
	}),
	"task-answer": ({ task, issue, part, value, expected, ...place }) => ({
		what: `${placeOf(place)}task "${task}"${PARTS[part]} returned ${value}${issue === undefined ? "" : ` for ${issue}`}; expected ${expected}.`,
	}),
	"commit-invalid": ({ key, value, expected, ...place }) => ({
		what: `${placeOf(place) || "The orchfile's "}${["commit", key].filter(Boolean).join(".")} is ${value}; expected ${expected}.`,
	}),
	refused: ({ message, remedy }) => ({ what: message, remedy }),
};

/** Characters of what somebody else's code says. */
const MOST = 500;

const PARTS = { run: "", upToDate: ", asked whether it is up to date,", hold: ", taking hold," };

/** What was thrown where no outcome can tell it, in one line. @param by the task, and what it did; else nobody knows. */
export function strayWords(
	message: string,
	place: InFile = {},
	by?: { readonly task: string; readonly while: string },
): string {
	const about = by ? `task "${by.task}" threw while it ${by.while}` : "thrown where nobody waits for it";
	return `${placeOf(place)}${about}: ${oneLine(message, MOST)}`;
}

/** What is said of a task that has ended this program. */
export function exitWords(task: string, issue: string | undefined, place: InFile = {}): string {
	const whose = issue === undefined ? "" : ` for ${issue}`;
	return `${placeOf(place)}task "${task}" has ended the whole program${whose} by process.exit; expected it to return or to throw.\n  What else was under way is not finished. The same command goes on with it.`;
}

interface InFile {
	readonly file?: string;
	readonly line?: number;
}

/** A place in front of a sentence; nothing where it is not known. */
function placeOf({ file, line }: { readonly file?: string | undefined; readonly line?: number | undefined }): string {
	if (file === undefined) return "";
	return line === undefined ? `${file}: ` : `${file}:${line}: `;
}
