import { Failure } from "../contract/problem.ts";
import { type FoundSecret, findSecrets } from "./secrets.ts";

/** Characters of one text, and of several that are looked at together. */
const MOST = { text: 20_000, together: 2_000_000 };

/** Plain values, also within the problems of a failure, with what is taken for a secret put out of sight, and texts cut that nobody reads to their end. */
export async function masked<T>(value: T): Promise<T> {
	const texts: string[] = [];
	mapTexts(value, (text) => {
		texts.push(cut(text));
		return text;
	});
	const shown = (await maskTexts(texts))[Symbol.iterator]();
	return mapTexts(value, () => shown.next().value ?? "") as T;
}

/** Texts with their secrets put out of sight: of a key that goes on over several, in each of them. */
export async function maskTexts(texts: readonly string[]): Promise<string[]> {
	const all: string[] = [];
	for (let from = 0; from < texts.length; ) {
		let [to, length] = [from, 0];
		for (; to < texts.length && (to === from || length + (texts[to]?.length ?? 0) < MOST.together); to++)
			length += texts[to]?.length ?? 0;
		all.push(...(await maskTogether(texts.slice(from, to))));
		from = to;
	}
	return all;
}

async function maskTogether(texts: readonly string[]): Promise<string[]> {
	const secrets = apart(await findSecrets(texts.join("\n")));
	let [start, first] = [0, 0];
	return texts.map((text) => {
		while ((secrets[first]?.to ?? Number.POSITIVE_INFINITY) <= start) first++;
		let [shown, at] = ["", 0];
		for (let next = first; next < secrets.length; next++) {
			const { kind, from, to } = secrets[next] ?? NONE;
			if (from >= start + text.length) break;
			shown += `${text.slice(at, Math.max(from - start, 0))}‹secret: ${kind}›`;
			at = Math.min(to - start, text.length);
		}
		start += text.length + 1;
		return shown + text.slice(at);
	});
}

const NONE: FoundSecret = { kind: "", from: 0, to: 0 };

/** Secrets in the order of their beginnings, those that overlap as one. */
function apart(secrets: readonly FoundSecret[]): FoundSecret[] {
	const found: { kind: string; from: number; to: number }[] = [];
	for (const each of secrets) {
		const last = found.at(-1);
		if (last && each.from < last.to) last.to = Math.max(last.to, each.to);
		else found.push({ ...each });
	}
	return found;
}

function cut(text: string): string {
	return text.length > MOST.text ? `${text.slice(0, MOST.text)}…` : text;
}

/** Levels of a value that are gone into; one of a user's task may hold itself. */
const DEEPEST = 50;

/** A copy with every text replaced; what is no plain value stays as it is. */
function mapTexts(value: unknown, replace: (text: string) => string, level = 0): unknown {
	if (typeof value === "string") return replace(value);
	if (typeof value !== "object" || value === null || level > DEEPEST) return value;
	const go = (each: unknown) => mapTexts(each, replace, level + 1);
	if (Array.isArray(value)) return value.map(go);
	if (value instanceof Failure) return new Failure(go(value.problems) as Failure["problems"]);
	if (value instanceof Map) return new Map([...value].map(([key, each]) => [key, go(each)]));
	if (Object.getPrototypeOf(value) !== Object.prototype) return value;
	// The side stands beside each line of a diff, which a secret may go on over.
	return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, key === "side" ? each : go(each)]));
}
