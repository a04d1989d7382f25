import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { connect, createServer as createSocketServer } from "node:net";
import { homedir, networkInterfaces } from "node:os";
import { test } from "node:test";

// What is refused may be refused without a word.
const soon = () => ({ signal: AbortSignal.timeout(3000) });

async function fetchFrom(host) {
	const server = createServer((_, response) => response.end("page")).listen(0, host);
	await once(server, "listening", soon());
	const response = await fetch(`http://${host}:${server.address().port}`);
	assert.equal(await response.text(), "page");
	server.close();
}

test("a server on 127.0.0.1", () => fetchFrom("127.0.0.1"));

test("a server on localhost", () => fetchFrom("localhost"));

test("spawnSync with input", () => assert.equal(String(spawnSync("cat", { input: "word" }).stdout), "word"));

test("execFileSync with input", () => assert.equal(String(execFileSync("cat", { input: "word" })), "word"));

test("a server on a Unix socket", async () => {
	const path = `/tmp/suite-${process.pid}.socket`;
	const server = createSocketServer((socket) => socket.end("word")).listen(path);
	await once(server, "listening");
	const [word] = await once(connect(path), "data");
	assert.equal(String(word), "word");
	server.close();
});

test("servers in processes of their own, on ports that are the same in every worktree", async (context) => {
	const children = [3000, 5173, 8080].map((port) => {
		const program = `require("http").createServer((_, response) => response.end("${port}")).listen(${port}, () => console.log("up"))`;
		return { port, child: spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] }) };
	});
	context.after(() => {
		for (const { child } of children) child.kill();
	});
	for (const { port, child } of children) {
		await once(child.stdout, "data", soon());
		assert.equal(await (await fetch(`http://localhost:${port}`)).text(), String(port));
	}
});

test("files in /tmp and in the home", () => {
	for (const folder of ["/tmp", homedir()]) {
		writeFileSync(`${folder}/suite-of-node`, "word");
		assert.equal(readFileSync(`${folder}/suite-of-node`, "utf8"), "word");
	}
});

test("the network interfaces, which Vite asks for", () => assert.ok("lo" in networkInterfaces()));
