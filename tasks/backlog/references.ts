import { posix } from "node:path";
import { isReference } from "../contract/names.ts";

/** Longest path of a document that a relation may name. */
const LONGEST = 400;

/** True for the path of a document, as a relation may name it: relative to its own, or from the repository's top after a `/`. */
export function isLink(text: string): boolean {
	return text.length <= LONGEST && /\.md$/i.test(text) && !/[\p{Cc}\\]|:\/\//u.test(text);
}

/** Where a link in a document leads, relative to the repository. */
export function targetOf(link: string, docPath: string): string {
	return link.startsWith("/") ? posix.normalize(link.slice(1)) : posix.join(posix.dirname(docPath), link);
}

/** Words that say that there is nothing to name. */
const NOTHING = /^(?:none|nothing|nobody|no one|n\/?a|[-–—])(?![\p{L}\p{N}])/iu;
/** What may stand before the first name of an item. */
const LABEL = /^(?:task|issue|ticket|story|plan|blocked by|depends on|requires)\s*:\s*/i;

/**
 * What an item of a list names: ids, numbers, file names or links, with a remark behind a dash, a colon or in brackets. One that can't be
 * taken apart without a doubt is given back as it is written, to be told.
 */
export function referencesIn(written: string): string[] {
	const text = written
		.replace(/^\[[ xX]\]\s+/, "")
		.replace(/\*\*|__|`/g, "")
		.trim();
	if (text === "" || NOTHING.test(text)) return [];
	let rest = text.replace(LABEL, "");
	if (NOTHING.test(rest)) return [];
	const found: string[] = [];
	for (;;) {
		const first = firstIn(rest);
		if (!first) return [text];
		found.push(first.name);
		rest = first.rest.trimStart();
		const next = /^(?:,\s*(?:and\s+)?|;\s*|&\s*|\+\s*|and\s+)/i.exec(rest);
		if (!next) break;
		rest = rest.slice(next[0].length);
	}
	return rest === "" || /^(?:[:.(]|[-–—]+\s)/.test(rest) ? found : [text];
}

function firstIn(text: string): { readonly name: string; readonly rest: string } | undefined {
	const [link, angled, plain] = /^\[[^\]]*\]\((?:<([^>]*)>|([^)\s]*))(?:\s+"[^"]*")?\)/.exec(text) ?? [];
	if (link !== undefined) {
		const name = decoded((angled ?? plain ?? "").replace(/#.*$/, ""));
		return isLink(name) ? { name, rest: text.slice(link.length) } : undefined;
	}
	const [wiki, page = ""] = /^\[\[([^\]|#]*)(?:[|#][^\]]*)?\]\]/.exec(text) ?? [];
	if (wiki !== undefined) return asName(page.trim(), text.slice(wiki.length));
	const [path] = /^[^,;()[\]]{1,400}?\.md(?![\p{L}\p{N}])/iu.exec(text) ?? [];
	if (path !== undefined) return asName(path, text.slice(path.length));
	const [word, name = ""] = /^#?([\p{L}\p{N}][\w./-]*)/u.exec(text) ?? [];
	if (word === undefined) return undefined;
	const trimmed = name.replace(/[./-]+$/, "");
	return asName(trimmed, text.slice(word.length - (name.length - trimmed.length)));
}

function asName(name: string, rest: string): { readonly name: string; readonly rest: string } | undefined {
	return isReference(name) || isLink(name) ? { name, rest } : undefined;
}

function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
