import { expect, test } from "vitest";
import { plainReason } from "../../tasks/runner/codex/plain-reason.ts";

test.each([
	['{"error":{"message":"Not known.","type":"x"}}', "Not known."],
	[
		'unexpected status 400: {"error":"model not found"}, url: http://x',
		"unexpected status 400: model not found, url: http://x",
	],
	['{"message":"Not known."}', "Not known."],
	['{"detail":"Not known."}', "Not known."],
	['{"other":1}', '{"other":1}'],
	["{not} JSON {", "{not} JSON {"],
	["plain", "plain"],
])("what a provider sent, %s, is told as %s", (sent, told) => {
	expect(plainReason(sent)).toBe(told);
});
