import { posix } from "node:path";
import { FIELDS, type Field, type LayoutSettings } from "../../contract/layout.ts";
import { isName, isReference } from "../../contract/names.ts";
import { isPattern } from "../field-patterns.ts";
import { isLink } from "../references.ts";
import { type Family, type Source, USUAL_SOURCES } from "./family.ts";
import { type Seen, saidAt } from "./seen.ts";

type Sources = readonly Source[];

/** The share of documents that have their ids in one place; the others are told, or counted. */
const MOST = 0.75;

/** Where each field is in these documents, as far as that is not where it is without a word. */
export function resolveFields(
	family: Family,
	folder: string,
	documents: readonly Seen[],
): NonNullable<LayoutSettings["fields"]> {
	const keys = new Set(documents.flatMap(({ data }) => Object.keys(data)));
	const placesOf = (field: Field) => sourcesOf(field, family, folder).flatMap((each) => asWritten(each, keys));
	const id = pickId(placesOf("id"), documents);
	const found = new Map<Field, Sources>();
	for (const field of FIELDS) {
		if (family.fields?.[field] === null) {
			// Only where it would be read for what it is not.
			if (documents.some((each) => saidAt(field, field, each) !== undefined)) found.set(field, []);
			continue;
		}
		const sources = field === "id" ? [id] : pick(field, placesOf(field), documents, id);
		// Where the family's state is, those that say none are told from.
		const isUnsaid = field === "state" && sources.length === 0;
		found.set(field, isUnsaid ? (family.fields?.state?.slice(0, 1) ?? []) : sources);
	}
	const isUsual = ([field, sources]: readonly [Field, Sources]) => sources.length === 1 && sources[0] === field;
	const isAbsent = ([field, sources]: readonly [Field, Sources]) =>
		sources.length === 0 && family.fields?.[field] !== null;
	const told = [...found].filter((each) => !isUsual(each) && !isAbsent(each));
	return Object.fromEntries(told.map(([field, sources]) => [field, asSetting(sources)]));
}

function sourcesOf(field: Field, { fields = {} }: Family, folder: string): Sources {
	const own = fields[field];
	const usual = USUAL_SOURCES[field] ?? (field === "project" ? [] : [field]);
	return [...new Set([...(own ?? []), ...usual])].map((each) => below(folder, each));
}

/** A name as documents write it, which may begin with a capital letter. */
function asWritten(source: Source, keys: ReadonlySet<string>): Sources {
	if (isPattern(source)) return [source];
	return [source, ...[...keys].filter((key) => key !== source && key.toLowerCase() === source.toLowerCase())];
}

/** A path from the repository's top; anything else as it is. */
function below(folder: string, source: Source): Source {
	return /^[^#]*\/.*(?:\.md|\*\*)$/.test(source) ? `${folder}/${source}` : source;
}

function asSetting(sources: Sources): string | null | Sources {
	const [only = null] = sources;
	return sources.length > 1 ? sources : only;
}

/** The first place that names most documents, and no two of a folder alike; else the one that names most. */
function pickId(sources: Sources, documents: readonly Seen[]): Source {
	const counted = sources.map((source) => {
		const named = documents.flatMap((each) => {
			const name = nameAt(source, each)?.toLowerCase();
			return name === undefined ? [] : [`${posix.dirname(each.file)}/${name}`];
		});
		// What is written twice is told by whoever reads it; a pattern that finds one name twice is none.
		const isPlace = !isPattern(source) || new Set(named).size === named.length;
		return { source, names: isPlace ? named.length : 0 };
	});
	const most = counted.find(({ names }) => names >= documents.length * MOST);
	return (most ?? counted.reduce((best, each) => (each.names > best.names ? each : best))).source;
}

function nameAt(source: Source, document: Seen): string | undefined {
	const said = saidAt(source, "id", document);
	const text = typeof said === "number" ? String(said) : said;
	return typeof text === "string" && isName(text) ? text : undefined;
}

/** The name that most documents have, and the patterns that find what those without it say. */
function pick(field: Field, sources: Sources, documents: readonly Seen[], id: Source): Sources {
	const said = (source: Source) => documents.filter((each) => saidAt(source, field, each) !== undefined);
	const names = sources
		.filter((each) => !isPattern(each))
		.map((name) => ({ name, having: said(name) }))
		.filter(({ having }) => having.length > 0)
		.sort((a, b) => b.having.length - a.having.length);
	const [best] = names;
	// A section beside a key for it is prose.
	if (best && field === "blocked_by") return [best.name];
	const chosen: Source[] = best ? [best.name] : [];
	let rest = documents.filter((each) => !best?.having.includes(each));
	for (const pattern of sources.filter(isPattern)) {
		const having = said(pattern).filter((each) => rest.includes(each));
		if (having.length === 0 || !isMeant(field, pattern, having, rest, id)) continue;
		chosen.push(pattern);
		rest = rest.filter((each) => !having.includes(each));
	}
	// A title is a label; without any, no document could be used.
	if (field === "title" && rest.length * 2 >= documents.length && rest.length > 0) chosen.push("{file}");
	return chosen;
}

/** Whether what a pattern has found is what it looks for. */
function isMeant(field: Field, pattern: Source, having: readonly Seen[], rest: readonly Seen[], id: Source): boolean {
	if (field === "state") return having.length * 2 >= rest.length;
	if (field === "title" && pattern.includes("{id}"))
		return having.every((each) => saidAt(pattern, "id", each) === nameAt(id, each));
	if (field !== "blocked_by") return true;
	const named = having.flatMap((each) => saidAt(pattern, field, each) as readonly string[]);
	return named.filter((each) => isReference(each) || isLink(each)).length * 2 >= named.length;
}
