import { randomBytes } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import type { PageFacts } from "../facts.ts";
import { renderPage } from "../render-page.ts";
import { follow } from "./follow.ts";
import { openLog } from "./log-file.ts";
import { readRequest } from "./requests.ts";

/** A page that is served. */
export interface Served {
	/** With the token, without which nothing is answered. */
	readonly address: string;
	/** Ends once everything is closed. */
	readonly ended: Promise<void>;
}

/** What a page tells; where its links lead is the server's. */
export type ToServe = Omit<PageFacts, "linkTo">;

/** Browsers that may follow at once. */
const MOST_FOLLOWERS = 16;

/** What goes with every answer: it is kept nowhere, framed by nobody, and taken for nothing but what it is. */
const HEADERS = {
	"Cache-Control": "no-store",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Referrer-Policy": "no-referrer",
	"X-Content-Type-Options": "nosniff",
} as const;

const HTML = { "Content-Type": "text/html; charset=utf-8" } as const;
const TEXT = { "Content-Type": "text/plain; charset=utf-8" } as const;

/**
 * Serves the page of a night to this machine alone, and tells whoever looks when it has changed. It gives away nothing but the page and
 * the logs of its issues.
 * @param gather puts together anew what the page tells; where that fails, it goes on telling what it told.
 */
export async function servePage(
	first: ToServe,
	gather: () => Promise<ToServe>,
	signal: AbortSignal,
	failed: (error: Error) => void = () => {},
): Promise<Served> {
	const token = randomBytes(24).toString("base64url");
	const followers = new Set<ServerResponse>();
	let { facts, page } = asServed(first);
	const server = createServer(async (request, response) => {
		const asked = readRequest(request, token);
		switch (asked.kind) {
			case "page":
				// The page has a policy of its own, which can't say this.
				response.writeHead(200, { ...HEADERS, ...HTML, "Content-Security-Policy": "frame-ancestors 'none'" });
				return response.end(page);
			case "changes":
				return followers.size < MOST_FOLLOWERS ? tell(response, followers) : refuse(response, 404);
			case "log": {
				const known = facts.report.issues.find(({ issue }) => issue.id === asked.issue);
				return known?.logs.includes(asked.file)
					? sendLog(response, known.issue.logDir, asked.file)
					: refuse(response, 404);
			}
			case "refused":
				return refuse(response, asked.status);
		}
	});
	server.listen(0, "127.0.0.1");
	await new Promise<void>((resolve, reject) => server.once("listening", resolve).once("error", reject));
	const { port } = server.address() as AddressInfo;
	const stop = () => {
		server.close();
		server.closeAllConnections();
	};
	const ended = new Promise<void>((resolve) => server.once("close", () => resolve()));
	if (signal.aborted) stop();
	signal.addEventListener("abort", stop, { once: true });
	const folders = () => facts.report.issues.map(({ issue }) => issue.logDir);
	const refresh = async () => {
		try {
			({ facts, page } = asServed(await gather()));
			for (const each of followers) each.write("data: changed\n\n");
		} catch (error) {
			if (!signal.aborted) failed(error as Error);
		}
	};
	const following = follow(folders, () => followers.size > 0, refresh, signal);
	return {
		address: `http://127.0.0.1:${port}/${token}/`,
		ended: Promise.all([ended, following]).then(() => {}),
	};
}

function asServed(gathered: ToServe): { readonly facts: PageFacts; readonly page: string } {
	const linkTo: PageFacts["linkTo"] = ({ id }, file) =>
		`./logs/${[id, ...file.split("/")].map(encodeURIComponent).join("/")}`;
	const facts: PageFacts = { ...gathered, linkTo, isLive: true };
	return { facts, page: renderPage(facts) };
}

function tell(response: ServerResponse, followers: Set<ServerResponse>): void {
	response.writeHead(200, { ...HEADERS, "Content-Type": "text/event-stream" });
	response.write(": looking\n\n");
	followers.add(response);
	response.once("close", () => followers.delete(response));
}

/** Sends a log as text, whatever it holds. */
async function sendLog(response: ServerResponse, logDir: string, file: string): Promise<void> {
	const handle = await openLog(logDir, file);
	if (!handle) return refuse(response, 404);
	response.writeHead(200, { ...HEADERS, ...TEXT, "Content-Security-Policy": "default-src 'none'; sandbox" });
	await pipeline(handle.createReadStream(), response).catch(() => response.destroy());
}

function refuse(response: ServerResponse, status: number): void {
	response.writeHead(status, { ...HEADERS, ...TEXT });
	response.end(status === 405 ? "GET only\n" : "nothing here\n");
}
