import { distance } from "fastest-levenshtein";

/**
 * What issues, milestones and projects may be called: every such name is also a branch, a folder and a file name, on
 * any system. Anything else is refused, never repaired: a replaced character makes two names one.
 */
const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?=[A-Za-z0-9_-])){0,63}$/;
const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/i;

/** What a name may be, in words, as the end of a sentence. */
export const NAME_RULE = "1 to 64 letters, digits, `-`, `_` or inner `.`, starting with a letter or digit";

/** True for a name that can be an id, a milestone or a project. */
export function isName(text: string): boolean {
	return NAME.test(text) && !/\.lock$/i.test(text) && !WINDOWS_DEVICE.test(text);
}

/** What a milestone may be called, in words, as the end of a sentence. */
export const MILESTONE_RULE =
	"1 to 100 characters of one line, without `/` and `\\`, and not beginning with a blank, `-` or `.`";

/** True for what can be a milestone: people write them as headings, so what is made for one is named by `milestoneFolder`. */
export function isMilestone(text: string): boolean {
	if (isName(text)) return true;
	return /^[^\p{C}\p{Zl}\p{Zp}/\\]{1,100}$/u.test(text) && !/^[\s.-]|\s$/u.test(text);
}

/** True for what can name an issue: an id, or `PROJECT/ID`. */
export function isReference(text: string): boolean {
	const parts = text.split("/");
	return parts.length <= 2 && parts.every(isName);
}

/** The known names that are close to a mistyped one, the closest first; at most three. What differs in case only is meant alone. */
export function nearest(name: string, known: readonly string[]): string[] {
	const wanted = name.toLowerCase();
	const same = known.filter((each) => each.toLowerCase() === wanted);
	if (same.length > 0) return same.slice(0, 3);
	const farthest = Math.max(2, Math.floor(name.length / 2));
	return known
		.map((each) => ({ each, far: distance(wanted, each.toLowerCase()) }))
		.filter(({ far }) => far <= farthest)
		.sort((a, b) => a.far - b.far || (a.each < b.each ? -1 : 1))
		.slice(0, 3)
		.map(({ each }) => each);
}

/** A word without what people write in different ways: case, and blanks, `_`, `-` and apostrophes inside. */
export function plainWord(word: string): string {
	return word
		.trim()
		.toLowerCase()
		.replace(/(?<=[\p{L}\p{N}])[\s_\p{Pd}'’]+(?=[\p{L}\p{N}])/gu, "");
}
