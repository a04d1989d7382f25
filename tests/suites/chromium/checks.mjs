// A page is served, and a browser without a screen fetches it, runs its script and says what came of it.
import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const PAGE = `<title>page</title><p id="said">nothing</p><script type="module">
	const text = await (await fetch("/word")).text();
	document.querySelector("#said").textContent = text + " of " + location.hostname;
</script>`;
const server = createServer(({ url }, response) => {
	response.setHeader("content-type", url === "/word" ? "text/plain" : "text/html");
	response.end(url === "/word" ? "word" : PAGE);
}).listen(0, "localhost");
await once(server, "listening");
const url = `http://localhost:${server.address().port}`;
// Its own sandbox refuses root, and makes namespaces, which nobody may within another.
const profile = `--user-data-dir=${join(tmpdir(), "profile")}`;
const args = ["--headless", "--no-sandbox", "--disable-gpu", profile, "--virtual-time-budget=5000", "--dump-dom", url];
const { stdout, stderr } = await promisify(execFile)("chromium", args, { timeout: 60_000 }).catch((error) => error);
server.close();
if (stdout.includes("word of localhost")) console.log("ok: a page and what its script fetches");
else console.error(stdout, stderr);
