// A page is served and used in a browser, as end-to-end tests do it.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { chromium } from "playwright-core";

const PAGE = `<button>count</button><output>0</output><script>
	document.querySelector("button").onclick = () => document.querySelector("output").value++;
</script>`;

test("a page, and a click on it", async ({ signal }) => {
	const server = createServer((_, response) => response.end(PAGE)).listen(0, "localhost", { signal });
	await once(server, "listening");
	const browser = await chromium.launch({ executablePath: process.env.CHROMIUM });
	const page = await browser.newPage();
	await page.goto(`http://localhost:${server.address().port}`);
	await page.getByRole("button", { name: "count" }).click();
	assert.equal(await page.locator("output").textContent(), "1");
	await browser.close();
	server.close();
});
