import type { Field } from "../../contract/layout.ts";
import { findByPattern } from "../by-pattern.ts";
import { isPattern } from "../field-patterns.ts";
import { readFrontMatter } from "../front-matter.ts";
import { type BodyLine, readBody } from "../markdown-body.ts";
import type { FrontMatter } from "../read-yaml.ts";

/** A document that is looked at for what it is; read and taken apart when it is first asked. */
export interface Seen {
	/** Its path relative to the repository, with `/`. */
	readonly file: string;
	readonly bytes: Uint8Array;
	/** Nothing where it has no front matter, or none that can be read. */
	readonly frontMatter: FrontMatter | undefined;
	readonly data: Readonly<Record<string, unknown>>;
	/** It has front matter that can't be read, and so may be anything. */
	readonly isBroken: boolean;
	body(): readonly BodyLine[];
}

/** A document with its bytes; one that can't be read has none. */
export function asSeen(file: string, bytes: Uint8Array): Seen {
	const reading = readFrontMatter(bytes);
	let lines: readonly BodyLine[] | undefined;
	return {
		file,
		bytes,
		isBroken: reading.kind === "broken",
		...(reading.kind === "found"
			? { frontMatter: reading.frontMatter, data: reading.frontMatter.data }
			: { frontMatter: undefined, data: {} }),
		body: () => {
			lines ??= readBody(bytes);
			return lines;
		},
	};
}

/** What a document says of a field at a place; nothing for what is not there. */
export function saidAt(source: string, field: Field, { file, data, body }: Seen): unknown {
	if (isPattern(source)) return findByPattern(field, { patterns: { [field]: [source] } }, file, body)?.value;
	const value = Object.hasOwn(data, source) ? data[source] : undefined;
	return value === null ? undefined : value;
}

/** True for a document that has something at a place, whichever field it is; the case of a key makes no difference. */
export function hasAt(source: string, document: Seen): boolean {
	if (!isPattern(source)) {
		const isLike = (key: string) => key.toLowerCase() === source.toLowerCase();
		return Object.entries(document.data).some(([key, value]) => isLike(key) && value !== null && value !== undefined);
	}
	const [, field = "id"] = /\{(\w+)\}/.exec(source) ?? [];
	return saidAt(source, field as Field, document) !== undefined;
}
