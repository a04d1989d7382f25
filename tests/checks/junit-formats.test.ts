import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { readJunit } from "../../tasks/checks/junit.ts";
import { temporaryFolder } from "../support/documents.ts";

const REPORTS = fileURLToPath(new URL("reports", import.meta.url));

/** The tests of a report that was written in `/work/tree`, a line each. */
async function read(junit: string, folder = REPORTS, strip = ["/work/tree"]): Promise<string[]> {
	const report = await readJunit({ folder, junit, strip });
	if (report.kind !== "read") throw new Error(`${report.reason}: ${report.detail}`);
	return [...report.tests].map(([name, { status, message, flickered }]) =>
		[`${status} ${name}`, ...(flickered ? ["(flickered)"] : []), ...(message ? [`| ${message}`] : [])].join(" "),
	);
}

test("Vitest", async () => {
	expect(await read("vitest.xml")).toEqual([
		"passed a.test.ts › outer > adds",
		"failed a.test.ts › outer > fails | expected { a: 1 } to deeply equal { a: 2 }",
		"skipped a.test.ts › outer > skips",
		"skipped a.test.ts › outer > todo",
	]);
});

test("Jest", async () => {
	expect(await read("jest-junit.xml")).toEqual([
		"passed cart › cart adds up",
		"failed cart › cart refuses nothing | Error: expect(received).toBe(expected) // Object.is equality\nExpected: 2\nReceived: 1\n    at Object.toBe (cart.test.js:7:13)",
		"skipped cart › cart waits",
	]);
});

test("pytest", async () => {
	expect(await read("pytest.xml")).toEqual([
		"passed test_a › test_ok",
		"failed test_a › test_bad | assert 1 == 2",
		"passed test_a › test_p[1]",
		"passed test_a › test_p[2]",
		"skipped test_a › test_s",
		"skipped test_a › test_x",
		'failed test_a › test_err | failed on setup with "ValueError: x"',
		"passed test_a.TestC › test_in",
	]);
});

test("cargo-nextest, with what it ran again", async () => {
	expect(await read("nextest.xml")).toEqual([
		"passed shop::bin/shop › cart::adds",
		"failed shop::bin/shop › cart::panics | thread 'cart::panics' panicked at src/cart.rs:9:5",
		"passed shop::bin/shop › cart::waits (flickered)",
		"skipped shop::bin/shop › cart::later",
	]);
});

test("gotestsum, whose messages say nothing", async () => {
	expect(await read("gotestsum.xml")).toEqual([
		"passed example.org/shop/cart › TestAdds/two_and_two",
		"failed example.org/shop/cart › TestRefuses | === RUN   TestRefuses\n    cart_test.go:12: got 1, want 2\n--- FAIL: TestRefuses (0.01s)",
		"skipped example.org/shop/cart › TestLater",
	]);
});

test("Mocha", async () => {
	const [adds, refuses, waits] = await read("mocha.xml");
	expect([adds, waits]).toEqual(["passed test/cart.js › cart › adds", "skipped test/cart.js › cart › waits"]);
	expect(refuses).toMatch(/^failed test\/cart\.js › cart of one › refuses \| one is not two\n/);
});

test("PHPUnit, whose suites lie in each other", async () => {
	expect(await read("phpunit.xml")).toEqual([
		"passed Shop.CartTest › testAdds",
		"passed Shop.CartTest › testSums with data set #0",
		"failed Shop.CartTest › testSums with data set #1 | Shop\\CartTest::testSums with data set #1 (1, 2)\nFailed asserting that 1 is identical to 2.\ntests/CartTest.php:14",
	]);
});

test("Maven's surefire: a folder, in which others have put theirs", async () => {
	expect(await read("surefire")).toEqual([
		"passed org.shop.CartTest › adds",
		"failed org.shop.CartTest › throws(String)[1] | nothing is there",
		"passed org.shop.CartTest › waits (flickered)",
		"skipped org.shop.ShelfTest › adds",
	]);
});

test("ctest and GoogleTest, which tell by a status", async () => {
	expect(await read("ctest.xml")).toEqual([
		"passed Linux-c++ › adds",
		"failed Linux-c++ › refuses",
		"skipped Linux-c++ › off",
		"skipped Linux-c++ › later",
	]);
	expect(await read("googletest.xml")).toEqual([
		"passed cart_test.cc › Cart › Adds",
		"failed cart_test.cc › Cart › Refuses | cart_test.cc:8\nValue of: false\nExpected: true",
		"skipped cart_test.cc › Cart › DISABLED_Later",
	]);
});

test("Node's own, with the same names in each folder that it runs in", async () => {
	const suite = `const { describe, it, test } = require("node:test");
		describe("outer", () => {
			it("adds", () => {});
			it("fails", () => { throw new Error("in " + __dirname); });
			describe("inner", () => { it("adds", () => {}); it.skip("waits", () => {}); it("is to come", { todo: true }, () => { throw 1; }); });
		});
		test("top", () => {});
		test("top", () => {});
		test("in " + __dirname, () => {});`;
	await using scratch = await temporaryFolder();
	const folders = await Promise.all(["one", "two"].map((name) => nodeReport(join(scratch.path, name), suite)));
	const [one, two] = await Promise.all(folders.map((folder) => read("node.xml", folder, [folder])));
	expect(two).toEqual(one);
	expect(one?.map((line) => line.replace(/ \|[\s\S]*/, ""))).toEqual([
		expect.stringMatching(/^passed (?:tests\/a\.test\.cjs › )?outer › adds$/),
		expect.stringMatching(/^failed .*outer › fails$/),
		expect.stringMatching(/^passed .*outer › inner › adds$/),
		expect.stringMatching(/^skipped .*outer › inner › waits$/),
		expect.stringMatching(/^skipped .*outer › inner › is to come$/),
		expect.stringMatching(/^passed .*top$/),
		expect.stringMatching(/^passed .*top \(2\)$/),
		expect.stringMatching(/^passed .*in tests$/),
		expect.stringMatching(/^failed tests\/b\.test\.cjs$/),
	]);
	expect(one?.[1]).toContain("| in tests");
});

/** A folder in which Node has run tests, and left its report. */
async function nodeReport(folder: string, suite: string): Promise<string> {
	await mkdir(join(folder, "tests"), { recursive: true });
	await writeFile(join(folder, "tests/a.test.cjs"), suite);
	await writeFile(join(folder, "tests/b.test.cjs"), "throw new Error('never loaded');");
	const { NODE_TEST_CONTEXT: _, ...env } = process.env;
	const reporter = ["--test-reporter=junit", "--test-reporter-destination=node.xml"];
	// It fails, as its tests do.
	await promisify(execFile)(process.execPath, ["--test", ...reporter], { cwd: folder, env }).catch(() => undefined);
	return folder;
}
