import { expect, test } from "vitest";
import { problemOf } from "../../tasks/contract/problem.ts";
import { codexBinary, verifyUnpacked } from "../../tasks/runner/codex/package.ts";

test("a Codex that Yarn's Plug'n'Play keeps in an archive is told, with what takes it out", () => {
	const packed = "/r/.yarn/cache/@openai-codex-npm-0.163.0-1.zip/node_modules/@openai/codex/vendor/x/bin/codex";
	let thrown: unknown;
	try {
		verifyUnpacked(packed);
	} catch (error) {
		thrown = error;
	}
	expect(problemOf(thrown)).toMatchObject({
		kind: "runner-unavailable",
		check: "installation",
		summary: expect.stringContaining(packed),
		remedy: "Type: yarn config set nodeLinker node-modules && yarn install",
	});
	// One that Yarn has unplugged lies in a folder.
	const unplugged = "/r/.yarn/unplugged/@openai-codex-npm-0.163.0-1/node_modules/@openai/codex/vendor/x/bin/codex";
	expect(verifyUnpacked(unplugged)).toBe(unplugged);
	expect(verifyUnpacked(codexBinary())).toBe(codexBinary());
});
