/** What keeps a YAML parser from reading a text; nothing when it can be read. */
type Fault = { readonly line: number } | undefined;

/** Characters of a suggestion that are shown. */
const WIDTH = 80;

/**
 * What to write instead of a line at which YAML could not be read, where quotes or a blank are all that is missing. It is tried out: a
 * suggestion gets further than the line.
 * @param at the line of the source, from 0.
 * @param faultIn reads a source.
 */
export function hintFor(source: string, at: number, faultIn: (source: string) => Fault): string | undefined {
	const lines = source.split("\n");
	// What does not close is noticed on a later line.
	for (const line of [at, at - 1]) {
		const found = repairsOf(lines[line] ?? "").find(({ text }) => {
			const fault = faultIn(lines.with(line, text).join("\n"));
			return !fault || fault.line > Math.max(at, line);
		});
		if (found) return `${found.what}: ${shorten(found.text.trim())}`;
	}
	return undefined;
}

interface Repair {
	readonly what: string;
	readonly text: string;
}

const QUOTES = "the value in quotes";

function repairsOf(line: string): Repair[] {
	const text = line.trimEnd();
	const [, item, ofItem] = /^(\s*-\s)(.+)$/.exec(text) ?? [];
	const [, key, ofKey] = /^(\s*[\w.-]+:\s)(.+)$/.exec(text) ?? [];
	const [, name, rest] = /^(\s*[\w.-]+):(\S.*)$/.exec(text) ?? [];
	return [
		...(item !== undefined && ofItem !== undefined ? [{ what: QUOTES, text: item + quoted(ofItem.trim()) }] : []),
		...(key !== undefined && ofKey !== undefined ? valueRepairs(key, ofKey.trim()) : []),
		...(name !== undefined && rest !== undefined
			? [{ what: "a blank after the colon", text: `${name}: ${rest}` }]
			: []),
	];
}

const UNCLOSED = [
	{ pattern: /^\[[^\]]*$/, end: "]" },
	{ pattern: /^\{[^}]*$/, end: "}" },
	{ pattern: /^"[^"]*$/, end: '"' },
	{ pattern: /^'[^']*$/, end: "'" },
];

function valueRepairs(key: string, value: string): Repair[] {
	const open = UNCLOSED.find(({ pattern }) => pattern.test(value));
	if (open) return [{ what: `a closing \`${open.end}\``, text: key + value + open.end }];
	const items = /^\[(.*)\]$/.exec(value)?.[1];
	if (items === undefined) return [{ what: QUOTES, text: key + quoted(value) }];
	const each = items.split(",").map((item) => (isQuoted(item.trim()) ? item.trim() : quoted(item.trim())));
	return [{ what: "each value in quotes", text: `${key}[${each.join(", ")}]` }];
}

function isQuoted(text: string): boolean {
	return /^(?:"[^"\\]*"|'[^']*')$/.test(text);
}

/** Quotes that stand around it and did not do, since it has the same inside, make way. */
function quoted(whole: string): string {
	const text = /^(["']).*\1$/.test(whole) && whole.length > 1 ? whole.slice(1, -1) : whole;
	return /["\\]/.test(text) ? `'${text.replaceAll("'", "''")}'` : `"${text}"`;
}

function shorten(text: string): string {
	return text.length > WIDTH ? `${text.slice(0, WIDTH)}…` : text;
}
