/** What takes no column of its own: marks that combine, joiners, and the later parts of a Korean syllable. */
const NO_COLUMN = /[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff\ud7b0-\ud7ff]/u;

/** What takes two: East Asian scripts in full width, and pictures. */
const TWO_COLUMNS =
	/[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]/u;

/** Asks that the picture before it be drawn as one, which makes it wide. */
const AS_PICTURE = "\ufe0f";

const IS_ASCII = /^[\x20-\x7e]*$/;

let graphemes: Intl.Segmenter | undefined;

/**
 * Columns that a line takes in a terminal, and never fewer: where terminals differ, as over families of emoji, the widest
 * counts, since a line that is too long breaks a drawing and one that is too short does not.
 */
export function widthOf(line: string): number {
	if (IS_ASCII.test(line)) return line.length;
	let width = 0;
	let before = 0;
	for (const character of line) {
		const own = character === AS_PICTURE ? 2 - before : NO_COLUMN.test(character) ? 0 : columnsOf(character);
		width += own;
		before = own === 0 ? before : character === AS_PICTURE ? 2 : own;
	}
	return width;
}

/** Cuts a line to at most `width` columns, never inside of what is read as one character; `…` says that it was cut. */
export function cut(line: string, width: number): string {
	if (width < 1) return "";
	if (widthOf(line) <= width) return line;
	let kept = "";
	let used = 0;
	for (const segment of charactersOf(line)) {
		used += widthOf(segment);
		if (used > width - 1) break;
		kept += segment;
	}
	return `${kept}…`;
}

/** What is read as one character each. */
export function charactersOf(line: string): string[] {
	graphemes ??= new Intl.Segmenter("en");
	return [...graphemes.segment(line)].map(({ segment }) => segment);
}

/** Fills a line up with blanks. */
export function pad(line: string, width: number): string {
	return line + " ".repeat(Math.max(0, width - widthOf(line)));
}

function columnsOf(character: string): number {
	// The letters of flags are wide in pairs.
	if (/\p{Regional_Indicator}/u.test(character)) return 1;
	return TWO_COLUMNS.test(character) ? 2 : 1;
}
