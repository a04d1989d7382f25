import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { expect, test } from "vitest";

test("a server", async () => {
	const server = createServer((_, response) => response.end("page")).listen(0, "127.0.0.1");
	await once(server, "listening");
	const response = await fetch(`http://127.0.0.1:${server.address().port}`);
	expect(await response.text()).toBe("page");
	server.close();
});

test("a program that is given input", () => {
	expect(execFileSync("cat", { input: "word", encoding: "utf8" })).toBe("word");
});

test("nothing of the system's", () => expect(1 + 1).toBe(2));
