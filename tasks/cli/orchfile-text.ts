import type { Proposal } from "../backlog/families/proposal.ts";
import type { Field } from "../contract/layout.ts";

/** A line of source, with what it is for. */
interface Line {
	readonly text: string;
	readonly why?: string | undefined;
}

/** Longest line of a list. */
const LONGEST = 110;

/**
 * The orchfile with what it has to say of a backlog.
 * @param sample the orchfile as it is without a word about it.
 * @param unknown the states that are in no list.
 */
export function orchfileText(sample: string, proposal: Proposal, unknown: readonly string[]): string {
	const lines = layoutLines(proposal, unknown);
	const { items } = proposal;
	const [begin, discover] = ["export const graph = {\n", 'task("discover", verb.discover);'] as const;
	if (!sample.includes(begin) || !sample.includes(discover))
		throw new Error("the sample of an orchfile has no place for a layout");
	const text = lines.length === 0 ? sample : sample.replace(begin, () => `${begin}${lines.join("\n")}\n`);
	return items ? text.replace(discover, () => `task("discover", ${discoverText(proposal)});`) : text;
}

/** What reads a backlog: `verb.discover`, or what finds the issues in lists. */
export function discoverText({ items }: Proposal): string {
	if (!items) return "verb.discover";
	const settings = Object.entries(items).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
	return `verb.discoverItems({ ${settings.join(", ")} })`;
}

/** The lines of `layout`; none where there is nothing to say. */
export function layoutLines({ family, layout, unusable, done }: Proposal, unknown: readonly string[]): string[] {
	const { fields = {}, ...settings } = layout;
	const whys: Readonly<Record<string, string | undefined>> = {
		finished: done.length > 0 ? "done when this was written, as a file beside each says" : "closed by where they lie",
		project: "of documents that name none",
	};
	const own = Object.entries(settings).flatMap(([key, value]) => line(key, value, whys[key]));
	const lines = [
		...own,
		...(Object.keys(fields).length > 0 ? fieldsLines(fields, unusable) : []),
		...statesLines(unknown),
	];
	if (lines.length === 0) return [];
	const head = `// Where the issues are, as init has found them (${family}).`;
	return [head, "layout: {", ...lines.map(({ text, why }) => `\t${text}${why ? ` // ${why}` : ""}`), "},"].map(
		(each) => `\t${each}`,
	);
}

function fieldsLines(fields: object, unusable: Proposal["unusable"]): Line[] {
	const whyNot = (field: string) => {
		const found = unusable.find((each) => each.field === (field as Field));
		return found ? `${inComment(found.example)} is not what it would be read for` : "something else there";
	};
	const each = Object.entries(fields).flatMap(([field, where]) =>
		line(field, where, where === null ? whyNot(field) : undefined),
	);
	return [{ text: "fields: {" }, ...each.map(({ text, why }) => ({ text: `\t${text}`, why })), { text: "}," }];
}

/** What nobody has declared is not guessed at: a person moves it to where it belongs. */
function statesLines(unknown: readonly string[]): Line[] {
	if (unknown.length === 0) return [];
	const words = unknown.map((each) => inComment(JSON.stringify(each))).join(", ");
	return [
		{ text: "// These states are in no list, so their issues are not run. Move each word to what it means:" },
		{ text: `// states: { open: [], closed: [], held: [${words}] },` },
	];
}

function line(key: string, value: unknown, why: string | undefined): Line[] {
	if (!Array.isArray(value)) return [{ text: `${key}: ${JSON.stringify(value)},`, why }];
	const each = value.map((one) => JSON.stringify(one));
	const text = `${key}: [${each.join(", ")}],`;
	if (text.length <= LONGEST) return [{ text, why }];
	return [{ text: `${key}: [`, why }, ...each.map((one) => ({ text: `\t${one},` })), { text: "]," }];
}

/** A stranger's text, which may not end the line that it stands in. */
function inComment(text: string): string {
	return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, " ").slice(0, 60);
}
