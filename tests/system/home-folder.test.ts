import { expect, test, vi } from "vitest";
import { homeFolder } from "../../tasks/system/home-folder.ts";

/** A user that no machine has a name for. */
const NAMELESS = 54_321;

test.skipIf(process.geteuid?.() !== 0)("a user without a name has a home as well", ({ onTestFinished }) => {
	vi.stubEnv("HOME", undefined);
	onTestFinished(() => void vi.unstubAllEnvs());
	process.seteuid?.(NAMELESS);
	try {
		expect(homeFolder()).toBe("/");
	} finally {
		process.seteuid?.(0);
	}
});

test("what the environment says goes first", () => {
	expect(homeFolder({ HOME: "/home/somebody" })).toBe("/home/somebody");
	expect(homeFolder({ HOME: "" })).not.toBe("");
});
