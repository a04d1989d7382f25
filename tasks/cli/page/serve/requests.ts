import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** What a browser asks for. */
export type Asked =
	| { readonly kind: "page" }
	| { readonly kind: "changes" }
	| { readonly kind: "log"; readonly issue: string; readonly file: string }
	/** Whoever asks has no business here, and is told nothing but this number. */
	| { readonly kind: "refused"; readonly status: 400 | 403 | 404 | 405 };

/** What a browser on this machine calls it, or one that reaches it through a tunnel, which has a port of its own. */
const OUR_NAMES = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/;

/**
 * Reads a request. The name of the host has to be one that nobody else can have, or else a page of somewhere else, whose name has
 * been made to point here, could ask as if it were of this place.
 */
export function readRequest({ method, url = "", headers }: IncomingMessage, token: string): Asked {
	if (!OUR_NAMES.test(headers.host ?? "")) return { kind: "refused", status: 403 };
	if (method !== "GET") return { kind: "refused", status: 405 };
	const [given = "", ...rest] = url.replace(/^\//, "").split("/");
	if (!isSame(given, token)) return { kind: "refused", status: 404 };
	const [first = "", issue, ...file] = rest.map(decoded);
	if ([first, issue, ...file].includes(null as never)) return { kind: "refused", status: 400 };
	if (rest.length === 1 && first === "") return { kind: "page" };
	if (rest.length === 1 && first === "changes") return { kind: "changes" };
	if (first === "logs" && issue && file.length > 0) return { kind: "log", issue, file: file.join("/") };
	return { kind: "refused", status: 404 };
}

function decoded(part: string): string | null {
	try {
		return decodeURIComponent(part);
	} catch {
		return null;
	}
}

function isSame(given: string, token: string): boolean {
	const [a, b] = [Buffer.from(given), Buffer.from(token)];
	return a.length === b.length && timingSafeEqual(a, b);
}
