import { execFile } from "node:child_process";
import { mkdir, open, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { REPORT_LIMITS, type Report, readJunit } from "../../tasks/checks/junit.ts";
import { temporaryFolder } from "../support/documents.ts";

const LIMITS = { ...REPORT_LIMITS, bytes: 100_000, tests: 100, files: 3, messages: 2 };

/** What is read of a report. */
async function read(content: string | Uint8Array, limits = LIMITS): Promise<Report> {
	await using folder = await temporaryFolder();
	await writeFile(join(folder.path, "tests.xml"), content);
	return readJunit({ folder: folder.path, junit: "tests.xml", strip: [] }, limits);
}

function suite(inside: string): string {
	return `<testsuite name="s">${inside}</testsuite>`;
}

function detailOf(report: Report): string {
	return report.kind === "read" ? `read ${[...report.tests.keys()].join(", ")}` : `${report.reason}: ${report.detail}`;
}

test.each<readonly [what: string, content: string | Uint8Array, told: RegExp]>([
	["nothing", "", /^report-unreadable: it is empty/],
	["blanks", "  \n", /^report-unreadable: /],
	["a mark and no more", Buffer.from([0xef, 0xbb, 0xbf]), /^report-unreadable: /],
	["a declaration and no more", '<?xml version="1.0"?>', /^report-unreadable: /],
	["text", "3 tests passed", /^report-unreadable: /],
	["JSON", '{"tests": 3}', /^report-unreadable: /],
	["bytes", Buffer.from([0, 1, 2, 255, 254, 0, 60]), /^report-unreadable: /],
	["another document", "<html></html>", /^report-unreadable: its first element is html/],
	["half of a report", '<testsuite name="s"><testcase name="a"/>', /^report-unreadable: /],
	["half of an element", '<testsuite name="s"><testcase name="a', /^report-unreadable: /],
	["what is closed in the wrong order", "<testsuite><testcase></testsuite></testcase>", /^report-unreadable: /],
	["two reports in one", `${suite("")}${suite('<testcase name="a"/>')}`, /^report-unreadable: /],
	[
		"an encoding that there is none of",
		'<?xml version="1.0" encoding="ebcdic-9"?><testsuite/>',
		/encoding is ebcdic-9/,
	],
	["elements in elements", suite("<a>".repeat(100)), /^report-unreadable: elements lie too deep/],
	["attributes", suite(`<testcase ${"x".repeat(90).replace(/x/g, (_, at) => `a${at}="" `)}/>`), /too many attributes/],
	["more tests than are kept", suite('<testcase name="a"/>'.repeat(101)), /^report-unreadable: more than 100 tests/],
	["more than is read", suite(" ".repeat(100_001)), /^report-unreadable: it is too large/],
])("%s is no report", async (_, content, told) => {
	expect(detailOf(await read(content))).toMatch(told);
});

test("an entity is never put in, however it is defined", async () => {
	const laughs = [
		"<!ENTITY l0 'ha'>",
		...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `<!ENTITY l${n} '${`&l${n - 1};`.repeat(10)}'>`),
	];
	const bomb = `<!DOCTYPE t [${laughs.join("")}<!ENTITY f SYSTEM "file:///etc/passwd"><!ENTITY % p SYSTEM "http://127.0.0.1:9/"> %p;]>`;
	expect(detailOf(await read(`${bomb}${suite('<testcase name="&l9; &f;"/>')}`))).toBe("read s › &l9; &f;");
	const many = `${bomb}${suite(`<testcase name="a"><failure>${"&l9;".repeat(15_000)}</failure></testcase>`)}`;
	expect(detailOf(await read(many))).toMatch(/^report-unreadable: Invalid character entity/);
});

test("characters that XML forbids are read, as reporters write them", async () => {
	const name = "a \u001b[31mred\u001b[0m \u0000\u0007b &#27;&#0; c";
	expect(detailOf(await read(suite(`<testcase name="${name}"/>`)))).toBe("read s › a red b &#27;&#0; c");
});

test("a report is read in the encoding that it has", async () => {
	const text = '<testsuite name="s"><testcase name="größer"/></testsuite>';
	const utf16 = Buffer.from(`\ufeff${text}`, "utf16le");
	for (const content of [
		`\ufeff${text}`,
		utf16,
		Buffer.from(utf16).swap16(),
		Buffer.from(text, "utf16le"),
		Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?>${text}`, "latin1"),
	])
		expect(detailOf(await read(content))).toBe("read s › größer");
});

test("names are cut, and stay apart; those that are the same are numbered", async () => {
	const long = "x".repeat(900);
	const cases = [`${long}1`, `${long}2`, "a", "a", "a (2)", "a", ""].map((name) => `<testcase name="${name}"/>`);
	const report = await read(`<testsuite>${cases.join("")}</testsuite>`);
	if (report.kind !== "read") throw new Error(report.detail);
	const [one = "", two = "", ...others] = [...report.tests.keys()];
	expect(one.slice(0, 400)).toBe(two.slice(0, 400));
	expect(one).not.toBe(two);
	expect(one.length).toBeLessThan(420);
	expect(others).toEqual(["a", "a (2)", "a (2) (2)", "a (3)", "(without a name)"]);
});

test("messages are cut, and of many failures only some are kept", async () => {
	const failure = `<failure message="${"m".repeat(5_000)}">${"t".repeat(5_000)}</failure>`;
	const cases = ["a", "b", "c"].map((name) => `<testcase name="${name}">${failure}</testcase>`);
	const report = await read(suite(cases.join("")));
	if (report.kind !== "read") throw new Error(report.detail);
	const messages = [...report.tests.values()].map(({ message }) => message?.length);
	expect(messages).toEqual([602, 602, undefined]);
});

test("what failed beside all tests is a failure that is called as its suite", async () => {
	const report = await read(suite('<testcase name="a"/><error message="can&apos;t be loaded"/>'));
	if (report.kind !== "read") throw new Error(report.detail);
	expect(report.tests.get("s")).toEqual({ status: "failed", message: "can't be loaded" });
});

test("only a plain file in the folder is a report", async () => {
	await using folder = await temporaryFolder();
	const reports = join(folder.path, "reports");
	await mkdir(join(reports, "many"), { recursive: true });
	await mkdir(join(reports, "none"));
	await writeFile(join(folder.path, "outside.xml"), suite('<testcase name="a"/>'));
	await symlink("../outside.xml", join(reports, "link.xml"));
	await symlink("..", join(reports, "up"));
	await symlink("/dev/zero", join(reports, "zero.xml"));
	await promisify(execFile)("mkfifo", [join(reports, "pipe.xml"), join(reports, "many/pipe.xml")]);
	const told = async (junit: string) => detailOf(await readJunit({ folder: reports, junit, strip: [] }, LIMITS));
	expect(await told("missing.xml")).toBe("no-report: missing.xml");
	expect(await told("none")).toBe("no-report: none/*.xml");
	expect(await told("link.xml")).toMatch(/outside of its folder/);
	expect(await told("up/outside.xml")).toMatch(/outside of its folder/);
	expect(await told("../outside.xml")).toMatch(/outside of its folder/);
	expect(await told("zero.xml")).toMatch(/outside of its folder/);
	expect(await told("pipe.xml")).toBe("report-unreadable: it is not a file");
	expect(await told("many")).toBe("report-unreadable: pipe.xml: it is not a file");
	for (const name of ["1", "2", "3", "4"]) await writeFile(join(reports, "none", `${name}.xml`), suite(""));
	expect(await told("none")).toBe("report-unreadable: more than 3 files");
});

test("whatever stands in it, a report is read or is told to be none", async () => {
	await using folder = await temporaryFolder();
	const place = { folder: folder.path, junit: "tests.xml", strip: ["/work/tree"] };
	const whole = await readFile(new URL("reports/nextest.xml", import.meta.url));
	const piece = fc.oneof(
		fc.uint8Array({ maxLength: 8 }),
		fc
			.constantFrom("<", ">", "&", "]]>", "<![CDATA[", "<!--", "<testcase", "</testsuite>", '"', "&#0;")
			.map((text) => Buffer.from(text)),
	);
	const edit = fc.tuple(fc.nat(whole.length), fc.nat(40), piece);
	await fc.assert(
		fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
			const content = edits.reduce<Buffer>(
				(text, [at, length, put]) => Buffer.concat([text.subarray(0, at), put, text.subarray(at + length)]),
				whole,
			);
			await writeFile(join(folder.path, "tests.xml"), content);
			const report = await readJunit(place, LIMITS);
			if (report.kind === "read") expect([...report.tests.keys()]).not.toContain("");
			else expect(report.detail).not.toMatch(/undefined|not a function|cannot read/i);
		}),
		{ numRuns: 500 },
	);
});

test("50 MB are read in little memory", async () => {
	await using folder = await temporaryFolder();
	const file = await open(join(folder.path, "tests.xml"), "w");
	await file.write('<testsuite name="s"><testcase name="a"><system-out><![CDATA[');
	for (let megabyte = 0; megabyte < 45; megabyte += 1) await file.write("line of output\n".repeat(70_000));
	await file.write(']]></system-out></testcase><testcase name="b"/></testsuite>');
	await file.close();
	global.gc?.();
	const before = process.memoryUsage().rss;
	const report = await readJunit({ folder: folder.path, junit: "tests.xml", strip: [] });
	expect(detailOf(report)).toBe("read s › a, s › b");
	expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
});
