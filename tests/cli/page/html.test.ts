import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { html, raw } from "../../../tasks/cli/page/html.ts";
import { prose, visible } from "../../../tasks/cli/page/visible.ts";
import { ROOT } from "../../support/documents.ts";

test.each([
	["markup", "<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;"],
	["the end of a script", "</script><!--", "&lt;/script&gt;&lt;!--"],
	["quotes, for attributes", `" ' & &amp;`, "&quot; &#39; &amp; &amp;amp;"],
	["control characters", "a\0\u001b[31m\u007f\u0085", "a‹NUL›‹ESC›[31m‹DEL›‹U+0085›"],
	["what turns the direction", "\u202eevil\u2066\u200f", "‹U+202E›evil‹U+2066›‹U+200F›"],
	["blanks without a width, and tags", "\u200b\ufeff\u00ad\u{e0041}", "‹U+200B›‹U+FEFF›‹U+00AD›‹U+E0041›"],
	["ends of lines that are none", "a\u2028b\u2029", "a‹U+2028›b‹U+2029›"],
	["halves of pairs", "\ud800x", "‹U+D800›x"],
	["what people write", "été שלום 👩‍👧 नमस्ते\tx\n", "été שלום 👩‍👧 नमस्ते\tx\n"],
])("a text that is no piece is shown as it is, and does nothing: %s", (_, text, shown) => {
	expect(html`<p title="${text}">${text}</p>`.source).toBe(`<p title="${shown}">${shown}</p>`);
});

test("pieces stay pieces, lists of them too, and what is not there is left out", () => {
	const items = ["<a>", html`<b>b</b>`].map((each) => html`<li>${each}</li>`);
	expect(html`<ul>${items}</ul>${null}${undefined}${false}${0}`.source).toBe(
		"<ul><li>&lt;a&gt;</li><li><b>b</b></li></ul>0",
	);
	// An object of the same form, as one read from a file might be, is none.
	expect(() => html`${{ source: "<b>" } as never}`.source).toThrow();
	expect(() => raw("x</style>")).toThrow("it would end its element");
});

test("prose is shown without its colours, and its lines end as lines do", () => {
	expect(prose("\u001b[1;31mred\u001b[0m\r\nnext\n")).toBe("red\nnext");
	expect(visible("\r")).toBe("‹CR›");
});

test("in the page's own templates, a value in an attribute stands in quotes, and no attribute is a style or a handler", () => {
	const folder = join(ROOT, "tasks/cli/page");
	const sources = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
	const wrong = sources.flatMap((name) =>
		[...readFileSync(join(folder, name), "utf8").matchAll(/\s[a-z-]+=\$\{|\s(?:style|on[a-z]+|srcdoc)="/g)].map(
			([found]) => `${name}: ${found}`,
		),
	);
	expect(wrong).toEqual([]);
});
