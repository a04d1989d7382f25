import { appendFile, mkdir, symlink, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Served, servePage } from "../../../tasks/cli/page/serve/serve-page.ts";
import { temporaryFolder } from "../../support/documents.ts";
import { servedNight } from "../../support/page-facts.ts";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let served: Served;
let base: URL;
let issues = 2;
const end = new AbortController();

beforeAll(async () => {
	folder = await temporaryFolder();
	await mkdir(join(folder.path, "AL-1/tasks"), { recursive: true });
	await writeFile(join(folder.path, "secret"), "secret");
	await writeFile(join(folder.path, "AL-1/dev-run.json"), "<b>a record</b>");
	await writeFile(join(folder.path, "AL-1/tasks/accept.json"), "{}");
	await writeFile(join(folder.path, "AL-1/unlisted"), "secret");
	// Both are listed, as a log that was replaced in the meantime would be.
	await symlink("../secret", join(folder.path, "AL-1/verify.tests.log"));
	await symlink("..", join(folder.path, "AL-1/up"));
	const logs = ["dev-run.json", "tasks/accept.json", "verify.tests.log", "up/secret", "gone.json"];
	const gather = async () => servedNight(folder.path, { issues, lines: 4 }, logs);
	served = await servePage(await gather(), gather, end.signal);
	base = new URL(served.address);
});
afterAll(async () => {
	end.abort();
	await served?.ended;
	await folder?.[Symbol.asyncDispose]();
});

/** Asks as no browser would: whatever stands in the path and in the headers is sent as it is. */
function ask(
	path: string,
	{ method = "GET", host = base.host } = {},
): Promise<{ status: number; type: string; text: string; headers: Record<string, unknown> }> {
	return new Promise((resolve, reject) => {
		const asked = request(
			{ host: base.hostname, port: base.port, path, method, headers: { host }, agent: false },
			(answer) => {
				let text = "";
				answer.setEncoding("utf8");
				answer.on("data", (piece) => {
					text += piece;
				});
				answer.on("end", () =>
					resolve({
						status: answer.statusCode ?? 0,
						type: String(answer.headers["content-type"]),
						text,
						headers: answer.headers,
					}),
				);
			},
		);
		asked.on("error", reject);
		asked.end();
	});
}

test("the page is at its address, on this machine alone, and kept nowhere", async () => {
	expect(served.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}\/$/);
	const { status, type, text, headers } = await ask(base.pathname);
	expect([status, type]).toEqual([200, "text/html; charset=utf-8"]);
	expect(text).toContain("connect-src &#39;self&#39;");
	expect(text).toContain('href="./logs/AL-1/dev-run.json"');
	expect(headers).toMatchObject({
		"cache-control": "no-store",
		"referrer-policy": "no-referrer",
		"x-content-type-options": "nosniff",
		"content-security-policy": "frame-ancestors 'none'",
	});
});

test("a log is text, whatever is in it", async () => {
	const { status, type, text, headers } = await ask(`${base.pathname}logs/AL-1/dev-run.json`);
	expect([status, type, text]).toEqual([200, "text/plain; charset=utf-8", "<b>a record</b>"]);
	expect(headers["content-security-policy"]).toBe("default-src 'none'; sandbox");
	expect((await ask(`${base.pathname}logs/AL-1/tasks/accept.json`)).text).toBe("{}");
});

test.each<[string, (page: string) => string, number]>([
	["without a token", () => "/", 404],
	["with another", (page) => page.replace(/.(?=\/$)/, "!"), 404],
	["with a part of it", (page) => `${page.slice(0, -2)}/`, 404],
	["without the slash at its end", (page) => page.slice(0, -1), 404],
	["in another place", (page) => `/x${page}`, 404],
	["whole, as a proxy is asked", (page) => `http://127.0.0.1${page}`, 404],
	["a file that is none of its logs", (page) => `${page}logs/AL-1/unlisted`, 404],
	["a log of an issue that is not there", (page) => `${page}logs/AL-9/dev-run.json`, 404],
	["a log that is gone", (page) => `${page}logs/AL-1/gone.json`, 404],
	["a log that is a link by now", (page) => `${page}logs/AL-1/verify.tests.log`, 404],
	["a log below a folder that is a link by now", (page) => `${page}logs/AL-1/up/secret`, 404],
	["a way out", (page) => `${page}logs/AL-1/../../secret`, 404],
	["a way out, encoded", (page) => `${page}logs/AL-1/..%2f..%2fsecret`, 404],
	["a way out, by the issue", (page) => `${page}logs/..%2f/secret`, 404],
	["a folder", (page) => `${page}logs/AL-1/tasks`, 404],
	["a zero byte", (page) => `${page}logs/AL-1/dev-run.json%00`, 404],
	["what is not encoded as it should be", (page) => `${page}logs/%ff`, 400],
])("nothing is given away: %s", async (_, path, status) => {
	const answer = await ask(path(base.pathname));
	expect(answer).toMatchObject({ status, text: "nothing here\n" });
});

test.each(["localhost", "localhost:9000", "127.0.0.1:1", "[::1]:80"])(
	"it is answered through a tunnel: %s",
	async (host) => {
		expect((await ask(base.pathname, { host })).status).toBe(200);
	},
);

test.each([
	["by the name of another host, which may point here", { host: "evil.example" }, 403],
	["by a name that begins as ours does", { host: "127.0.0.1.evil.example" }, 403],
	["to change something", { method: "POST" }, 405],
	["to delete something", { method: "DELETE" }, 405],
	["for no more than the headers", { method: "HEAD" }, 405],
	["what may be asked", { method: "OPTIONS" }, 405],
])("with its token too, it is not answered who asks %s", async (_, how, status) => {
	expect(await ask(base.pathname, how)).toMatchObject({ status });
});

test("whoever follows is told when a record or a log of events has changed, and then finds it in the page; it ends when it is stopped", async () => {
	const answer = await fetch(`${served.address}changes`);
	expect(answer.headers.get("content-type")).toBe("text/event-stream");
	const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
	let told = "";
	const until = async (text: string) => {
		while (!told.includes(text)) {
			const { value, done } = (await reader?.read()) ?? {};
			if (done) throw new Error(`it ended after ${told}`);
			told += value;
		}
	};
	await until(": looking");
	issues = 3;
	await appendFile(join(folder.path, "AL-1/dev-events.jsonl"), "{}\n");
	await until("data: changed");
	expect((await ask(base.pathname)).text).toContain('id="issue-AL-3"');
	end.abort();
	await served.ended;
	await expect(ask(base.pathname)).rejects.toThrow("ECONNREFUSED");
});
