import type { Field, Layout } from "../../contract/layout.ts";
import { inOurTerms } from "../our-terms.ts";
import { FRONT_MATTER } from "../schema.ts";
import type { Seen } from "./seen.ts";

/** A field whose values are for something else than ours, and one of them as it is written. */
export interface Unusable {
	readonly field: Field;
	readonly example: string;
}

/** Fields that an issue can't do without, or that say what it waits for: what is wrong in these is for a person to see. */
const NEEDED: readonly Field[] = ["id", "title", "state", "blocked_by"];
/** How hard Codex is told to think. */
const EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh"];

/** The fields of which most documents that have them say what can't be read. */
export function findUnusable(documents: readonly Seen[], layout: Layout): Unusable[] {
	const counts = new Map<Field, { having: number; examples: unknown[] }>();
	const { project: _, ...inKeys } = { ...layout, patterns: {} };
	for (const { file, bytes, frontMatter } of documents) {
		if (!frontMatter) continue;
		const { data } = inOurTerms(frontMatter, inKeys, file, bytes);
		const parsed = FRONT_MATTER.safeParse(data);
		const wrong = new Set(parsed.success ? [] : parsed.error.issues.map(({ path }) => path[0]));
		for (const [key, value] of Object.entries(data)) {
			const field = key as Field;
			if (value === undefined || value === null || NEEDED.includes(field)) continue;
			const count = counts.get(field) ?? { having: 0, examples: [] };
			count.having++;
			if (wrong.has(field) || isOthers(field, value)) count.examples.push(value);
			counts.set(field, count);
		}
	}
	return [...counts].flatMap(([field, { having, examples }]) =>
		examples.length * 2 >= having ? [{ field, example: JSON.stringify(examples[0]) }] : [],
	);
}

/** Words that would be handed to Codex, and are not for it. */
function isOthers(field: Field, value: unknown): boolean {
	if (field === "effort") return typeof value === "string" && !EFFORTS.includes(value);
	return field === "model" && typeof value === "string" && /^(?:claude|sonnet|opus|haiku|gemini)/i.test(value);
}
