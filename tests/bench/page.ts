import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { renderPage } from "../../tasks/cli/page/render-page.ts";
import { noBrowser, openBrowser } from "../support/browser.ts";
import { nightFacts } from "../support/page-facts.ts";
import type { Bench, Figure, Row } from "./figure.ts";
import { spread, timed } from "./measure.ts";

const ROUNDS = 9;
const LINES = 300;

export const page: Figure = {
	name: "page",
	summary: "what the page of a night takes: to write it, in bytes, and to open it",
	async run(bench) {
		const rows: Row[] = [];
		for (const [issues, megabytes] of [
			[20, 1.5],
			[200, 15],
		] as const) {
			bench.say(`${issues} issues`);
			const facts = nightFacts({ issues, lines: bench.size(LINES, 10) });
			let text = "";
			const write = () =>
				timed(async () => {
					text = renderPage(facts);
				});
			const first = await write();
			const times = [];
			for (let round = 0; round < bench.size(ROUNDS, 2); round++) times.push(await write());
			const raw = { first: spread([first]) };
			rows.push({ what: `write it, ${issues} issues`, unit: "ms", measured: spread(times), raw });
			const size = spread([Buffer.byteLength(text) / 1_000_000]);
			rows.push({ what: `its size, ${issues} issues`, unit: "MB", measured: size, target: megabytes, raw: {} });
			if (noBrowser === undefined) rows.push(await opening(bench, issues, text));
			else bench.say(`it is not opened: ${noBrowser}`);
		}
		return rows;
	},
};

/** From the call of its address until all of it is there and the first screen was drawn. */
async function opening(bench: Bench, issues: number, text: string): Promise<Row> {
	const file = join(bench.folder, `${issues}.html`);
	await writeFile(file, text);
	const browser = await openBrowser();
	try {
		const open = async () => {
			const shown = await browser.newPage();
			const time = await timed(async () => {
				await shown.goto(pathToFileURL(file).href);
				await shown.evaluate("new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)))");
			});
			await shown.close();
			return time;
		};
		await open();
		const times = [];
		for (let round = 0; round < bench.size(ROUNDS, 2); round++) times.push(await open());
		return { what: `open it, ${issues} issues`, unit: "ms", measured: spread(times), target: 2_000, raw: {} };
	} finally {
		await browser.close();
	}
}
