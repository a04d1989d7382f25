import * as fc from "fast-check";
import { expect, test } from "vitest";
import { renderPage } from "../../../tasks/cli/page/render-page.ts";
import { visible } from "../../../tasks/cli/page/visible.ts";
import { LETTER } from "../../support/documents.ts";
import { nightFacts } from "../../support/page-facts.ts";
import { HOSTILE } from "../../support/reports.ts";

const render = (settings: Parameters<typeof nightFacts>[0]) => renderPage(nightFacts(settings));

/** The tags of a page in their order, with the names of their attributes; what only depends on how alike lines are is left out. */
function tagsOf(page: string): string[] {
	const tags = page.match(/<(?:"[^"]*"|[^">])*>/g) ?? [];
	return tags.map((tag) => tag.replace(/="[^"]*"/g, "")).filter((tag) => !/^<\/?(?:mark|code|path)\b/.test(tag));
}

const NIGHT = { issues: 12, lines: 12 };

test.each([
	["all that commands something", HOSTILE],
	["the ends of elements", "</script></style></title></textarea></svg></code></article>-->]]><!--"],
	["elements and handlers", `<img src=x onerror=owned()><svg/onload=owned()>" onfocus="owned()" autofocus x='`],
	["a policy of its own", `<meta http-equiv="Content-Security-Policy" content="default-src *"><base href="//evil">`],
	["backticks, which are shown as code", "`<b>` ``<i>`` ` <u>`"],
])("whatever every text is, the page has the same elements: %s", (_, text) => {
	expect(tagsOf(render({ ...NIGHT, text }))).toEqual(tagsOf(render({ ...NIGHT, text: "x" })));
});

test("and whatever else somebody may write", () => {
	const usual = tagsOf(render({ issues: 5, lines: 4, text: "x" }));
	const texts = fc.string({ unit: fc.oneof(fc.constantFrom(..."<>\"'`&/=-!\n{}$"), LETTER), minLength: 1 });
	fc.assert(
		fc.property(texts, (text) => {
			// A text of blanks alone is none, and is not told.
			fc.pre(text.trim() !== "");
			expect(tagsOf(render({ issues: 5, lines: 4, text: `x${text}x` }))).toEqual(usual);
		}),
		{ numRuns: 20 },
	);
});

test("its policy allows nothing but what is in it, by its hash", () => {
	const page = render(NIGHT);
	const policy = /Content-Security-Policy" content="([^"]+)"/.exec(page)?.[1]?.replaceAll("&#39;", "'");
	expect(policy).toMatch(
		/^default-src 'none'; style-src 'sha256-[\w+/=]{44}'; script-src 'sha256-[\w+/=]{44}'; img-src data:; base-uri 'none'; form-action 'none'$/,
	);
	expect(page.match(/\b(?:src|href)="(?!#|data:image\/svg\+xml,|\.\/)[^"]*"/g)).toBeNull();
});

test("what is in texts of five megabytes is there as far as anybody reads", () => {
	const page = render({ issues: 3, lines: 4, text: "long ".repeat(1_000_000) });
	expect(page).toContain("… (4980000 more characters)");
	expect(Buffer.byteLength(page)).toBeLessThan(8_000_000);
});

test("twenty issues with diffs of 300 lines are less than 1.5 MB, two hundred less than 15 MB", () => {
	const size = (issues: number) => Buffer.byteLength(render({ issues, lines: 300 })) / 1_000_000;
	const [twelve, twenty] = [size(12), size(20)];
	expect(twenty).toBeLessThan(1.5);
	expect(twenty + ((twenty - twelve) / 8) * 180).toBeLessThan(15);
});

test("a page of nothing says so, and one of which nothing was gathered has where each issue stands", () => {
	expect(render({ issues: 0 })).toContain("There is no issue to tell of.");
	const facts = nightFacts({ issues: 3 });
	const page = renderPage({ ...facts, report: { ...facts.report, issues: [] } });
	expect(page.match(/<article/g)).toHaveLength(3);
	expect(page).not.toContain('<svg class="line"');
});

test("a title is shown with all that would not be seen made visible", () => {
	const text = "a\u202eb\u001b[2J";
	expect(render({ ...NIGHT, text })).toContain(`<bdi>${visible(text)}</bdi>`);
});
