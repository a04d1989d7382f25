import { describe, expect, test } from "vitest";
import { Failure } from "../../tasks/contract/problem.ts";
import { masked, maskTexts } from "../../tasks/night/mask.ts";

/** Letters and digits that look like those of a token, and are nobody's. */
const some = (length: number, from = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"): string =>
	Array.from({ length }, (_, at) => from.charAt((at * 37 + 11) % from.length)).join("");
const HEX = "0123456789abcdef";

const CANARIES: Readonly<Record<string, string>> = {
	"an access key of AWS": `AKIA${some(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")}`,
	"a token of GitHub": `ghp_${some(36)}`,
	"a fine-grained token of GitHub": `github_pat_${some(22)}_${some(59)}`,
	"a token of GitLab": `glpat-${some(20)}`,
	"a token of npm": `npm_${some(36)}`,
	"a key of Anthropic": `sk-ant-api03-${some(93)}AA`,
	"a key of OpenAI": `sk-proj-${some(74)}T3BlbkFJ${some(74)}`,
	"a token of Slack": `xoxb-123456789012-1234567890123-${some(24)}`,
	"a web hook of Slack": `https://hooks.slack.com/services/T00000000/B11111111/${some(24)}`,
	"a key of Stripe": `sk_live_${some(24)}`,
	"a key of Google": `AIza${some(35)}`,
	"a key of SendGrid": `SG.${some(22)}.${some(43)}`,
	"a token of Docker": `dckr_pat_${some(27)}`,
	"a token of Databricks": `dapi${some(32, HEX)}`,
	"a web token": `eyJ${some(30)}.eyJ${some(40)}.${some(43)}`,
	"a header": `Authorization: Bearer ${some(40)}`,
	"a password in an address": "https://user:Pa55w0rdxyz@example.com/x",
	"a database": "postgres://bob:hunter2secret@db.example.com:5432/app",
	"npm's configuration": `//registry.example.com/:_authToken=${some(36)}`,
};

/** What must not be seen of a canary. */
const tailOf = (canary: string): string => canary.slice(-12);

describe.each(Object.entries(CANARIES))("%s", (_, canary) => {
	test.each([
		["by itself", canary],
		["in prose", `I used ${canary} to sign in.`],
		["in code", `const key = "${canary}";`],
		["in a command", `bash -lc 'curl -H "x: ${canary}" https://example.com'`],
		["behind what would have it ignored", `// secretlint-disable\n${canary}`],
		["in JSON", JSON.stringify({ a: canary })],
	])("%s", async (_, text) => {
		const [shown = ""] = await maskTexts([text]);
		expect(shown).not.toContain(tailOf(canary));
		expect(shown).toMatch(/‹secret: [\w -]+›/);
	});
});

const PEM = [
	"-----BEGIN RSA PRIVATE KEY-----",
	...[1, 2, 3].map((each) => some(64) + each),
	"-----END RSA PRIVATE KEY-----",
];

test("a private key is hidden in each line of a diff that it goes on over, and where its end is not shown", async () => {
	const line = (text: string) => ({ side: "new", text });
	const whole = await masked({ before: "kept", lines: [...PEM, "after it"].map(line) });
	expect(JSON.stringify(whole)).not.toContain(some(20));
	expect(whole.lines.at(-1)).toEqual({ side: "new", text: "after it" });
	expect(whole.before).toBe("kept");
	const [cut] = await maskTexts([PEM.slice(0, 3).join("\n")]);
	expect(cut).toBe("‹secret: private key›");
	const [escaped] = await maskTexts([JSON.stringify({ private_key: PEM.join("\n") })]);
	expect(escaped).not.toContain(some(20));
});

test("what is no secret stays as it is", async () => {
	const texts = [
		"",
		"a".repeat(64),
		"4b825dc642cb6eb9a060e54bf8d69288fbee4904",
		"npm_config_loglevel=error npm test",
		`_authToken=$${"{NPM_TOKEN}"}`,
		"https://example.com/a?b=c",
		"sha512-Kx1OMfrSh+Sq1yjOLhEL3nFCd9IG1ZPbAGbDxZxMEMmUg2yFq0g8hEUgGpYyDdYIbJXzTF8c9SjXBe5zY0XN8g==",
		"The private key is not needed. -----",
	];
	expect(await maskTexts(texts)).toEqual(texts);
});

test("problems of a failure, maps and lists are gone into; dates and functions stay", async () => {
	const canary = CANARIES["a token of npm"] ?? "";
	const error = new Failure({ kind: "file-unreadable", path: canary, message: "m" });
	const act = () => {};
	const shown = await masked({ error, map: new Map([["a", [canary]]]), act, none: null, number: 3 });
	expect(JSON.stringify([shown.error.problems, [...shown.map]])).not.toContain(canary);
	expect(shown.error).toBeInstanceOf(Failure);
	expect(shown).toMatchObject({ act, none: null, number: 3 });
});

test("a text of megabytes is cut, and many texts keep their order", async () => {
	const [long, ...rest] = await masked([
		"x".repeat(5_000_000),
		...Array.from({ length: 3000 }, (_, at) => `line ${at}`),
	]);
	expect(long?.length).toBeLessThan(30_000);
	expect(rest).toEqual(Array.from({ length: 3000 }, (_, at) => `line ${at}`));
});

test.each([
	["keys that never end", "-----BEGIN RSA PRIVATE KEY-----\n".repeat(5000)],
	["the beginnings of tokens", "eyJ-eyJ.".repeat(20_000)],
	["addresses", "x://x:x@".repeat(20_000)],
	["one letter", "a".repeat(1_000_000)],
])("hostile texts take no longer than others: %s", async (_, text) => {
	const from = process.cpuUsage();
	await maskTexts([text]);
	// A search that goes back would take minutes.
	expect(process.cpuUsage(from).user).toBeLessThan(10_000_000);
});
