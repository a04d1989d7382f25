import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page, Request } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { renderPage } from "../../../tasks/cli/page/render-page.ts";
import { servePage } from "../../../tasks/cli/page/serve/serve-page.ts";
import { visible } from "../../../tasks/cli/page/visible.ts";
import { noBrowser, openBrowser } from "../../support/browser.ts";
import { temporaryFolder } from "../../support/documents.ts";
import { type NightSettings, nightFacts, servedNight } from "../../support/page-facts.ts";

// What only a browser can tell of the page; what its source tells is tested without.

const AXE = createRequire(import.meta.url).resolve("axe-core");

/** What a browser could take for markup, a script, an end of an element or of a line, or for an order to a terminal. */
const HOSTILE = `</script></style></title></code><script>globalThis.owned = 1</script><img src=x onerror="globalThis.owned = 2">" onfocus="globalThis.owned = 3" autofocus x='<svg onload=globalThis.owned=4>]]>--><!-- \`<b>\` {{owned}} \${owned} javascript:owned() \u202eevil\u2066 \u001b[31mred \0 \u200b ${"w".repeat(300)}`;

/** What could have got into the page if a text of somebody's had been taken for markup. */
const INJECTED = `<img src="https://example.invalid/x.png" onerror="owned=1"><b style="position:fixed" onclick="owned=1">x</b><iframe src="data:text/html,x"></iframe>`;

interface AxeResults {
	readonly violations: readonly {
		readonly id: string;
		readonly impact: string;
		readonly nodes: readonly { readonly html: string }[];
	}[];
}

describe.skipIf(noBrowser)(`the page in a browser${noBrowser ? ` (skipped: ${noBrowser})` : ""}`, () => {
	let folder: Awaited<ReturnType<typeof temporaryFolder>>;
	let browser: Browser;
	beforeAll(async () => {
		folder = await temporaryFolder();
		await mkdir(join(folder.path, "AL-1"));
		await writeFile(join(folder.path, "AL-1/verify.tests.log"), "all is well\n");
		browser = await openBrowser();
	});
	afterAll(async () => {
		await browser?.close();
		await folder?.[Symbol.asyncDispose]();
	});

	/** Opens the page of a night from a file, and gathers what the browser complains of and what it asks for. */
	async function open(night: NightSettings, settings: BrowserContextOptions = {}, at = "") {
		const file = join(folder.path, "report.html");
		await writeFile(file, renderPage(nightFacts(night)));
		const context = await browser.newContext(settings);
		const page = await context.newPage();
		const complaints: string[] = [];
		page.on("console", (message) => complaints.push(message.text()));
		page.on("pageerror", (error) => complaints.push(error.message));
		const asked: Request[] = [];
		page.on("request", (request) => asked.push(request));
		await page.goto(pathToFileURL(file).href + at);
		return { page, complaints, asked, [Symbol.asyncDispose]: () => context.close() };
	}

	/** What axe finds that keeps somebody from reading or using the page. */
	async function findings(page: Page, rules?: readonly string[]): Promise<string[]> {
		await page.evaluate(readFileSync(AXE, "utf8"));
		const only = rules ? `, runOnly: ${JSON.stringify(rules)}` : "";
		const { violations } = await page.evaluate<AxeResults>(`axe.run({ resultTypes: ["violations"]${only} })`);
		const grave = violations.filter(({ impact }) => impact !== "minor");
		return grave.flatMap(({ id, nodes }) => nodes.slice(0, 3).map((node) => `${id}: ${node.html}`));
	}

	const openAll = (page: Page) =>
		page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true");
	const groundOf = (page: Page) => page.evaluate("getComputedStyle(document.documentElement).backgroundColor");
	const owned = (page: Page) => page.evaluate("globalThis.owned");

	test("opens from a file, asks for nothing else, and has the graph and each diff", async () => {
		await using opened = await open({ issues: 12, lines: 60 });
		const { page, complaints, asked } = opened;
		expect(complaints).toEqual([]);
		expect(asked.map((each) => each.url()).filter((url) => !url.startsWith("data:"))).toEqual([page.url()]);
		expect(await page.title()).toMatch(/^M1: 5 accepted, 1 merged, 1 with new failures/);
		expect(await page.locator("svg.graph a").count()).toBe(12);
		const tips = await page
			.locator(".edge")
			.evaluateAll((edges) => edges.map((edge) => edge.getAttribute("marker-end")));
		expect(new Set(tips)).toEqual(new Set(["url(#tip)"]));
		for (const id of ["AL-1", "AL-10"]) {
			const file = page.locator(`[id="issue-${id}"] .diff details.file`).first();
			await file.locator("summary").click();
			expect(await file.locator("del").first().isVisible()).toBe(true);
			expect(await file.locator("mark").count()).toBeGreaterThan(0);
		}
		await page.locator("#issue-AL-1 .evidence a").nth(1).click();
		await page.waitForURL(/AL-1\/verify\.tests\.log$/);
		expect(await page.content()).toContain("all is well");
	});

	test("light and dark: nothing that axe finds grave, with everything open", async () => {
		await using opened = await open({ issues: 5, lines: 3 }, { colorScheme: "light" });
		const { page } = opened;
		await openAll(page);
		expect(await groundOf(page)).toBe("rgb(255, 255, 255)");
		expect(await findings(page)).toEqual([]);
		await page.emulateMedia({ colorScheme: "dark" });
		expect(await groundOf(page)).toBe("rgb(14, 17, 22)");
		expect(await findings(page, ["color-contrast"])).toEqual([]);
	});

	test("from 320 to 2,560 pixels, it is as wide as the window, whatever is in it, and diffs stand side by side where they can", async () => {
		await using opened = await open({ issues: 12, lines: 20, text: HOSTILE });
		const { page } = opened;
		await openAll(page);
		const widths = [];
		for (const width of [320, 390, 768, 1024, 1440, 2560]) {
			await page.setViewportSize({ width, height: 900 });
			widths.push([width, await page.evaluate("document.documentElement.scrollWidth")]);
			const [left = 0, right = 0] = await page
				.locator(".two")
				.first()
				.evaluate((lines) => ["del", "ins"].map((tag) => lines.querySelector(tag)?.getBoundingClientRect().x ?? 0));
			expect(left === right, String(width)).toBe(width < 1200);
			// What is in both files stands beside itself as its shadow, behind the line between them.
			const shadow = await page.evaluate<string>("getComputedStyle(document.querySelector('.two span')).textShadow");
			const [, offset] = / (\d[\d.]*)px 0px 0px$/.exec(shadow) ?? [];
			if (width < 1200) expect(shadow, String(width)).toBe("none");
			else expect(Number(offset), String(width)).toBeCloseTo(right - left + 1, 0);
			// Hours stand above what was done in them, and neither is squeezed.
			const lines = page.locator(".rows .hours, .rows .when .line");
			const places = await lines.evaluateAll((all) => all.map((each) => each.getBoundingClientRect()));
			expect(new Set(places.map(({ x, width }) => `${x} ${width}`)).size, String(width)).toBe(1);
			expect(places[0]?.width, String(width)).toBeGreaterThan(width / 4);
		}
		expect(widths.filter(([width, needed]) => width !== needed)).toEqual([]);
	});

	test("what agents, documents and diffs have written is shown, and is never markup or script", async () => {
		await using harmless = await open({ issues: 12, lines: 20, text: "x" });
		const elements = (page: Page) =>
			page.evaluate("document.querySelectorAll('*:not(mark):not(.edge):not(code)').length");
		const usual = await elements(harmless.page);
		await using opened = await open({ issues: 12, lines: 20, text: HOSTILE });
		const { page, complaints } = opened;
		expect(complaints).toEqual([]);
		expect(await owned(page)).toBeUndefined();
		expect(await page.locator("script").count()).toBe(1);
		expect(await page.locator("article img, article svg:not(.g), [onfocus], [style], iframe, base, form").count()).toBe(
			0,
		);
		expect(await elements(page)).toBe(usual);
		expect(await page.locator("#issue-AL-1 h2 bdi").textContent()).toBe(visible(HOSTILE));
		expect(await page.locator("#issue-AL-1 .diff ins, #issue-AL-1 .diff span[data-n]").first().textContent()).toBe(
			visible(HOSTILE),
		);
	});

	test("even markup that got in would do nothing: the policy allows the page's own script and style alone", async () => {
		await using opened = await open({ issues: 1, lines: 10 });
		const { page, complaints, asked } = opened;
		const before = asked.length;
		await page.evaluate(`(async () => {
			const add = document.createElement("div");
			add.innerHTML = ${JSON.stringify(INJECTED)};
			document.body.append(add);
			const script = document.createElement("script");
			script.textContent = "globalThis.owned = 1";
			document.body.append(script);
			add.querySelector("b").click();
			await fetch("https://example.invalid/").catch(() => undefined);
		})()`);
		expect(await owned(page)).toBeUndefined();
		expect(await page.evaluate("getComputedStyle(document.querySelector('b[style]')).position")).toBe("static");
		expect(asked.slice(before).filter((each) => each.failure()?.errorText !== "csp")).toEqual([]);
		for (const rule of ["img-src", "script-src", "style-src", "connect-src"])
			expect(
				complaints.some((each) => each.includes(rule) || each.includes("default-src")),
				rule,
			).toBe(true);
	});

	test("by keyboard alone: to an issue by the graph, which issues are shown, a file of a diff, a command copied", async () => {
		await using opened = await open({ issues: 6, lines: 20 });
		const { page } = opened;
		await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
		const focused = () =>
			page.evaluate<string>("document.activeElement.ariaLabel ?? document.activeElement.textContent.trim()");
		const tabTo = async (pattern: RegExp) => {
			for (let steps = 0; steps < 60; steps++) {
				await page.keyboard.press("Tab");
				if (pattern.test(await focused())) return;
			}
			throw new Error(`nothing to tab to is called ${pattern}`);
		};
		await tabTo(/^Copy npx tsx orchfile\.ts dev M1$/);
		await page.keyboard.press("Enter");
		await expect.poll(focused).toMatch(/Cop/);
		expect(await page.evaluate("navigator.clipboard.readText()")).toBe("npx tsx orchfile.ts dev M1");
		await tabTo(/^AL-3: not accepted/);
		await page.keyboard.press("Enter");
		expect(page.url()).toMatch(/#issue-AL-3$/);
		expect(
			await page.locator("#issue-AL-3").evaluate((article) => Math.abs(article.getBoundingClientRect().y) < 100),
		).toBe(true);
		await tabTo(/^Open all files$/);
		await page.keyboard.press("Tab");
		expect(await focused()).toMatch(/^src\/amount\.ts/);
		await page.keyboard.press("Space");
		expect(await page.locator("#issue-AL-3 .diff ins").first().isVisible()).toBe(true);
		await page.locator("#filter input").first().focus();
		await page.keyboard.press("ArrowRight");
		expect(await page.locator("#issue-AL-1").isVisible()).toBe(true);
		expect(await page.locator("#issue-AL-5").isVisible()).toBe(false);
	});

	test("without its script, everything is there but the buttons; a link to an issue that is not chosen shows it", async () => {
		await using opened = await open({ issues: 6, lines: 20 }, { javaScriptEnabled: false });
		const { page } = opened;
		expect(await page.locator("button").count()).toBe(0);
		await page.locator("#issue-AL-1 .diff summary").first().click();
		expect(await page.locator("#issue-AL-1 .diff ins").first().isVisible()).toBe(true);
		await page.locator("#show-ask").check();
		expect(await page.locator(".issue:visible").count()).toBe(1);
		await page.locator('svg.graph a[href="#issue-AL-3"]').click();
		expect(await page.locator("#issue-AL-3").isVisible()).toBe(true);
	});

	test("served, it follows what changes, and leaves open what was opened; when it is served no longer, it says so", async () => {
		const end = new AbortController();
		let issues = 4;
		await mkdir(join(folder.path, "AL-2"));
		const gather = async () => servedNight(folder.path, { issues, lines: 12 });
		const served = await servePage(await gather(), gather, end.signal);
		const context = await browser.newContext();
		try {
			const page = await context.newPage();
			const errors: string[] = [];
			page.on("pageerror", (error) => errors.push(error.message));
			await page.goto(served.address);
			await page.locator("#live", { hasText: "following" }).waitFor();
			await page.locator("#issue-AL-3 .diff summary").first().click();
			await page.locator("#show-bad").check();
			issues = 5;
			await writeFile(join(folder.path, "AL-2/dev-events.jsonl"), "{}");
			await page.locator('svg.graph a[href="#issue-AL-5"]').waitFor();
			expect(await page.locator("#issue-AL-5").count()).toBe(1);
			expect(await page.locator("#issue-AL-3 .diff ins").first().isVisible()).toBe(true);
			expect(await page.locator("#show-bad").isChecked()).toBe(true);
			expect(await page.locator("#top button").count()).toBe(1);
			expect(errors).toEqual([]);
			end.abort();
			await page.locator("#live", { hasText: "not following any more" }).waitFor();
		} finally {
			end.abort();
			await context.close();
			await served.ended;
		}
	});

	test("in print it is light, without what can only be clicked, and has every issue", async () => {
		await using opened = await open({ issues: 6, lines: 20 }, { colorScheme: "dark" });
		const { page } = opened;
		await page.emulateMedia({ media: "print" });
		expect(await groundOf(page)).toBe("rgb(255, 255, 255)");
		expect(await page.locator("button:visible, #filter:visible").count()).toBe(0);
		const pdf = await page.pdf({ format: "A4" });
		expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
		expect(pdf.toString("latin1").match(/\/Type \/Page\b/g)?.length).toBeGreaterThan(2);
	});
});
