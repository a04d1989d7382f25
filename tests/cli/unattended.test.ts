import { describe, expect, test } from "vitest";
import { canAsk, canDraw } from "../../tasks/cli/views/terminal.ts";

const terminal = { isTTY: true } as const;
const pipe = { isTTY: undefined } as unknown as { readonly isTTY: boolean };

describe("a live list, and a question", () => {
	test.each([
		[{}, true],
		[{ TERM: "xterm-256color", NO_COLOR: "1" }, true],
		[{ CI: "" }, true],
		[{ CI: "false" }, true],
		[{ CI: "0" }, true],
		[{ CI: "true" }, false],
		[{ CI: "1" }, false],
		[{ CI: "woodpecker" }, false],
		[{ GITHUB_ACTIONS: "true", CI: "false" }, false],
	])("in a terminal with %o: %s", (env, expected) => {
		expect(canDraw(terminal as NodeJS.WriteStream, env)).toBe(expected);
		expect(canAsk(terminal as NodeJS.ReadStream, terminal as NodeJS.WriteStream, env)).toBe(expected);
	});

	test("are never had where there is no terminal, whatever is asked for", () => {
		const env = { FORCE_COLOR: "3", CLICOLOR_FORCE: "1", TERM: "xterm-256color", CI: "false" };
		expect(canDraw(pipe as NodeJS.WriteStream, env)).toBe(false);
		expect(canAsk(pipe as NodeJS.ReadStream, terminal as NodeJS.WriteStream, env)).toBe(false);
		expect(canAsk(terminal as NodeJS.ReadStream, pipe as NodeJS.WriteStream, env)).toBe(false);
	});

	test("differ in a terminal that can do nothing: it can't draw, but somebody sits there", () => {
		expect(canDraw(terminal as NodeJS.WriteStream, { TERM: "dumb" })).toBe(false);
		expect(canAsk(terminal as NodeJS.ReadStream, terminal as NodeJS.WriteStream, { TERM: "dumb" })).toBe(true);
	});
});
