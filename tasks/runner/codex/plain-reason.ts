import { z } from "../../contract/zod.ts";

/** How providers tell what is wrong. */
const REFUSAL = z.union([
	z.object({ error: z.object({ message: z.string() }) }).transform(({ error }) => error.message),
	z.object({ error: z.string() }).transform(({ error }) => error),
	z.object({ message: z.string() }).transform(({ message }) => message),
	z.object({ detail: z.string() }).transform(({ detail }) => detail),
]);

/** The reason of a failed turn as a person reads it: Codex repeats the JSON, or the page, that the provider sent as it came. */
export function plainReason(text: string): string {
	const page = /<(?:!doctype|html)\b[\s\S]*?(?=, url: |$)/i.exec(text)?.[0];
	if (page !== undefined) return text.replace(page, () => titleOf(page));
	const [, before = "", json, after = ""] = /^([^{]*)(\{[\s\S]*\})([^}]*)$/.exec(text) ?? [];
	if (json === undefined) return text;
	try {
		const { data } = REFUSAL.safeParse(JSON.parse(json));
		return data ? `${before}${data}${after}` : text;
	} catch {
		return text;
	}
}

/** What a page of HTML says first. */
function titleOf(page: string): string {
	const title = /<(title|h1)\b[^>]*>([^<]*)/i.exec(page)?.[2]?.trim();
	return title || "a page of HTML";
}
